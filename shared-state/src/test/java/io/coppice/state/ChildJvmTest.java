package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildJvmTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** Lives for ever, as those do that wait for their SIGKILL. */
    static final class Immortal {
        private Immortal() {}

        public static void main(String[] args) {
            System.out.println("alive");
            while (true) {
                LockSupport.park();
            }
        }
    }

    /** A killed JVM closes nothing in good order, but the kernel closes its end of the pipe. */
    @Test
    void shouldEndAChildWhoseParentIsGone() throws Exception {
        Path output = directory.resolve("output");
        Process child = ChildJvm.start(output, Immortal.class);
        try {
            while (child.isAlive() && Files.size(output) == 0) {
                LockSupport.parkNanos(1_000_000);
            }
            assertTrue(child.isAlive(), () -> "it ended by itself, see " + output);
            child.getOutputStream().close();
            assertTrue(child.waitFor(60, TimeUnit.SECONDS), "it outlives its parent");
            assertEquals(ChildMain.PARENT_GONE, child.exitValue());
        } finally {
            child.destroyForcibly();
        }
    }
}
