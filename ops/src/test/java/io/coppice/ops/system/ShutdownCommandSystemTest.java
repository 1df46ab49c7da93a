package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.supervisor.sandbox.WorkerRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: what a user's own command does at a stop. Method: real programs that do not mind TERM; one command that asks in another way, one
 * that fails, one that hangs.
 */
class ShutdownCommandSystemTest {
    /** Ends on USR1, and by TERM only where it is told so. */
    private static final String STUBBORN = "trap 'exit 7' USR1; trap '%s' TERM; while :; do sleep 0.05; done";

    @RegisterExtension
    final Coppice coppice = new Coppice();

    @Test
    void shouldAskByCommandThenBySignalThenKill() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  asked:
                    command: "%s"
                    shutdown: {command: "kill -USR1 $COPPICE_PID", timeout: 60s}
                  failing:
                    command: "%s"
                    shutdown: {command: [sh, -c, "exit 3"], timeout: 60s}
                  deaf:
                    command: "%s"
                    shutdown: {command: "echo $$$$ > stopper; exec sleep 1000", timeout: 1s}
                """.formatted(STUBBORN.formatted(""), STUBBORN.formatted("exit 8"), STUBBORN.formatted("")));
        Coppice.Root root = coppice.startRoot();
        for (String name : new String[] {"asked", "failing", "deaf"}) {
            coppice.awaitState(name, "ready");
        }

        assertEquals(0, coppice.run("stop", "asked").exitCode());
        assertEquals(7L, coppice.daemon("asked").lastExit().get("code"));
        assertEquals(0, coppice.run("stop", "failing").exitCode());
        assertEquals(8L, coppice.daemon("failing").lastExit().get("code"));
        assertTrue(coppice.ask("events").out().contains("its shutdown command failed: exit code 3; signal TERM"));
        assertEquals(0, coppice.run("stop", "deaf").exitCode());
        assertEquals("KILL", coppice.daemon("deaf").lastExit().get("signal"));
        Path stopper = coppice.directory.resolve("stopper");
        long pid = Long.parseLong(Files.readString(stopper).trim());
        assertFalse(Coppice.isAlive(pid), "the command outlived what it was to stop");
        assertEquals(0, root.stop(), root.stderr());
    }

    /** It is the daemon's word, so it may not do what the daemon may not; but it has to reach it. */
    @ParameterizedTest
    @ValueSource(strings = {"", "isolation: sandbox"})
    void shouldBeInASandboxLikeWhatItAsks(String isolation) throws Exception {
        assumeTrue(
                isolation.isEmpty() || WorkerRules.gaps().isEmpty(), "this kernel leaves open: " + WorkerRules.gaps());
        coppice.manifest("""
                instance: shop
                %s
                daemons:
                  asked:
                    command: "%s"
                    shutdown: {command: "(: >>%s/shop/plan) 2>/dev/null && echo wrote; kill -USR1 $COPPICE_PID", timeout: 60s}
                """.formatted(isolation, STUBBORN.formatted(""), coppice.home()));
        Coppice.Root root = coppice.startRoot();
        coppice.awaitState("asked", "ready");

        assertEquals(0, coppice.run("stop", "asked").exitCode());

        assertEquals(7L, coppice.daemon("asked").lastExit().get("code"));
        assertEquals(isolation.isEmpty() ? "wrote\n" : "", coppice.log("asked"));
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldEndTheCommandOfARootThatDied() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  db:
                    command: "%s"
                    shutdown: {command: "echo $$$$ > stopper; exec sleep 1000", timeout: 60s}
                """.formatted(STUBBORN.formatted("exit 8")));
        Coppice.Root root = coppice.startRoot();
        coppice.awaitState("db", "ready");
        coppice.startInOwnGroup("stop", "db");
        Path stopper = coppice.directory.resolve("stopper");
        Coppice.await(
                "the command runs",
                () -> Files.exists(stopper) && !read(stopper).isEmpty());
        long pid = Long.parseLong(read(stopper));
        Coppice.kill(root.process.pid());
        root.awaitExit();
        assertTrue(Coppice.isAlive(pid), "the death of a root is not that of its errands");

        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        coppice.awaitState("db", "stopped");
        Coppice.await("the command is ended", () -> !Coppice.isAlive(pid));
        assertEquals(0, next.stop(), next.stderr());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).trim();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldReadTheManifestAgainOnHangup() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  first: {command: [sleep, "1000"]}
                """);
        Coppice.Root root = coppice.startRoot();
        long first = coppice.awaitState("first", "ready").number("pid");
        coppice.manifest("""
                instance: shop
                daemons:
                  first: {command: [sleep, "1000"]}
                  second: {command: [sleep, "1000"]}
                """);
        hangUp(root);
        coppice.awaitState("second", "ready");
        assertEquals(first, coppice.daemon("first").number("pid"));

        coppice.manifest("instance: shop\ndaemons: nonsense\n");
        hangUp(root);
        Coppice.await(
                "the refusal is told", () -> told("SIGHUP changed nothing: `coppice reload` ended with exit code 2"));
        String log = coppice.ask("logs", "_reload").out();
        Pattern run = Pattern.compile("(?m)^20\\S+T\\S+Z SIGHUP: reading \\S+ again$");
        assertEquals(2, run.matcher(log).results().count(), log);
        assertTrue(log.lines().skip(1).anyMatch(line -> line.contains("`nonsense`")), log);
        assertEquals(first, coppice.daemon("first").number("pid"));
        assertEquals(0, root.stop(), root.stderr());
    }

    private boolean told(String text) {
        return coppice.ask("events").out().contains(text);
    }

    private static void hangUp(Coppice.Root root) throws Exception {
        new ProcessBuilder("kill", "-HUP", String.valueOf(root.process.pid()))
                .inheritIO()
                .start()
                .waitFor();
    }
}
