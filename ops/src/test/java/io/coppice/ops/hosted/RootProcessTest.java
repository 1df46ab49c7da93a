package io.coppice.ops.hosted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.view.ProcFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootProcessTest {
    @TempDir
    Path directory;

    private final ProcFileSystem processes = new ProcFileSystem(Path.of("/proc"));
    private HostedFolder folder;

    @BeforeEach
    void createFolder() throws Exception {
        folder = HostedFolder.create("test");
    }

    @AfterEach
    void removeFolder() throws Exception {
        folder.remove();
    }

    private RootProcess start(String script) throws Exception {
        Path launcher = Files.writeString(directory.resolve("launcher"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        return RootProcess.start(launcher, folder, "demo", List.of(), processes);
    }

    /** Waits until it has printed a whole line, and returns what it printed. */
    private static String firstLine(RootProcess root) throws Exception {
        String said = root.lastLines();
        while (said.isEmpty()) {
            assertTrue(root.isAlive());
            Thread.onSpinWait();
            said = root.lastLines();
        }
        return said;
    }

    @Test
    void shouldBeOnRecordBeforeItRunsAndLeadAGroupOfItsOwn() throws Exception {
        RootProcess root = start("echo $(cat '" + folder.rootRecord() + "'); exec sleep 1000");
        try {
            RootRecord record = RootRecord.read(folder.rootRecord()).orElseThrow();
            assertEquals(root.pid(), record.pid());
            assertEquals(record.pid() + " " + record.startTicks(), firstLine(root));
            long ownGroup =
                    processes.stat(ProcessHandle.current().pid()).orElseThrow().processGroup();
            assertNotEquals(ownGroup, processes.stat(root.pid()).orElseThrow().processGroup());
        } finally {
            assertFalse(root.stop(), "a sleep does not end in order");
        }
        assertFalse(root.isAlive());
    }

    @Test
    void shouldTellAnOrderlyEnd() throws Exception {
        RootProcess root = start("trap 'exit 0' TERM; echo ready; while :; do sleep 0.01; done");
        assertEquals("ready", firstLine(root));
        assertTrue(root.stop());
        assertEquals(0, root.exitCode());
    }

    @Test
    void shouldNeverRunARootThatCannotBeRecorded() throws Exception {
        Files.createDirectory(folder.rootRecord());
        assertThrows(IOException.class, () -> start("touch '" + directory.resolve("ran") + "'"));
        assertFalse(Files.exists(directory.resolve("ran")));
    }
}
