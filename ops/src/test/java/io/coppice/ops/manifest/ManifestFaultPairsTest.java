package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: no fault hides another. Method: a good manifest, a catalogue of single faults, and each pair of them planted
 * together; what either gives alone must be there. A fault changes one line and no line's number, so that the places stay.
 */
class ManifestFaultPairsTest {
    private static final String GOOD = """
            instance: shop
            segments: segs
            x-top: 1
            defaults:
              period: 30s
              shutdown: {timeout: 3s}
              x-defaults: 1
            daemons:
              ingest:
                main: com.example.Ingest
                classpath: [lib/shop.jar]
                state: 2MiB
                jvm:
                  heap: 16MiB
                  options: ["-XX:+UseSerialGC"]
                backoff:
                  initial: 20ms
                  max: 9s
                restart: on-failure
                max_restarts: 5
                environment:
                  LANG: C.UTF-8
                  TZ: UTC
                  x: y
                args: [--topic, orders]
                reads: [rates]
                depends_on: [rates]
                working_dir: lib
                x-ingest: 1
              rates:
                main: com.example.Rates
                classpath: [lib/*.jar]
                heartbeat: {timeout: 4s}
                depends_on: {web: {condition: ready}}
                x-rates: 1
              web:
                command: [sleep, "60"]
                depends_on: []
                x-web: 1
              tail:
                command: exec sleep 60
                x-tail: 1
            x-end: 1
            """;

    /**
     * One fault.
     *
     * @param from what it replaces; stands once in the good manifest
     */
    private record Fault(String from, String to) {
        String planted(String yaml) {
            return yaml.replace(from, to);
        }

        @Override
        public String toString() {
            return "`" + from.strip() + "` → `" + to.strip() + "`";
        }
    }

    private static final Fault CLASS_PATH_GONE = new Fault("classpath: [lib/shop.jar]", "classpath: [lib/gone.jar]");
    private static final Fault CLASS_PATH_MISSING = new Fault("classpath: [lib/shop.jar]", "x-classpath: []");
    private static final Fault CLASS_PATH_OF_WRONG_TYPE = new Fault("classpath: [lib/shop.jar]", "classpath: {}");
    private static final Fault NO_DAEMON = new Fault("com.example.Ingest", "com.example.Plain");
    private static final Fault NO_CLASS = new Fault("com.example.Ingest", "com.example.Ingets");
    private static final Fault BACKOFF_UPSIDE_DOWN = new Fault("initial: 20ms", "initial: 20s");
    private static final Fault BACKOFF_MAX = new Fault("max: 9s", "max: 9x");
    private static final Fault CYCLE = new Fault("depends_on: []", "depends_on: [ingest]");
    private static final Fault NO_DEPENDENCY = new Fault("depends_on: [rates]", "depends_on: [rats]");
    private static final Fault LONE_DEPENDENCY = new Fault("depends_on: [rates]", "depends_on: rates");
    private static final Fault UNKNOWN_DEPENDENCIES = new Fault("depends_on: [rates]", "needs: [rates]");
    private static final Fault OTHER_DEPENDENCY = new Fault("{web: {condition: ready}}", "[wbe]");

    private static final Fault NO_MAIN = new Fault("main: com.example.Ingest", "x-main: com.example.Ingest");
    private static final Fault COMMAND_TOO = new Fault("max_restarts: 5", "command: [./gone]");
    private static final Fault DEAMONS = new Fault("daemons:\n", "deamons:\n");
    private static final Fault SERVICES = new Fault("daemons:\n", "services:\n");
    private static final Fault DAEMONS_TWICE = new Fault("x-end: 1", "daemons: {end: {command: [./end]}}");

