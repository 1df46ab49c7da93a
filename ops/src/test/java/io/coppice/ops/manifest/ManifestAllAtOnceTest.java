package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong is told, whatever else is wrong. {@link ManifestFaultPairsTest} does the same by the hundred. */
class ManifestAllAtOnceTest {
    private static final String NO_ORDER = ", expected an order in which daemons can start";

    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
    }

    /** Two daemons that wait for each other, one of them wrong in another way, too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: {command: [sleep, 1], depends_on: [b], state: [1]}",
                "a: {command: [sleep, 1], depends_on: [b], restart: no}",
                "a: {command: 7, depends_on: [b]}",
                "a: {depends_on: [b]}",
                "a: {main: 3, depends_on: [b]}",
                "a: {main: com.example.Rates, depends_on: [b], classpath: [gone.jar]}",
                "a: {main: com.example.Rates, command: [gone], depends_on: [b]}",
                "a: {command: [sleep, 1], depends_on: [gone, b]}",
                "a: {command: [sleep, 1], depends_on: [{x: y}, b]}",
                "a: {command: [sleep, 1], depends_on: b}",
                "a: {command: [sleep, 1], depends_on: {b: ready}}",
                "a: {command: [sleep, 1], depends_on: {b: }}",
                "a: {command: [sleep, 1], depends_on: {b: {}}}",
                "a: {command: [sleep, 1], depends_on: {b: {condition: helthy}}}",
                "a: {command: [sleep, 1], depends_on: {b: {condition: [ready]}}}",
                "a: {command: [sleep, 1], depends_on: {b: {conditoin: ready}}}",
                "a: {command: [sleep, 1], depend_on: [b]}",
                "a: {command: [sleep, 1], after: [b]}",
                "a: {command: [sleep, 1], depends_on: [b], depends_on: []}",
                "a: {command: [sleep, 1], depends_on: [b]}\n  a: {command: [sleep, 1]}",
                "a: {command: [sleep, 1], depends_on: [b]}\n  A: {command: [sleep, 1]}",
                "a: {command: [sleep, 1], depends_on: [b]}\n  c: 7",
                "a: {command: [sleep, 1], depends_on: [b]}\n  c: {depends_on: [*nobody]}",
                "a: {command: [sleep, 1], depends_on: [b]}\ninstance: My Shop",
                "a: {command: [sleep, 1], depends_on: [b]}\nsegments: lib/shop.jar",
                "a: {command: [sleep, 1], depends_on: [b]}\ndefaults: 7",
                "a: {command: [sleep, 1], depends_on: [b]}\ngroups: 7",
                "a: {command: [sleep, 1], depends_on: [b]}\ndaemons: {c: {command: [sleep, 1]}}",
                "a: {command: [sleep, 1], depends_on: [b]}\n---\n{}",
            })
    void shouldTellOfACycleWhateverElseIsWrong(String wrong) {
        List<String> errors = shop.errors("daemons:\n  b: {command: [sleep, 1], depends_on: [a]}\n  " + wrong + "\n");
        assertTrue(errors.size() > 1, () -> "nothing else is wrong: " + errors);
        assertTrue(
                errors.stream().anyMatch(error -> error.contains(": a cycle: b → a → b" + NO_ORDER)),
                () -> String.join("\n", errors));
    }

    @Test
    void shouldTellOfACycleBelowAMisspeltKey() {
        shop.assertErrors(
                "deamons: {a: {command: [sleep, 1], depends_on: [a]}}",
                "1:1: deamons: unknown key, expected a key of a manifest; did you mean `daemons`?",
                "1:49: daemons.a.depends_on[0]: `a` depends on itself" + NO_ORDER);
    }

    @Test
    void shouldTellOfACycleThroughNamesThatNoDaemonMayHave() {
        shop.assertErrors(
                "daemons:\n  A_b: {command: [sleep, 1], depends_on: [root]}\n  root: {command: [sleep, 1], depends_on:"
                        + " [A_b]}\n",
                "2:3: daemons.A_b: `A_b` cannot name a daemon, expected [a-z0-9-]{1,32}; did you mean `a-b`?",
                "3:3: daemons.root: `root` is the name of the supervisor itself, expected another name",
                "3:44: daemons.root.depends_on[0]: `A_b`, expected the name of a daemon, [a-z0-9-]{1,32}",
                "3:44: daemons.root.depends_on[0]: a cycle: `A_b` → root → `A_b`" + NO_ORDER);
        shop.assertErrors(
                "daemons: {A_b: {command: [sleep, 1], depends_on: [A_b]}}",
                "1:11: daemons.A_b: `A_b` cannot name a daemon, expected [a-z0-9-]{1,32}; did you mean `a-b`?",
                "1:51: daemons.A_b.depends_on[0]: `A_b`, expected the name of a daemon, [a-z0-9-]{1,32}",
                "1:51: daemons.A_b.depends_on[0]: `A_b` depends on itself" + NO_ORDER);
    }

    @Test
    void shouldTellOfEachCycle() {
        List<String> errors = shop.errors("""
                daemons:
                  a: {command: [sleep, 1], depends_on: [b, c, a]}
                  b: {command: [sleep, 1], depends_on: [a]}
                  c: {command: [sleep, 1], depends_on: [d]}
                  d: {command: [sleep, 1], depends_on: [a]}
                """);
        assertEquals(
                List.of(
                        "shop.yaml:2:47: daemons.a.depends_on[2]: `a` depends on itself" + NO_ORDER,
                        "shop.yaml:3:41: daemons.b.depends_on[0]: a cycle: a → b → a" + NO_ORDER,
                        "shop.yaml:5:41: daemons.d.depends_on[0]: a cycle: a → c → d → a" + NO_ORDER),
                errors);
    }

    @Test
    void shouldGoOnWithMoreDaemonsThanThereMayBe() {
        StringBuilder yaml = new StringBuilder("daemons:\n");
        int count = 20_000;
        for (int i = 0; i < count; i++) {
            yaml.append("  d").append(i).append(": {command: \"true\", depends_on: [d");
            yaml.append((i + 1) % count).append("]}\n");
        }
        yaml.append("  last: {command: 7}\n");
        shop.assertErrors(
                yaml.toString(),
                "2:3: daemons: 20001 daemons, expected at most 512",
                "20001:42: daemons.d19999.depends_on[0]: a cycle: d0 → d1 → d2 → d3 → d4 → d5 → d6 → d7 → d8 → (19990 more)"
                        + " → d19999 → d0" + NO_ORDER,
                "20002:19: daemons.last.command: the number `7`, expected a list that is executed, such as [nginx, -g,"
                        + " \"daemon off;\"], or a text for /bin/sh -c; write \"7\" if that text is meant");
    }

    @Test
    void shouldCheckWhatARepeatedKeyHolds() {
        List<String> errors = shop.errors(Workshop.daemonWith(
                "state: 1MiB", "state: 64x", "environment: {A: b, A: [c]}", "backoff: none", "backoff: {initial: 5}"));
        assertTrue(errors.size() == 6, () -> String.join("\n", errors));
        assertTrue(errors.get(1).startsWith("shop.yaml:6:12: daemons.it.state: `64x` has the unknown unit"));
        assertTrue(errors.get(3).startsWith("shop.yaml:7:28: daemons.it.environment.A: a list, expected a text"));
        assertTrue(errors.get(5).startsWith("shop.yaml:9:24: daemons.it.backoff.initial: `5` has no unit"));
    }

    @Test
    void shouldCheckADaemonOfARepeatedName() {
        shop.assertErrors(
                "daemons:\n  a: {command: [sleep, 1]}\n  a: {main: com.example.Ingest, classpath: [gone.jar]}\n",
                "3:3: daemons.a: duplicate daemon name, expected it once (the first is at line 2)",
                "3:45: daemons.a.classpath[0]: `gone.jar` does not exist (looked at gone.jar), expected a jar or a"
                        + " directory of classes");
    }

    @Test
    void shouldTellOfAnAliasWithoutAnAnchorAmongOthers() {
        shop.assertErrors(
                Workshop.commandWith("period: *gone", "restart: *also", "working_dir: nowhere", "x-spare: *third"),
                "4:13: the alias *gone names no anchor that is complete before it, expected &gone on an earlier value",
                "5:14: the alias *also names no anchor that is complete before it, expected &also on an earlier value",
                "6:18: daemons.it.working_dir: `nowhere` does not exist (looked at nowhere), expected an existing"
                        + " directory",
                "7:14: the alias *third names no anchor that is complete before it, expected &third on an earlier"
                        + " value");
    }

    @Test
    void shouldSayThatAKeyIsNotForAPlainCommandEvenIfItsValueIsWrong() {
        shop.assertErrors(
                Workshop.commandWith("state: 64x", "heartbeat: 2s"),
                "4:12: daemons.it.state: `64x` has the unknown unit `x`, expected a size in B, KiB, MiB or GiB such as"
                        + " `64MiB`",
                "4:12: daemons.it.state: `state` on a plain command, expected it only beside `main`; a plain command"
                        + " has no segment; remove the key",
                "5:16: daemons.it.heartbeat: `2s`, expected a mapping of timeout; did you mean `{timeout: 2s}`?",
                "5:16: daemons.it.heartbeat: `heartbeat` on a plain command, expected it only beside `main` or `agent`; a"
                        + " plain command has no heartbeat; remove the key");
    }

    @Test
    void shouldReadALoneTextAsTheListThatItShouldBe() {
        shop.assertErrors(
                "daemons: {it: {main: com..Ingest, classpath: 7}}",
                "1:22: daemons.it.main: `com..Ingest` is not the name of a class, expected a class name such as"
                        + " com.example.Ingest",
                "1:46: daemons.it.classpath: `7`, expected a list of jars such as [lib/*.jar]; did you mean `[7]`?",
                "1:46: daemons.it.classpath: `7` does not exist (looked at 7), expected a jar or a directory of"
                        + " classes");
    }

    @Test
    void shouldCheckBothTheClassAndTheProgramOfADaemonThatHasBoth() {
        shop.assertErrors(
                "daemons: {it: {main: com.example.Plain, classpath: [lib/shop.jar], command: [./gone]}}",
                "1:11: daemons.it: both `main` and `command`, expected one of them; `main` names a class against the"
                        + " worker module, `command` any program",
                "1:22: daemons.it.main: class `com.example.Plain` does not implement io.coppice.worker.Daemon, expected"
                        + " a class that does; the class path holds `com.example.Ingest`, `com.example.Rates`",
                "1:78: daemons.it.command[0]: `./gone` does not exist (looked at gone), expected a program");
    }

    @Test
    void shouldCheckWhatBelongsToAClassThatIsNotNamed() {
        shop.assertErrors(
                "daemons: {it: {classpath: [gone.jar], environment: {_JAVA_OPTIONS: -ea}, jvm: {options: [-jar]}}}",
                "1:11: daemons.it: neither `main` nor `command`, expected one of them; `main` names a class against the"
                        + " worker module, `command` any program",
                "1:28: daemons.it.classpath[0]: `gone.jar` does not exist (looked at gone.jar), expected a jar or a"
                        + " directory of classes",
                "1:53: daemons.it.environment._JAVA_OPTIONS: `_JAVA_OPTIONS` would change the JVM behind the budget's"
                        + " back, expected the key `jvm.options`",
                "1:90: daemons.it.jvm.options[0]: `-jar`, expected the keys `classpath` and `main` instead of this"
                        + " option");
    }

    /** What is wrong only because something else could not be read is not told: it would lead astray. */
    @Test
    void shouldBlameNothingOnWhatCouldNotBeRead() {
        shop.assertErrors(
                Workshop.commandWith("backoff: {initial: 20s, max: 30x}"),
                "4:34: daemons.it.backoff.max: `30x` has the unknown unit `x`, expected a duration in ms, s, m or h"
                        + " such as `5s`");
        shop.assertErrors(
                "daemons:\n  a: 7\n  b: {main: com.example.Rates, classpath: [lib/shop.jar], reads: [a], depends_on:"
                        + " [a]}\n",
                "2:6: daemons.a: `7`, expected a mapping with `main` or `command`");
        shop.assertErrors(
                "defaults: {classpath: {}}\ndaemons: {a: {main: com.example.Rates}}\n",
                "1:23: defaults.classpath: a mapping, expected a list of jars such as [lib/*.jar]");
        shop.assertErrors(
                "defaults: {restart: always}\ndaemons:\n  a: {command: [sleep, 1], restart: no}\n"
                        + "  b: {command: [sleep, 1], depends_on: {a: {condition: completed}}}\n",
                "3:37: daemons.a.restart: `no`, expected `on-failure`, `always` or `never`; did you mean `never`?");
        shop.assertErrors(
                "daemons: {it: {mian: com.example.Rates, classpth: [lib/shop.jar]}}",
                "1:16: daemons.it.mian: unknown key, expected a key of a daemon; did you mean `main`?",
                "1:41: daemons.it.classpth: unknown key, expected a key of a daemon; did you mean `classpath`?");
    }

    @Test
    void shouldCountTheMemoryOfDaemonsInACycle() throws IOException {
        shop.system("/proc/meminfo", "MemTotal:        1048576 kB\n");
        List<String> errors = shop.errors(Workshop.daemonWith("jvm: {heap: 2GiB}", "depends_on: [it]"));
        assertEquals(2, errors.size(), () -> String.join("\n", errors));
        assertTrue(errors.get(0).startsWith("shop.yaml:1:1: daemons: the declared memory is 2395.1MiB"), errors.get(0));
    }

    @Test
    void shouldCheckTheDirectoriesOfAnInstanceWithoutAName() throws IOException {
        Files.writeString(shop.base, "in the way");
        shop.assertErrors(
                "instance: My Shop\nsegments: lib/shop.jar\n" + Workshop.commandWith(),
                "1:11: instance: `My Shop`, expected [a-z0-9-]{1,32}; did you mean `my-shop`?",
                "2:11: segments: lib/shop.jar: not a directory, expected a directory or nothing");
    }

    @Test
    void shouldSayThatACommandLineIsTooLongThoughItsClassIsWrong() {
        StringBuilder args = new StringBuilder("args: [a");
        args.append(", a".repeat(510)).append(']');
        List<String> errors = shop.errors("daemons:\n  it:\n    main: 3\n    " + args + "\n");
        assertTrue(
                errors.stream().anyMatch(error -> error.contains("daemons.it: its command line has ")),
                () -> String.join("\n", errors));
    }
}
