package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.supervisor.sandbox.WorkerRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: a manifest is changed under a live instance, and only what was changed notices. */
class ReloadSystemTest {
    private static final String TICKER =
            "  ticker: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], jvm: {heap: 16MiB}%s}\n";
    private static final String COMMAND = "  %s: {command: 'echo up; while :; do sleep 1000; done'%s}\n";

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private void manifest(String... daemons) throws Exception {
        coppice.manifest("instance: shop\ndaemons:\n" + String.join("", daemons));
    }

    private Coppice.Root start(String... daemons) throws Exception {
        manifest(daemons);
        Coppice.Root root = coppice.startRoot();
        coppice.awaitRoot(root);
        coppice.awaitState("web", "ready");
        return root;
    }

    private Coppice.Result ok(String... arguments) throws Exception {
        Coppice.Result result = coppice.run(arguments);
        assertEquals(0, result.exitCode(), String.join(" ", arguments) + "\n" + result.out() + result.err());
        return result;
    }

    @Test
    void shouldTouchOnlyWhatWasChanged() throws Exception {
        Coppice.Root root = start(TICKER.formatted(""), COMMAND.formatted("web", ""), COMMAND.formatted("old", ""));
        Coppice.Daemon ticker = coppice.awaitState("ticker", "ready");
        long web = coppice.daemon("web").number("pid");
        long old = coppice.awaitState("old", "ready").number("pid");

        manifest(
                COMMAND.formatted("new", ", depends_on: {ticker: {condition: ready}}"),
                COMMAND.formatted("web", ", environment: {COLOUR: green}"),
                TICKER.formatted(", restart: always"));
        String plan = ok("reload", "--dry-run").out();
        assertEquals(
                List.of("new: added", "old: removed", "ticker: new rules, not restarted", "web: started anew"),
                plan.lines().sorted().toList());
        String json = ok("reload", "--dry-run", "--json").out();
        assertTrue(json.startsWith("{\"instance\":\"shop\",\"dry_run\":true,\"daemons\":[{"), json);
        assertEquals(web, coppice.daemon("web").number("pid"), "a dry run does nothing");

        assertEquals(
                plan.lines().sorted().toList(),
                ok("reload").out().lines().sorted().toList());

        Coppice.Daemon after = coppice.daemon("ticker");
        assertEquals(ticker.number("pid"), after.number("pid"));
        assertEquals(1, after.number("incarnation"));
        assertEquals("ready", coppice.daemon("new").state());
        assertEquals("ready", coppice.daemon("web").state());
        assertEquals(2, coppice.daemon("web").number("incarnation"));
        assertFalse(Coppice.isAlive(web));
        assertFalse(Coppice.isAlive(old));
        assertEquals(3, coppice.run("stop", "old").exitCode());
        String environment = Files.readString(
                java.nio.file.Path.of("/proc/" + coppice.daemon("web").number("pid") + "/environ"));
        assertTrue(environment.contains("COLOUR=green"), environment);
        assertTrue(ok("events").out().contains("reloaded"), ok("events").out());
        assertEquals(List.of("3 daemons unchanged"), ok("reload").out().lines().toList());
        assertEquals(0, root.stop(), root.stderr());
    }