    private static final List<Fault> CATALOGUE = List.of(
            CLASS_PATH_GONE,
            CLASS_PATH_MISSING,
            CLASS_PATH_OF_WRONG_TYPE,
            NO_DAEMON,
            NO_CLASS,
            BACKOFF_UPSIDE_DOWN,
            BACKOFF_MAX,
            CYCLE,
            NO_DEPENDENCY,
            LONE_DEPENDENCY,
            UNKNOWN_DEPENDENCIES,
            OTHER_DEPENDENCY,
            new Fault("instance: shop", "instance: My Shop"),
            new Fault("instance: shop", "instance: [shop]"),
            new Fault("segments: segs", "segments: lib/shop.jar"),
            new Fault("segments: segs", "segments: 7"),
            new Fault("segments: segs", "instance: other"),
            new Fault("x-top: 1", "segement: x"),
            new Fault("x-top: 1", "groups: 7"),
            new Fault("x-top: 1", "? [a]: b"),
            new Fault("x-top: 1", "x-top: *nobody"),
            new Fault("x-top: 1", "x-top: !mine 1"),
            new Fault("defaults:\n", "default:\n"),
            new Fault("period: 30s", "period: 30x"),
            new Fault("shutdown: {timeout: 3s}", "main: a.B"),
            new Fault("shutdown: {timeout: 3s}", "shutdown: {signal: TREM}"),
            new Fault("x-defaults: 1", "restrat: always"),
            new Fault("x-defaults: 1", "period: 4s"),
            DEAMONS,
            SERVICES,
            new Fault("main: com.example.Ingest", "mian: com.example.Ingest"),
            NO_MAIN,
            new Fault("main: com.example.Ingest", "main: 3"),
            new Fault("main: com.example.Ingest", "main: com/example/Ingest"),
            new Fault("state: 2MiB", "state: 64x"),
            new Fault("state: 2MiB", "state: 4GiB"),
            new Fault("state: 2MiB", "standby: 5"),
            new Fault("heap: 16MiB", "heap: 1000GiB"),
            new Fault("heap: 16MiB", "haep: 16MiB"),
            new Fault("options: [\"-XX:+UseSerialGC\"]", "options: [-Xmx1g]"),
            new Fault("options: [\"-XX:+UseSerialGC\"]", "options: -XX:+UseSerialGC"),
            new Fault("restart: on-failure", "restart: no"),
            new Fault("max_restarts: 5", "max_restarts: -1"),
            COMMAND_TOO,
            new Fault("LANG: C.UTF-8", "JAVA_TOOL_OPTIONS: -ea"),
            new Fault("LANG: C.UTF-8", "L=G: [C]"),
            new Fault("LANG: C.UTF-8", "LANG:"),
            new Fault("x: y", "TZ: [CET]"),
            new Fault("args: [--topic, orders]", "args: [{a: b}]"),
            new Fault("reads: [rates]", "reads: [web]"),
            new Fault("reads: [rates]", "reads: [ingest]"),
            new Fault("working_dir: lib", "working_dir: lub"),
            new Fault("x-ingest: 1", "restart: nope"),
            new Fault("com.example.Rates", "com.example.Raets"),
            new Fault("heartbeat: {timeout: 4s}", "heartbeat: 4s"),
            new Fault("x-rates: 1", "heap: 1MiB"),
            new Fault("{web: {condition: ready}}", "{web: {condition: helthy}}"),
            new Fault("command: [sleep, \"60\"]", "command: [slep, \"60\"]"),
            new Fault("command: [sleep, \"60\"]", "command: 7"),
            new Fault("command: [sleep, \"60\"]", "command: []"),
            new Fault("x-web: 1", "state: 1MiB"),
            new Fault("x-web: 1", "jvm: 64MiB"),
            new Fault("x-web: 1", "backoff: off"),
            new Fault("  tail:", "  My_Tail:"),
            new Fault("  tail:", "  root:"),
            new Fault("  tail:", "  web:"),
            new Fault("command: exec sleep 60", "command: true"),
            new Fault("command: exec sleep 60", "command: [./tail]"),
            new Fault("x-tail: 1", "depends_on: [wbe]"),
            new Fault("x-tail: 1", "working_dir: tael"),
            new Fault("x-end: 1", "--- {}"),
            DAEMONS_TWICE);

