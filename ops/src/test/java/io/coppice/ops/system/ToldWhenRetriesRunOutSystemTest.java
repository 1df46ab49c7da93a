package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: the wish of users to be told when retries run out. Method: real daemons that die until they are given up, alone, with their group
 * and with the root, and a command that writes down what it is told, hangs, or outlives its root.
 */
class ToldWhenRetriesRunOutSystemTest {
    /** One line for each call; {@code $$} is one {@code $} of the shell's. */
    private static final String WRITES = "echo \"$$COPPICE_INSTANCE $$COPPICE_EVENT daemon=$$COPPICE_DAEMON"
            + " group=$$COPPICE_GROUP restarts=$$COPPICE_RESTARTS $$COPPICE_TEXT\" >>told";

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private List<String> told() {
        Path file = coppice.directory.resolve("told");
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean hasEvent(String text) {
        return events().contains(text);
    }

    private String events() {
        return coppice.ask("events").out();
    }

    @Test
    void shouldTellOfADaemonThatIsGivenUp() throws Exception {
        coppice.manifest("""
                instance: shop
                notify: '%s'
                daemons:
                  db: {command: [sleep, "1000"]}
                  web: {command: 'exit 7', max_restarts: 2, backoff: none}
                """.formatted(WRITES));
        Coppice.Root root = coppice.startRoot();
        coppice.awaitState("web", "failed");
        Coppice.await("somebody is told", () -> !told().isEmpty());
        assertEquals(
                List.of("shop failed daemon=web group= restarts=2"
                        + " gave up: 3 failures within 60 s, 2 restarts allowed; last: exit code 7"),
                told());
        Coppice.await("that is an event", () -> hasEvent("notified  notify: told of failed (web)"));
        assertTrue(coppice.run("status").out().contains("failed"));
        assertEquals("failed", coppice.daemon("web").state());
        assertEquals("ready", coppice.daemon("db").state());

        // Tried again by hand, it runs out again.
        coppice.run("start", "web"); // ready for a moment, or seen failed
        Coppice.await("somebody is told again", () -> told().size() == 2);
        assertEquals(0, root.stop(), root.stderr());
        assertEquals(2, told().size(), "a stop is no failure: " + told());
    }

    @Test
    void shouldTellOfAGroupAndOfTheRootBeforeItExits() throws Exception {
        coppice.manifest("""
                instance: shop
                max_restarts: 1
                notify: {command: [sh, -c, 'sleep 0.3; %s'], timeout: 60s}
                groups: {edge: {members: [web], max_restarts: 0, backoff: none}}
                daemons:
                  db: {command: [sleep, "1000"]}
                  web: {command: 'exit 7', backoff: none}
                """.formatted(WRITES));
        Coppice.Root root = coppice.startRoot();
        assertEquals(5, root.awaitExit(), root.stderr());

        // All of it is there now that the root has exited; the end of the whole goes before what waits.
        List<String> told = told();
        assertEquals(3, told.size(), told.toString());
        assertTrue(
                told.get(0)
                        .startsWith(
                                "shop group-failed daemon= group=edge restarts= group edge failed; web: exit code 7"),
                told.toString());
        assertTrue(told.get(1).startsWith("shop gave-up daemon=web group= restarts="), told.toString());
        assertTrue(told.get(1).contains("exit code 7"), told.toString());
        assertTrue(told.get(2).startsWith("shop group-failed daemon= group=edge"), told.toString());

        String text = coppice.run("status").out();
        assertTrue(text.contains("root gave up over web") && text.contains("with exit code 5"), text);
        Map<?, ?> end = (Map<?, ?>) coppice.status().get("root_end");
        assertEquals("web", ((Map<?, ?>) end.get("gave_up")).get("by"));
        assertTrue(hasEvent("notify: told of gave-up (web)"));
    }

    @Test
    void shouldTellOfAGroupOnceWithItsMembersAndTheirs() throws Exception {
        coppice.manifest("""
                instance: shop
                notify: '%s members=$$COPPICE_MEMBERS" >>told'
                groups:
                  edge: {members: [web, cache, inner], strategy: one-for-all, max_restarts: 0, on_give_up: fail}
                  inner: {members: [api]}
                daemons:
                  db: {command: [sleep, "1000"]}
                  alone: {command: 'exit 8', restart: never}
                  cache: {command: [sleep, "1000"]}
                  api: {command: [sleep, "1000"], replicas: 2}
                  web: {command: 'while [ ! -e go ]; do sleep 0.05; done; exit 7'}
                """.formatted(WRITES.replace("\" >>told", "")));
        Coppice.Root root = coppice.startRoot();
        coppice.awaitState("web", "ready");
        coppice.awaitState("cache", "ready");
        coppice.awaitState("api.2", "ready");
        coppice.awaitState("alone", "failed");
        Coppice.await("the one that failed by itself is told", () -> told().size() == 1);
        Files.createFile(coppice.directory.resolve("go"));
        for (String member : List.of("web", "cache", "api.1", "api.2")) {
            coppice.awaitState(member, "failed");
        }
        coppice.run("start", "web"); // ready for a moment, or seen failed: the group has failed once more
        Coppice.await("all is told", () -> told().size() >= 3);
        assertEquals(0, root.stop(), root.stderr()); // waits until nobody is left to be told of
        assertEquals(3, told().size(), told().toString());
        assertEquals("shop failed daemon=alone group= restarts=0 exit code 8 members=", told().get(0));
        for (String line : told().subList(1, 3)) {
            assertEquals(
                    "shop group-failed daemon= group=edge restarts= group edge failed; web: exit code 7; 1 failure within 60 s, 0 restarts allowed;"
                            + " its members: cache, api, web members=cache api web",
                    line);
        }
    }

    @Test
    void shouldTellThatTheRootGaveUpAlsoIfItIsAskedToEndMeanwhile() throws Exception {
        coppice.manifest("""
                instance: shop
                max_restarts: 0
                notify: {command: 'touch began; while [ ! -e go ]; do sleep 0.05; done; %s', timeout: 1h}
                daemons:
                  web: {command: 'exit 7', backoff: none}
                """.formatted(WRITES));
        Coppice.Root root = coppice.startRoot();
        Coppice.await("somebody is being told", () -> Files.exists(coppice.directory.resolve("began")));
        Coppice.await("the root waits for that alone", () -> hasEvent("root-stopped"));
        root.process.destroy(); // TERM
        coppice.run("stop", "web"); // answered behind it, in one way or the other
        Files.createFile(coppice.directory.resolve("go"));
        assertEquals(5, root.awaitExit(), root.stderr());
        assertEquals(1, told().size(), told().toString());
        assertTrue(told().get(0).startsWith("shop gave-up daemon=web"), told().toString());
    }

    @Test
    void shouldNotGiveAnExitCodeToARootThatWasKilledWhileItWaited() throws Exception {
        coppice.manifest("""
                instance: shop
                max_restarts: 0
                notify: {command: 'echo $$$$ >>hanging; exec sleep 1000', timeout: 1h}
                daemons:
                  web: {command: 'exit 7', backoff: none}
                """);
        Coppice.Root root = coppice.startRoot();
        Path hanging = coppice.directory.resolve("hanging");
        Coppice.await("somebody is being told", () -> Files.exists(hanging) && lineIn(hanging));
        Coppice.await("the root waits for that alone", () -> hasEvent("root-stopped"));
        Coppice.kill(root.process.pid());
        root.awaitExit();
        Coppice.kill(Long.parseLong(Files.readString(hanging).trim()));

        String text = coppice.run("status").out();
        assertTrue(text.contains("root gave up over web ") && text.contains("and died before it ended"), text);
        Map<?, ?> end = (Map<?, ?>) coppice.status().get("root_end");
        assertEquals(false, end.get("orderly"));
        assertEquals(null, end.get("exit_code"));
        assertEquals("web", ((Map<?, ?>) end.get("gave_up")).get("by"));
    }

    @Test
    void shouldSayOfWhomItTellsNobodyWhereTooManyWait() throws Exception {
        coppice.manifest("""
                instance: shop
                notify: {command: 'while [ ! -e go ]; do sleep 0.05; done; %s', timeout: 1h}
                daemons:
                  db: {command: [sleep, "1000"]}
                  web: {command: 'exit 7', restart: never, replicas: 20}
                """.formatted(WRITES));
        Coppice.Root root = coppice.startRoot();
        // One is under way and sixteen wait.
        String notTold = "notify: 16 others wait to be told; not told: failed (web.";
        Coppice.await("three are too many", () -> events().split(Pattern.quote(notTold), -1).length == 4);
        Files.createFile(coppice.directory.resolve("go"));
        Coppice.await("the others are told", () -> told().size() == 17);
        assertEquals(0, root.stop(), root.stderr());
        assertEquals(17, told().stream().distinct().count(), told().toString());
    }

    @Test
    void shouldKillACommandThatHangsAndSaySo() throws Exception {
        coppice.manifest("""
                instance: shop
                notify: {command: 'echo $$$$ >>hanging; sleep 1000 & wait', timeout: 500ms}
                daemons:
                  db: {command: [sleep, "1000"]}
                  web: {command: 'exit 7', restart: never}
                """);
        Coppice.Root root = coppice.startRoot();
        Coppice.await(
                "the kill is told",
                () -> hasEvent("notify: the command was not done within 500 ms, and was killed"
                        + " (more in logs/_notify.log); not told: failed (web)"));
        long pid = Long.parseLong(
                Files.readString(coppice.directory.resolve("hanging")).trim());
        Coppice.await("it is gone", () -> !Coppice.isAlive(pid));
        assertEquals("ready", coppice.daemon("db").state());
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldTellWhatARootThatDiedHadNotTold() throws Exception {
        coppice.manifest("""
                instance: shop
                notify: {command: 'echo $$$$ >>hanging; exec sleep 1000', timeout: 1h}
                daemons:
                  db: {command: [sleep, "1000"]}
                  web: {command: 'exit 7', restart: never}
                """);
        Coppice.Root root = coppice.startRoot();
        Path hanging = coppice.directory.resolve("hanging");
        coppice.awaitState("web", "failed");
        Coppice.await("it hangs", () -> Files.exists(hanging) && lineIn(hanging));
        long pid = Long.parseLong(Files.readString(hanging).trim());
        Coppice.kill(root.process.pid());
        root.awaitExit();
        assertTrue(Coppice.isAlive(pid));

        coppice.manifest("""
                instance: shop
                notify: '%s'
                daemons:
                  db: {command: [sleep, "1000"]}
                  web: {command: 'exit 7', restart: never}
                """.formatted(WRITES));
        Coppice.Root next = coppice.startRoot();
        Coppice.await("the next root tells it", () -> !told().isEmpty());
        Coppice.await("and ends what was left", () -> !Coppice.isAlive(pid));
        assertEquals(List.of("shop failed daemon=web group= restarts=0 exit code 7"), told());
        // What has been told is not told once more.
        Coppice.await("that is on record", () -> hasEvent("notify: told of failed (web)"));
        Coppice.kill(next.process.pid());
        next.awaitExit();
        Coppice.Root third = coppice.startRoot();
        Coppice.await("the third has begun", () -> events().split("root-started", -1).length == 4);
        assertEquals(0, third.stop(), third.stderr());
        assertEquals(1, told().size(), told().toString());
    }

    private static boolean lineIn(Path file) {
        try {
            return Files.readString(file).endsWith("\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldTellByTheLatestManifestAndTouchNobodyForIt() throws Exception {
        String manifest = """
                instance: shop
                %s
                daemons:
                  db: {command: [sleep, "1000"]}
                  web: {command: [sleep, "1000"], max_restarts: 0}
                """;
        coppice.manifest(manifest.formatted("x-nobody: is told"));
        Coppice.Root root = coppice.startRoot();
        long db = coppice.awaitState("db", "ready").number("pid");
        Coppice.kill(coppice.awaitState("web", "ready").number("pid"));
        coppice.awaitState("web", "failed");
        coppice.manifest(manifest.formatted("notify: '" + WRITES + "'"));
        Coppice.Result reload = coppice.run("reload");
        assertEquals(0, reload.exitCode(), reload.err());
        assertTrue(reload.out().contains("notify: another command, or another time for it"), reload.out());
        assertEquals(db, coppice.daemon("db").number("pid"));
        assertFalse(Files.exists(coppice.directory.resolve("told")), "of what was before nobody is told");

        assertEquals(0, coppice.run("start", "web").exitCode());
        Coppice.kill(coppice.awaitState("web", "ready").number("pid"));
        Coppice.await("somebody is told", () -> !told().isEmpty());
        assertEquals(1, told().size(), told().toString());
        assertEquals(0, root.stop(), root.stderr());
    }
}
