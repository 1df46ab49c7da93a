package io.coppice.supervisor.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a root takes from the directory, and what not. No JVM is started here: an archive is any file. */
class ArchiveDirectoryTest {
    private static final ArchiveNames NAMES = new ArchiveNames("aa11", "bb22", 0);

    @TempDir
    Path base = Path.of("");

    private ArchiveDirectory open() throws IOException {
        return ArchiveDirectory.open(base.resolve("cache/coppice"), Workshop.ownUid(), false);
    }

    private static Path linked(ArchiveDirectory directory, ArchiveNames names, String key) throws IOException {
        Path archive = Files.writeString(directory.archive(names, key, ".jsa"), "contents of " + key);
        directory.link(names, archive, directory.path());
        return archive;
    }

    private static void assertRefused(Path path, String expected) {
        IOException refused =
                assertThrows(IOException.class, () -> ArchiveDirectory.open(path, Workshop.ownUid(), false));
        assertTrue(String.valueOf(refused.getMessage()).contains(expected), refused.getMessage());
    }

    @Test
    void shouldMakeADirectoryThatOnlyItsOwnerEnters() throws Exception {
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(open().path())));
    }

    @Test
    void shouldTrustNoDirectoryThatOthersMayEnterOrThatIsNoneOrALink() throws Exception {
        Path open = Files.createDirectory(
                base.resolve("open"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        assertRefused(open, "lets others in, expected mode 0700 or 0711; chmod 700 " + open);
        assertRefused(Files.writeString(base.resolve("file"), ""), "is no directory");
        assertRefused(Files.createSymbolicLink(base.resolve("link"), open().path()), "is no directory");
        assertRefused(base.resolve("a:b"), "expected no `:`");
        IOException foreign = assertThrows(
                IOException.class, () -> ArchiveDirectory.open(open().path(), Workshop.ownUid() + 1, false));
        assertTrue(String.valueOf(foreign.getMessage()).contains("belongs to uid"), foreign.getMessage());
    }

    @Test
    void shouldNoticeThatTheDirectoryWasOpenedToOthersLater() throws Exception {
        ArchiveDirectory directory = open();
        linked(directory, NAMES, "cc33");
        Files.setPosixFilePermissions(directory.path(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThrows(IOException.class, () -> directory.find(NAMES));
    }

    @Test
    void shouldFindOnlyWhatIsAsItWasWhenItWasLinked() throws Exception {
        ArchiveDirectory directory = open();
        assertNull(directory.find(NAMES));
        Path archive = linked(directory, NAMES, "cc33");
        assertEquals(archive, directory.find(NAMES));
        assertNull(directory.find(new ArchiveNames("aa11", "dd44", 0)));
        assertTrue(directory.isIntact(NAMES, archive));

        Files.writeString(archive, "CONTENTS of cc33"); // as long, in the same file
        assertNull(directory.find(NAMES));
        assertFalse(directory.isIntact(NAMES, archive));
        linked(directory, NAMES, "cc33");
        assertEquals(archive, directory.find(NAMES));
        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rw--w--w-"));
        directory.link(NAMES, archive, directory.path());
        assertNull(directory.find(NAMES));
        Files.delete(archive);
        assertNull(directory.find(NAMES));
        assertFalse(directory.isIntact(NAMES, archive));
    }

    @Test
    void shouldFollowNoLinkToAnotherPlace() throws Exception {
        ArchiveDirectory directory = open();
        Path elsewhere = Files.writeString(base.resolve("elsewhere.jsa"), "x");
        Path name = directory.path().resolve("aa11.bb22");
        for (String text : new String[] {"../elsewhere.jsa~00", elsewhere.toString(), "aa11.cc33.jsa", "~"}) {
            Files.createSymbolicLink(name, Path.of(text));
            assertNull(directory.find(NAMES), text);
            Files.delete(name);
        }
        Files.writeString(name, "a file");
        assertNull(directory.find(NAMES));
        Files.delete(name);
        Path archive = linked(directory, NAMES, "cc33");
        Files.delete(archive);
        Files.createSymbolicLink(archive, elsewhere);
        directory.link(NAMES, archive, directory.path());
        assertNull(directory.find(NAMES));
    }

    @Test
    void shouldRememberWhatWasRefusedByIdentityAndByContents() throws Exception {
        ArchiveDirectory directory = open();
        Path archive = linked(directory, NAMES, "cc33");
        assertFalse(directory.isRefused(NAMES));
        directory.refuse(NAMES);
        directory.refuse(NAMES);
        assertTrue(directory.isRefused(NAMES));
        assertTrue(directory.isRefused(NAMES, "cc33"));
        assertFalse(directory.isRefused(NAMES, "dd44"));
        assertFalse(Files.exists(archive));
        assertNull(directory.find(NAMES));
    }

    @Test
    void shouldKeepTheLastTwoOfAProfileAndNoNamesThatLeadNowhere() throws Exception {
        ArchiveDirectory directory = open();
        Path other = linked(directory, new ArchiveNames("ee55", "bb22", 0), "cc33");
        Path first = linked(directory, new ArchiveNames("aa11", "01", 0), "cc01");
        Path second = linked(directory, new ArchiveNames("aa11", "02", 0), "cc02");
        Path third = linked(directory, new ArchiveNames("aa11", "03", 0), "cc03");
        // The clock of the file system ticks slowly: their order is told by hand.
        for (Path archive : new Path[] {second, third}) {
            awaitTickAndTouch(archive, first);
        }
        new Retention(directory.path(), 1 << 20).removeOld(new ArchiveNames("aa11", "03", 0), third, 0);
        assertFalse(Files.exists(first));
        assertFalse(Files.isSymbolicLink(directory.path().resolve("aa11.01")));
        assertTrue(Files.exists(second));
        assertTrue(Files.isSymbolicLink(directory.path().resolve("aa11.02")));
        assertTrue(Files.exists(third));
        assertTrue(Files.exists(other));
    }

    @Test
    void shouldRemoveTheOldestOfAllWhereThereIsTooMuch() throws Exception {
        ArchiveDirectory directory = open();
        Path old = linked(directory, new ArchiveNames("ee55", "bb22", 0), "cc33");
        Path kept = linked(directory, NAMES, "cc44");
        awaitTickAndTouch(kept, old);
        long both = Files.size(old) + Files.size(kept);
        new Retention(directory.path(), both).removeOld(NAMES, kept, 0);
        assertTrue(Files.exists(old));
        new Retention(directory.path(), both - 1).removeOld(NAMES, kept, 0);
        assertFalse(Files.exists(old));
        assertTrue(Files.exists(kept));
        new Retention(directory.path(), 1).removeOld(NAMES, kept, 0);
        assertTrue(Files.exists(kept), "what was just made stays");
    }

    /** Until its time of change is later than the other's. */
    private static void awaitTickAndTouch(Path file, Path older) throws IOException {
        long then = FileStamp.of(older).changedNs();
        while (FileStamp.of(file).changedNs() <= then) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
            Thread.onSpinWait();
        }
    }
}
