package io.coppice.systemd;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the service has in other surroundings, and with its workers in sandboxes: the checks of {@code unified-test} and {@code sandbox-test}. */
class ServiceModesSystemTest {
    @TempDir
    Path directory;

    @Test
    void shouldSayWhichLimitsHoldWhereAllControlGroupsAreOfVersion2() throws Exception {
        SystemdBox box = new SystemdBox(directory);
        box.assume();
        String said = box.saidBy(Map.of("BOX_MODE", "unified"), "unified-test");
        assertTrue(said.contains("ok: stop"), said);
    }

    /** The unit's own filter, namespaces and read-only paths let workers be restricted further. */
    @Test
    void shouldKeepWorkersInSandboxesUnderTheHardeningOfTheUnit() throws Exception {
        SystemdBox box = new SystemdBox(directory);
        box.assume();
        String said = box.saidBy(Map.of(), "sandbox-test", box.jar().toString());
        assumeTrue(!said.contains("skipped: "), said);
        assertTrue(said.contains("ok: who is in one does not"), said);
        assertTrue(said.contains("ok: stop"), said);
    }
}
