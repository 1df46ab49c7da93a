package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.state.NextFile;
import io.coppice.state.OwnerFiles;
import io.coppice.supervisor.os.AccessList;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose files are after each change of hands. Skipped where the tests do not run as root. */
class OwnershipTest {
    private static final Identity WEB = new Identity(655_100, 1, 655_100, 655_100, 655_101, List.of(655_100));
    private static final Identity OTHER = new Identity(655_102, 1, 655_102, 655_102, 655_103, List.of(655_102));
    private static final Identity SLOTS = new Identity(655_110, 3, 655_100, 655_110, 655_150, List.of(655_100));

    @TempDir
    Path directory = Path.of("");

    private Path segment = Path.of("");

    @BeforeEach
    void makeFiles() throws Exception {
        assumeTrue(OwnerFiles.userOf(directory) == 0, "only root can give files to other users");
        segment = made("web");
    }

    private Path made(String name) throws Exception {
        Path file = Files.createFile(
                directory.resolve(name + ".seg"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        OwnerFiles.makeLock(file);
        OwnerFiles.makeDirectory(OwnerFiles.directory(file));
        return file;
    }

    private static ChildPlan web(Identity identity) {
        return ChildPlans.daemon("web").identity(identity).plan();
    }

    private static boolean isReadBy(int group, Path file) throws Exception {
        return new ProcessBuilder(
                                "setpriv",
                                "--reuid=655998",
                                "--regid=655998",
                                "--groups=" + group,
                                "test",
                                "-r",
                                file.toString())
                        .start()
                        .waitFor()
                == 0;
    }

    /** User, group, and mode. */
    private static String ownerOf(Path file) throws IOException {
        Map<String, Object> found = Files.readAttributes(file, "unix:uid,gid", LinkOption.NOFOLLOW_LINKS);
        return found.get("uid") + ":" + found.get("gid") + " "
                + PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void shouldGiveADaemonsFilesToItsUserAndLetItsGroupReadTheSegment() throws Exception {
        Path next = Files.createFile(NextFile.of(segment));
        Ownership.prepare(web(WEB), segment);
        assertEquals("655100:655100 rw-r-----", ownerOf(segment));
        assertEquals("655100:655100 rw-r-----", ownerOf(next));
        assertEquals("655100:655100 rw-------", ownerOf(OwnerFiles.lock(segment)));
        assertEquals("655100:655100 rwx------", ownerOf(OwnerFiles.directory(segment)));
    }

    @Test
    void shouldGiveWhatWasSetAsideToTheNextUserAndBackToRoot() throws Exception {
        Path aside = Files.createFile(OwnerFiles.directory(segment).resolve("T1-C7.seg"));
        Ownership.prepare(web(WEB), segment);
        assertEquals(655_100, OwnerFiles.userOf(aside));
        Ownership.prepare(web(OTHER), segment);
        assertEquals("655102:655102 rwx------", ownerOf(OwnerFiles.directory(segment)));
        assertEquals(655_102, OwnerFiles.userOf(aside));
        Ownership.prepare(ChildPlans.daemon("web").plan(), segment);
        assertEquals("0:0 rw-------", ownerOf(segment));
        assertEquals(0, OwnerFiles.userOf(OwnerFiles.directory(segment)));
        assertEquals(0, OwnerFiles.userOf(aside));
    }

    /** A user who could put a name of another's file there would get that file, else. */
    @Test
    void shouldGiveNoFileThatIsElsewhereAsWell() throws Exception {
        Ownership.prepare(web(WEB), segment);
        Path secret = Files.createFile(directory.resolve("secret"));
        Path own = OwnerFiles.directory(segment);
        Files.createLink(own.resolve("hard"), secret);
        Files.createSymbolicLink(own.resolve("symbolic"), secret);
        Ownership.prepare(web(OTHER), segment);
        assertEquals(0, OwnerFiles.userOf(secret));
        assertEquals(655_102, OwnerFiles.userOf(own));
    }

    @Test
    void shouldHandASlotsFilesFromProcessToProcess() throws Exception {
        Path ofSlot = made("web@1");
        Path reports = directory.resolve("web@transactions.own");
        OwnerFiles.makeDirectory(reports);
        ChildPlan slot = ChildPlans.slot("web", 1).identity(SLOTS).plan();
        Ownership.prepare(slot, ofSlot);
        // Nobody has it yet, and the daemon may look.
        assertEquals("0:655110 rw-r-----", ownerOf(ofSlot));
        assertEquals("0:655100", ownerOf(reports).substring(0, 8));
        assertEquals(01730, (Integer) Files.getAttribute(reports, "unix:mode") & 07777);

        Ownership.handOver(SLOTS, ofSlot, 655_111);
        assertEquals("655111:655110 rw-r-----", ownerOf(ofSlot));
        assertEquals("655111:655110 rw-------", ownerOf(OwnerFiles.lock(ofSlot)));
        Ownership.prepare(slot, ofSlot);
        assertEquals(655_111, OwnerFiles.userOf(ofSlot), "who has it keeps it through a start of the root");
        Ownership.handOver(SLOTS, ofSlot, 655_112);
        assertEquals(655_112, OwnerFiles.userOf(ofSlot));
    }

    /** Where no filter keeps the process of a slot from it, it could name somebody in a list who would have what the next one writes. */
    @Test
    void shouldHandOverNoAccessControlList() throws Exception {
        assumeTrue(AccessList.isKept(directory), "the file system keeps no access control lists");
        Path ofSlot = made("web@1");
        Path next = Files.createFile(NextFile.of(ofSlot));
        Ownership.handOver(SLOTS, ofSlot, 655_111);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        for (Path file : List.of(ofSlot, next)) {
            AccessList.letRead(file, 655_999);
            assertTrue(isReadBy(655_999, file), file::toString);
        }
        Ownership.handOver(SLOTS, ofSlot, 655_112);
        for (Path file : List.of(ofSlot, next)) {
            assertFalse(isReadBy(655_999, file), file::toString);
        }
        assertEquals("655112:655110 rw-r-----", ownerOf(ofSlot));
    }

    @Test
    void shouldSayWhichFileIsMissing() throws Exception {
        Files.delete(OwnerFiles.lock(segment));
        NoSuchFileException missing =
                assertThrows(NoSuchFileException.class, () -> Ownership.prepare(web(WEB), segment));
        assertTrue(String.valueOf(missing.getMessage()).endsWith("web.lock"), missing.getMessage());
    }
}
