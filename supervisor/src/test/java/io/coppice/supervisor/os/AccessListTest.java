package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessListTest {
    private static final int GROUP = 655_010;
    private static final int OTHER = 655_011;

    @TempDir
    Path directory = Path.of("");

    private Path file() throws IOException {
        return Files.createFile(
                directory.resolve("file"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
    }

    private static boolean can(int group, String test, Path file) throws Exception {
        Process process = new ProcessBuilder(
                        "setpriv",
                        "--reuid=655009",
                        "--regid=655009",
                        "--groups=" + group,
                        "test",
                        test,
                        file.toString())
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return process.exitValue() == 0;
    }

    @Test
    void shouldLetTwoGroupsReadAndNobodyWrite() throws Exception {
        assumeTrue(Files.getAttribute(directory, "unix:uid").equals(0), "only root can be another user");
        assumeTrue(AccessList.isKept(directory), "the file system keeps no access control lists");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        Path file = file();
        Files.setAttribute(file, "unix:gid", GROUP);
        assertTrue(can(GROUP, "-r", file));
        assertFalse(can(OTHER, "-r", file));

        AccessList.letRead(file, OTHER);
        for (int group : new int[] {GROUP, OTHER}) {
            assertTrue(can(group, "-r", file));
            assertFalse(can(group, "-w", file));
        }
        assertFalse(can(OTHER + 1, "-r", file));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertFalse(can(OTHER, "-r", file));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertTrue(can(OTHER, "-r", file));

        AccessList.remove(file);
        AccessList.remove(file);
        assertTrue(can(GROUP, "-r", file));
        assertFalse(can(OTHER, "-r", file));
    }

    @Test
    void shouldSayWhereThereIsNone() throws Exception {
        assertFalse(AccessList.isKept(Path.of("/proc/self/status")));
        AccessList.remove(Path.of("/proc/self/status"));
        Path none = directory.resolve("none");
        assertThrows(OsException.class, () -> AccessList.isKept(none));
        OsException refused =
                assertThrows(OsException.class, () -> AccessList.letRead(Path.of("/proc/self/status"), OTHER));
        assertTrue(
                String.valueOf(refused.getMessage())
                        .startsWith("Cannot let group 655011 read /proc/self/status beside its own: "),
                refused.getMessage());
        assertTrue(
                String.valueOf(refused.getMessage()).endsWith("It takes a file system with access control lists"),
                refused.getMessage());
    }
}