    /** Pairs of which one half cannot be told beside the other, each with its reason. */
    private static final List<Set<Fault>> EXCEPTIONS = List.of(
            // What the class path holds is not known while nothing of it is there.
            Set.of(CLASS_PATH_GONE, NO_DAEMON),
            Set.of(CLASS_PATH_GONE, NO_CLASS),
            Set.of(CLASS_PATH_MISSING, NO_DAEMON),
            Set.of(CLASS_PATH_MISSING, NO_CLASS),
            Set.of(CLASS_PATH_OF_WRONG_TYPE, NO_DAEMON),
            Set.of(CLASS_PATH_OF_WRONG_TYPE, NO_CLASS),
            // The initial delay is too long only for a longest delay that can be read.
            Set.of(BACKOFF_UPSIDE_DOWN, BACKOFF_MAX),
            // The second fault takes away a side of the cycle: there is none.
            Set.of(CYCLE, NO_DEPENDENCY),
            Set.of(CYCLE, UNKNOWN_DEPENDENCIES),
            Set.of(CYCLE, OTHER_DEPENDENCY),
            // A class path is wanted only beside `main`, which may as well have been meant for a `command`.
            Set.of(CLASS_PATH_MISSING, NO_MAIN),
            // Together they make a daemon with one of both.
            Set.of(NO_MAIN, COMMAND_TOO),
            // Only what is spelt alike is there twice.
            Set.of(DEAMONS, DAEMONS_TWICE),
            Set.of(SERVICES, DAEMONS_TWICE));

    private static final Pattern SUM = Pattern.compile("[0-9.]+[KMG]iB(?=, expected at most)");
    private static final Pattern LAST_NAME = Pattern.compile("daemons\\.(tail|My_Tail|root|web)\\b");

    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
        Path sleep = Files.createDirectories(shop.folder.resolve("bin")).resolve("sleep");
        Files.setPosixFilePermissions(Files.createFile(sleep), PosixFilePermissions.fromString("rwx------"));
        shop.environment.put("PATH", sleep.getParent().toString());
    }

    @Test
    void shouldCompileTheManifestWithoutFaults() {
        assertEquals(4, shop.compiled(GOOD).plan().children().size());
    }

    @Test
    void shouldTellOfBothFaultsOfEachPair() {
        Map<Fault, Set<String>> alone = new HashMap<>();
        for (Fault fault : CATALOGUE) {
            assertEquals(2, GOOD.split(Pattern.quote(fault.from), -1).length, fault::toString);
            Set<String> messages = messages(fault.planted(GOOD));
            assertFalse(messages.isEmpty(), () -> fault + " is no fault");
            alone.put(fault, messages);
        }
        List<String> hidden = new ArrayList<>();
        int pairs = 0;
        for (Fault one : CATALOGUE) {
            for (Fault other : CATALOGUE.subList(CATALOGUE.indexOf(one) + 1, CATALOGUE.size())) {
                if (one.from.contains(other.from) || other.from.contains(one.from)) {
                    continue; // The same line cannot be wrong in both ways.
                }
                pairs++;
                Set<String> together = messages(other.planted(one.planted(GOOD)));
                Set<String> missing = new TreeSet<>(alone.get(one));
                missing.addAll(alone.get(other));
                missing.removeAll(together);
                boolean excepted = EXCEPTIONS.contains(Set.of(one, other));
                if (missing.isEmpty() == excepted) {
                    hidden.add(one + " with " + other + (excepted ? " is no exception" : "\n  lacks " + missing));
                }
            }
        }
        assertEquals("", String.join("\n", hidden));
        assertTrue(pairs > 2_000, "pairs: " + pairs);
    }

    /** What is told, without the sums and the last daemon's name, which other faults change. */
    private Set<String> messages(String yaml) {
        Set<String> messages = new TreeSet<>();
        for (String error : shop.errors(yaml)) {
            String first = error.lines().findFirst().orElse("");
            messages.add(LAST_NAME.matcher(SUM.matcher(first).replaceAll("SUM")).replaceAll("daemons.LAST"));
        }
        return messages;
    }
}
