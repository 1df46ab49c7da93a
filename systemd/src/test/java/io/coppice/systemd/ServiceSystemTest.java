package io.coppice.systemd;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service under a real systemd, by the checks of {@code service-test}. */
class ServiceSystemTest {
    @TempDir
    Path directory;

    @Test
    void shouldKeepItsPromisesUnderARealSystemd() throws Exception {
        SystemdBox box = new SystemdBox(directory);
        box.assume();
        String said = box.saidBy(
                Map.of(),
                "service-test",
                box.jar().toString(),
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        assertTrue(said.contains("ok: the journal has the root"), said);
    }
}
