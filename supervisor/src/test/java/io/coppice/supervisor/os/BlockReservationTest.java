package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockReservationTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void shouldAllocateEveryBlockOfAPrivateFileOfZeros() throws Exception {
        Path file = directory.resolve("a.seg");
        BlockReservation.reserve(file, 3 * MIB + 5);
        assertEquals(3 * MIB + 5, Files.size(file));
        assertTrue(allocatedBytes(file) >= 3 * MIB + 5, "not sparse");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        for (byte b : Files.readAllBytes(file)) {
            assertEquals(0, b);
        }
    }

    @Test
    void shouldHoldEveryPageInMemoryAfterTouchingAndChangeNoByte() throws Exception {
        Path file = directory.resolve("b.seg");
        BlockReservation.reserve(file, 4 * MIB);
        byte[] mark = "still here".getBytes(StandardCharsets.US_ASCII);
        Files.write(file, mark, StandardOpenOption.WRITE);
        BlockReservation.touchPages(file);
        try (FileChannel channel = FileChannel.open(file)) {
            assertTrue(channel.map(FileChannel.MapMode.READ_ONLY, 0, 4 * MIB).isLoaded());
        }
        byte[] content = Files.readAllBytes(file);
        assertEquals(4 * MIB, content.length);
        assertTrue(Arrays.equals(mark, Arrays.copyOf(content, mark.length)));
        assertThrows(OsException.class, () -> BlockReservation.touchPages(directory.resolve("none")));
    }

    @Test
    void shouldRefuseAFileThatIsThereAndLeaveItAlone() throws Exception {
        Path file = Files.writeString(directory.resolve("c.seg"), "state");
        Path link = Files.createSymbolicLink(directory.resolve("link.seg"), directory.resolve("elsewhere"));
        for (Path taken : new Path[] {file, link}) {
            OsException e = assertThrows(OsException.class, () -> BlockReservation.reserve(taken, MIB));
            assertEquals(Errno.EEXIST, e.errno(), e::getMessage);
        }
        assertEquals("state", Files.readString(file));
        assertTrue(Files.isSymbolicLink(link));
        assertFalse(Files.exists(directory.resolve("elsewhere")));
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 55, Long.MAX_VALUE - 4096})
    void shouldLeaveNoFileWhenTheSizeIsImpossible(long bytes) {
        Path file = directory.resolve("d.seg");
        OsException e = assertThrows(OsException.class, () -> BlockReservation.reserve(file, bytes));
        assertTrue(e.errno() == Errno.EFBIG || e.errno() == Errno.ENOSPC, e::getMessage);
        assertTrue(e.getMessage().contains("Cannot reserve " + bytes + " bytes for " + file), e::getMessage);
        assertTrue(e.getMessage().contains("eclare less `state`"), e::getMessage);
        assertFalse(Files.exists(file));
    }

    @Test
    void shouldSayWhereTheSpaceEndedAndLeaveNoFile() throws Exception {
        Path small = Files.createDirectory(directory.resolve("small disk"));
        if (run("mount", "-t", "tmpfs", "-o", "size=2m", "coppice-test", small.toString()) != 0) {
            abort("this user cannot mount a small tmpfs");
        }
        try {
            BlockReservation.Space before = BlockReservation.space(small);
            assertEquals(new BlockReservation.Space("tmpfs", small.toRealPath().toString(), 2 * MIB, 2 * MIB), before);
            BlockReservation.reserve(small.resolve("fits.seg"), MIB);
            assertEquals(MIB, BlockReservation.space(small).freeBytes());
            Path file = small.resolve("too-large.seg");
            OsException e = assertThrows(OsException.class, () -> BlockReservation.reserve(file, MIB + 4096));
            assertEquals(Errno.ENOSPC, e.errno());
            String expected = "Cannot reserve " + (MIB + 4096) + " bytes for " + file + " in " + small.toRealPath()
                    + " (tmpfs), which has " + MIB + " of " + 2 * MIB
                    + " bytes free: No space left on device (ENOSPC). Declare less `state`, or move the segments with `segments`";
            assertEquals(expected, e.getMessage());
            assertFalse(Files.exists(file));
            assertEquals(MIB, BlockReservation.space(small).freeBytes(), "what was allocated is free again");
        } finally {
            assertEquals(0, run("umount", small.toString()));
        }
    }

    @Test
    void shouldSayThatTheDirectoryIsMissing() {
        Path file = directory.resolve("none/e.seg");
        OsException e = assertThrows(OsException.class, () -> BlockReservation.reserve(file, MIB));
        assertEquals(Errno.ENOENT, e.errno());
        assertTrue(e.getMessage().contains("Create the directory " + file.getParent()), e::getMessage);
        assertThrows(OsException.class, () -> BlockReservation.space(file.getParent()));
        assertThrows(IllegalArgumentException.class, () -> BlockReservation.reserve(file, 0));
    }

    @Test
    void shouldKnowTheRoomOfTheTestsOwnDirectory() throws Exception {
        BlockReservation.Space space = BlockReservation.space(directory);
        assertTrue(space.totalBytes() > 0 && space.freeBytes() <= space.totalBytes(), space::toString);
        assertTrue(directory.toRealPath().startsWith(space.mountPoint()), space::toString);
        assertEquals(Files.getFileStore(directory).type(), space.fileSystem());
    }

    private static long allocatedBytes(Path file) throws IOException, InterruptedException {
        Process stat = new ProcessBuilder("stat", "-c", "%b %B", file.toString()).start();
        String[] fields = new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .strip()
                .split(" ");
        assertEquals(0, stat.waitFor());
        return Long.parseLong(fields[0]) * Long.parseLong(fields[1]);
    }

    private static int run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor();
    }
}
