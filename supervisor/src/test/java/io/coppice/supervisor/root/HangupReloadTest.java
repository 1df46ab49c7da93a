package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.SignalNumbers;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What SIGHUP has done by another process, where that hangs: a real root with a launcher that never ends. */
class HangupReloadTest {
    @TempDir
    Path base;

    @Test
    void shouldKillAReloadThatHangsAndTellOfIt() throws Exception {
        Path launcher = base.resolve("launcher");
        Files.writeString(launcher, "#!/bin/sh\necho $$ >>" + base + "/pids\nsleep 1000 & wait\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        List<String> under = List.of(
                "env",
                "JAVA_TOOL_OPTIONS=-D" + HangupReload.LAUNCHER_PROPERTY + "=" + launcher + " -D"
                        + HangupReload.TIMEOUT_PROPERTY + "=1000");
        try (RootProcess root = RootProcess.startUnder(base, under, RootProcess.command("web", base, "sleep 1000"))) {
            root.await("web", child -> child.state() == ChildStateCode.READY);
            hangUp(root);
            root.awaitEvent(
                    EventType.RELOAD_FAILED, "SIGHUP: `coppice reload` was not done within 1000 ms, and was killed");
            List<String> pids = Files.readAllLines(base.resolve("pids"));
            assertEquals(1, pids.size());
            root.awaitCondition("its end", () -> !RootProcess.isAlive(Long.parseLong(pids.get(0))));

            // The next one is none that comes too late.
            hangUp(root);
            root.awaitCondition("another", () -> lines(base.resolve("pids")) == 2);
            assertEquals(0, root.stop(), root.stderr());
            assertTrue(root.stderr().contains("SIGHUP: reading /test.yaml again"), root.stderr());
        }
    }

    /** As {@code coppice reload} without a file does. */
    @Test
    void shouldReadTheManifestThatWasReadLast() throws Exception {
        Path launcher = base.resolve("launcher");
        Files.writeString(launcher, "#!/bin/sh\necho \"$3\" >>" + base + "/read\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        List<String> under = List.of("env", "JAVA_TOOL_OPTIONS=-D" + HangupReload.LAUNCHER_PROPERTY + "=" + launcher);
        ChildPlan web = RootProcess.command("web", base, "sleep 1000");
        try (RootProcess root = RootProcess.startUnder(base, under, web)) {
            root.await("web", child -> child.state() == ChildStateCode.READY);
            hangUp(root);
            root.awaitCondition("the first", () -> lines(base.resolve("read")) == 1);

            String directory = root.directory.toString();
            Plan present = PlanText.read(Files.readString(root.directory.resolve("plan")));
            Plan other = new Plan(
                    "test",
                    "/other.yaml",
                    directory,
                    directory,
                    NoticeCommand.NONE,
                    List.of(GroupPlan.INSTANCE),
                    List.of(),
                    List.of(web));
            Files.writeString(root.directory.resolve("plan-a1.next"), PlanText.write(other));
            assertEquals("ok\n", root.request("coppice/1 reload plan-a1.next " + PlanText.fingerprint(present)));
            hangUp(root);
            root.awaitCondition("the second", () -> lines(base.resolve("read")) == 2);
            assertEquals(List.of("/test.yaml", "/other.yaml"), Files.readAllLines(base.resolve("read")));
            assertEquals(0, root.stop(), root.stderr());
        }
    }

    private static void hangUp(RootProcess root) throws OsException {
        try (PidFd pidFd = PidFd.open((int) root.process.pid())) {
            assertEquals(0, pidFd.signal(SignalNumbers.of("HUP")));
        }
    }

    private static int lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file).size() : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
