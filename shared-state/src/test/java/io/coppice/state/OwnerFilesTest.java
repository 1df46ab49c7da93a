package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerFilesTest {
    @TempDir
    Path directory;

    private Path segment = Path.of("unset");

    @BeforeEach
    void name() {
        segment = directory.resolve("unit.seg");
    }

    @Test
    void shouldMakeALockFileThatOnlyItsUserMayOpenAndKeepOneThatIsThere() throws Exception {
        assertEquals(directory.resolve("unit.lock"), OwnerFiles.lock(segment));
        assertTrue(OwnerFiles.makeLock(segment));
        Path lock = OwnerFiles.lock(segment);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(lock)));
        Files.writeString(lock, "12 1");
        assertFalse(OwnerFiles.makeLock(segment));
        assertEquals("12 1", Files.readString(lock));
    }

    @Test
    void shouldFollowNoLinkAndReplaceNothing() throws Exception {
        Path elsewhere = directory.resolve("elsewhere");
        Files.createSymbolicLink(OwnerFiles.lock(segment), elsewhere);
        assertRefused();
        assertFalse(Files.exists(elsewhere, LinkOption.NOFOLLOW_LINKS));
        Files.delete(OwnerFiles.lock(segment));
        Files.createDirectory(OwnerFiles.lock(segment));
        assertRefused();
    }

    private void assertRefused() {
        SegmentException refused = assertThrows(SegmentException.class, () -> OwnerFiles.makeLock(segment));
        assertTrue(String.valueOf(refused.getMessage()).contains("Move it away"), refused.getMessage());
    }

    /** An owner that made one would need the right to make files beside its segment, and beside others'. */
    @Test
    void shouldBeMadeByNoOwner() throws Exception {
        TestSegments.create(segment, TestSegments.spec(64 << 10));
        Files.delete(OwnerFiles.lock(segment));
        SegmentException refused = assertThrows(
                SegmentException.class, () -> SegmentFile.openOwned(segment, OwnerFiles.lock(segment), 1, 1));
        assertTrue(String.valueOf(refused.getMessage()).contains("is missing"), refused.getMessage());
        assertFalse(Files.exists(OwnerFiles.lock(segment)));
        OwnerFiles.makeLock(segment);
        SegmentFile.openOwned(segment, OwnerFiles.lock(segment), 1, 1).close();
    }
}
