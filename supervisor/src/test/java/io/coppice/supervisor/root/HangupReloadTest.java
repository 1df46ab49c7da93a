package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.SignalNumbers;
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
            root.awaitEvent(EventType.NOTE, "SIGHUP: `coppice reload` was not done within 1000 ms, and was killed");
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

    private static void hangUp(RootProcess root) throws OsException {
        try (PidFd pidFd = PidFd.open((int) root.process.pid())) {
            assertEquals(0, pidFd.signal(SignalNumbers.of("HUP")));
        }
    }

    private static int lines(Path file) {
        try {
            return Files.readAllLines(file).size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
