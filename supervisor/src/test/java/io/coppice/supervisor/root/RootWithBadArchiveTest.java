package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootSnapshot;
import io.coppice.supervisor.archive.LinkedArchive;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: a JVM that cannot start with an archive costs its daemon nothing, once. Method: a real root, and a JDK that is a script: it ends
 * as told where it is given an archive, and else waits to be let go.
 */
class RootWithBadArchiveTest {
    @TempDir
    Path base = Path.of("");

    private Path java = Path.of("");

    @BeforeEach
    void makeJdk() throws IOException {
        java = base.resolve("jdk/bin/java");
        Files.createDirectories(base.resolve("jdk/bin"));
        Files.createDirectories(base.resolve("jdk/lib/server"));
        Files.writeString(base.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
        Files.writeString(base.resolve("jdk/lib/modules"), "modules");
        Files.writeString(base.resolve("jdk/lib/server/libjvm.so"), "jvm");
        Files.writeString(base.resolve("a.jar"), "a jar");
    }

    /** @param end of a shell that has an archive */
    private ChildPlan daemon(String end) throws IOException {
        Files.writeString(
                java,
                "#!/bin/sh\ncase \"$*\" in *SharedArchiveFile*) " + end
                        + " ;; esac\nread -r line || exit 125\nexec sleep 1000\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        return ChildPlans.daemon("it")
                .argv(List.of(
                        java.toString(), "-cp", base.resolve("a.jar").toString(), "Main", "--main", "Daemon", "--"))
                .workingDirectory(base.toString())
                .maxRestarts(0)
                .plan();
    }

    private static Path cache() {
        return Path.of(System.getenv("CACHE_DIRECTORY"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kill -SEGV $$", "kill -ABRT $$", "exit 1", "read -r line; kill -BUS $$"})
    void shouldStartAgainAtOnceWithoutTheArchiveAndCountNoFailure(String end) throws Exception {
        ChildPlan plan = daemon(end);
        Path archive = LinkedArchive.of(cache(), plan.argv());
        try (RootProcess root = RootProcess.start(base, plan)) {
            RootSnapshot.ChildInfo second =
                    root.await("it", child -> child.incarnation() == 2 && child.state() == ChildStateCode.STARTING);
            assertTrue(second.lastExit().isEmpty(), second.toString());
            root.awaitEvent(EventType.NOTE, "died before it had started, with an archive: starts without from now on");
            assertFalse(Files.exists(archive));
            assertEquals(0, root.stop(), root.stderr());
        }
        // Nor does the next root use one like it.
        try (RootProcess root = RootProcess.start(base, plan)) {
            root.await("it", child -> child.state() == ChildStateCode.STARTING);
            assertEquals(0, root.stop(), root.stderr());
        }
    }

    @Test
    void shouldNotHoldAgainstAnArchiveWhatComesFromOutside() throws Exception {
        ChildPlan plan = daemon("kill -KILL $$");
        Path archive = LinkedArchive.of(cache(), plan.argv());
        try (RootProcess root = RootProcess.start(base, plan)) {
            root.await("it", child -> child.state() == ChildStateCode.FAILED);
            assertTrue(Files.exists(archive));
        }
    }
}
