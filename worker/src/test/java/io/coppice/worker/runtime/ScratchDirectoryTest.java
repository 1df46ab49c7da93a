package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.OwnerFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchDirectoryTest {
    @TempDir
    Path parent;

    private List<Path> found() throws IOException {
        try (var files = Files.list(parent)) {
            return files.toList();
        }
    }

    @Test
    void shouldBePrivateAndLeaveNothing() throws Exception {
        try (ScratchDirectory scratch = ScratchDirectory.makeIn(parent)) {
            scratch.createSegment("shop", "ingest", 1);

            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(scratch.lock())));
            assertEquals(
                    "rwx------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(scratch.segment().getParent())));
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(scratch.segment())));
        }
        assertEquals(List.of(), found());
    }

    @Test
    void shouldRemoveWhatIsSetAside() throws Exception {
        try (ScratchDirectory scratch = ScratchDirectory.makeIn(parent)) {
            scratch.createSegment("shop", "ingest", 1);
            OwnerFiles.makeDirectory(OwnerFiles.directory(scratch.segment()));
            Files.createFile(OwnerFiles.directory(scratch.segment()).resolve("T0-C1.seg"));
        }
        assertEquals(List.of(), found());
    }

    @Test
    void shouldRemoveWhatADeadProcessLeft() throws Exception {
        Path left = Files.createDirectory(parent.resolve("coppice-scratch-1"));
        Files.createFile(left.resolve("owner"));
        Files.createFile(left.resolve("scratch.seg"));
        Files.createDirectory(parent.resolve("coppice-scratch-2"));
        Path other = Files.createFile(parent.resolve("other"));

        try (ScratchDirectory scratch = ScratchDirectory.makeIn(parent)) {
            assertEquals(2, found().size());
            assertTrue(found().contains(scratch.segment().getParent()));
        }
        assertEquals(List.of(other), found());
    }

    @Test
    void shouldLeaveWhatALiveProcessHas() throws Exception {
        try (ScratchDirectory scratch = ScratchDirectory.makeIn(parent)) {
            scratch.createSegment("shop", "ingest", 0);
            Process holder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Other.class.getName(),
                            parent.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(holder.getInputStream().readAllBytes());
            assertEquals(0, holder.waitFor(), said);
            assertTrue(Files.exists(scratch.segment()), "another process removes what is dead only");
        }
    }

    /** Another process that makes a scratch directory. */
    static final class Other {
        public static void main(String[] args) throws IOException {
            try (ScratchDirectory scratch = ScratchDirectory.makeIn(Path.of(args[0]))) {
                System.out.println(scratch.segment());
            }
        }
    }

    @Test
    void shouldFailWhereItCannotBeMade() {
        Path gone = parent.resolve("gone");

        assertThrows(IOException.class, () -> ScratchDirectory.makeIn(gone));
        assertFalse(Files.exists(gone));
    }
}
