package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root that is asked to end before it answers signals: it has done nothing, and says so. */
class EarlySignalTest {
    private static final int MORE_THAN_A_PIPE_HOLDS = 256 << 10;

    @TempDir
    Path base;

    @Test
    void shouldSayThatNothingWasDone() throws Exception {
        Path stderr = base.resolve("stderr");
        Process root = new ProcessBuilder(List.of(
                        "env",
                        "--default-signal",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        ClassPath.ofJars(),
                        RootMain.class.getName(),
                        "--plan-fd",
                        "0"))
                .redirectError(stderr.toFile())
                .start();
        try (OutputStream plan = root.getOutputStream()) {
            plan.write(" ".repeat(MORE_THAN_A_PIPE_HOLDS).getBytes(StandardCharsets.UTF_8));
            plan.flush(); // so it reads, and has not all of it
            root.toHandle().destroy(); // TERM, and the plan stays open
            assertTrue(root.waitFor(5, TimeUnit.MINUTES));
        }
        String said = Files.readString(stderr);
        assertEquals(143, root.exitValue(), said);
        assertTrue(
                said.contains("coppice: asked to end by a signal while the root was starting: it has launched nothing"),
                said);
    }
}