    /** The rules of a process in a sandbox are those of its start. */
    @Test
    void shouldWarnOfWhatProcessesInSandboxesCanChangeThatPeersStartFromNow() throws Exception {
        assumeTrue(WorkerRules.gaps().isEmpty(), "this kernel leaves open: " + WorkerRules.gaps());
        String manifest = "instance: shop\nisolation: sandbox\ndaemons:\n  old: {command: [sleep, '1000']}\n";
        coppice.manifest(manifest);
        Coppice.Root root = coppice.startRoot();
        coppice.awaitState("old", "ready");
        Path tool = coppice.file("tool", "#!/bin/sh\nexec sleep 1000\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
        coppice.manifest(manifest + "  new: {command: [./tool]}\n");

        for (String[] command : new String[][] {{"reload", "--dry-run"}, {"reload"}}) {
            Coppice.Result reloaded = coppice.run(command);
            assertEquals(0, reloaded.exitCode(), reloaded.err());
            assertTrue(reloaded.err().contains(tool.toRealPath() + ".\n"), reloaded.err());
            assertTrue(reloaded.err().contains("`coppice restart old`"), reloaded.err());
        }

        assertEquals(0, root.stop(), root.stderr());
    }

    /** What the plan says of those that depend on what changes is what then happens, and the command waits for them as well. */
    @Test
    void shouldTellWhoIsRestartedAlong() throws Exception {
        String alongWithWeb = COMMAND.formatted("along", ", depends_on: {web: {condition: ready, restart: true}}");
        String loose = COMMAND.formatted("loose", ", depends_on: {web: {condition: ready}}");
        Coppice.Root root = start(COMMAND.formatted("web", ""), alongWithWeb, loose);
        coppice.awaitState("along", "ready");
        coppice.awaitState("loose", "ready");

        manifest(COMMAND.formatted("web", ", environment: {COLOUR: green}"), alongWithWeb, loose);
        List<String> expected = List.of("web: started anew", "along: restarted with web", "1 other unchanged");
        assertEquals(expected, ok("reload", "--dry-run").out().lines().toList());
        String json = ok("reload", "--dry-run", "--json").out();
        assertTrue(json.contains("{\"name\":\"along\",\"change\":\"unchanged\",\"restarted_with\":\"web\"}"), json);
        assertEquals(expected, ok("reload").out().lines().toList());
        assertEquals("ready", coppice.daemon("along").state());
        assertEquals(2, coppice.daemon("along").number("incarnation"));
        assertEquals(1, coppice.daemon("loose").number("incarnation"));
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldLetADaemonComeBackWithItsStateAndUnderANewNumber() throws Exception {
        Coppice.Root root = start(TICKER.formatted(""), COMMAND.formatted("web", ""));
        coppice.await("ticker", d -> d.state().equals("ready") && d.number("commits") > 20);
        manifest(COMMAND.formatted("web", ""));
        ok("reload");
        assertEquals(3, coppice.run("stop", "ticker").exitCode());
        manifest(TICKER.formatted(""), COMMAND.formatted("web", ""));
        ok("reload");
        assertEquals(2, coppice.daemon("ticker").number("incarnation"));
        String log = coppice.awaitLog("ticker", text -> text.contains("incarnation 2 at "));
        assertTrue(Long.parseLong(log.replaceAll("(?s).*incarnation 2 at ([0-9]+) .*", "$1")) > 20, log);
        assertEquals(0, root.stop(), root.stderr());
    }

    /** Whoever reloads has another environment, and perhaps another JDK, than the root was started with. */
    @Test
    void shouldNotTakeTheEnvironmentOfWhoeverReloads() throws Exception {
        Coppice.Root root = start(COMMAND.formatted("web", ""));
        manifest(COMMAND.formatted("web", ", environment: {COLOUR: green}"));
        Process reload = coppice.startIn(List.of("env", "STRAY=1"), "reload");
        assertTrue(reload.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, reload.exitValue());
        String environment = Files.readString(
                java.nio.file.Path.of("/proc/" + coppice.daemon("web").number("pid") + "/environ"));
        assertFalse(environment.contains("STRAY"), environment);
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldChangeNothingByAManifestThatIsWrong() throws Exception {
        Coppice.Root root = start(TICKER.formatted(""), COMMAND.formatted("web", ""));
        long web = coppice.daemon("web").number("pid");
        manifest(TICKER.formatted(", restrat: always"), COMMAND.formatted("web", ", environment: {COLOUR: green}"));
        Coppice.Result wrong = coppice.run("reload");
        assertEquals(2, wrong.exitCode(), wrong.err());
        assertTrue(wrong.err().contains("restrat"), wrong.err());
        assertTrue(wrong.err().contains("Nothing was changed"), wrong.err());

        assertEquals(web, coppice.daemon("web").number("pid"));
        assertEquals(1, coppice.daemon("ticker").number("incarnation"));
        assertEquals(0, root.stop(), root.stderr());
    }

    /** A root that dies while somebody edits the manifest is still a non-event. */
    @Test
    void shouldGoOnByTheOldPlanWhenTheManifestIsWrongAtARootsRestart() throws Exception {
        Coppice.Root root = start(TICKER.formatted(""), COMMAND.formatted("web", ""));
        long ticker = coppice.awaitState("ticker", "ready").number("pid");
        root.process.destroyForcibly();
        assertTrue(root.process.waitFor(60, TimeUnit.SECONDS));

        manifest(TICKER.formatted(", restrat: always"), COMMAND.formatted("web", ", environment: {COLOUR: green}"));
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        assertEquals(ticker, coppice.awaitState("ticker", "ready").number("pid"));
        assertTrue(next.stderr().contains("restrat"), next.stderr());
        assertTrue(next.stderr().contains("going on by the plan that it had"), next.stderr());

        manifest(TICKER.formatted(""), COMMAND.formatted("web", ", environment: {COLOUR: green}"));
        assertEquals(
                List.of("1 other unchanged", "web: started anew"),
                ok("reload").out().lines().sorted().toList());
        assertEquals(0, next.stop(), next.stderr());

        manifest(TICKER.formatted(", restrat: always"));
        assertEquals(2, coppice.startRoot().awaitExit(), "nothing is left that must not be left alone");
    }

    /** A manifest that was changed while there was no root is applied as a reload applies it. */
    @Test
    void shouldApplyWhatWasChangedWhileTheRootWasDead() throws Exception {
        Coppice.Root root = start(TICKER.formatted(""), COMMAND.formatted("web", ""));
        long ticker = coppice.awaitState("ticker", "ready").number("pid");
        long web = coppice.daemon("web").number("pid");
        root.process.destroyForcibly();
        assertTrue(root.process.waitFor(60, TimeUnit.SECONDS));

        manifest(TICKER.formatted(", restart: always"), COMMAND.formatted("web", ", environment: {COLOUR: green}"));
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        coppice.await("web", d -> d.state().equals("ready") && d.number("incarnation") == 2);
        assertEquals(ticker, coppice.awaitState("ticker", "ready").number("pid"));
        assertFalse(Coppice.isAlive(web));
        assertEquals(0, next.stop(), next.stderr());
    }
}
