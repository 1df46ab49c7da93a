package io.coppice.supervisor.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.supervisor.os.Restriction;
import io.coppice.supervisor.plan.Identity;
import io.coppice.supervisor.sandbox.Outside;
import io.coppice.supervisor.sandbox.StartFiles;
import io.coppice.supervisor.sandbox.WorkerRules;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What another user makes is taken over, and nothing else of it. Skipped where the tests do not run as root. */
class WorkDirectoryTest {
    /** Of this process of tests alone, since all of a maker's processes are killed. */
    private static final int OWN = 1_000_000 + (int) (ProcessHandle.current().pid() % 100_000) * 10_000;

    private static final int MAKER = OWN + 1;
    private static final Maker OTHER = new Maker(OWN + " it /run", new Identity(OWN, 1, OWN, OWN, MAKER, List.of(OWN)));
    private static final Maker SANDBOXED = new Maker("sandbox it /run", null);
    private static final long READ_MS = 60_000;
    private static final long MOST_BYTES = 1 << 20;

    @TempDir
    Path base = Path.of("");

    @BeforeEach
    void openTheWay() throws IOException {
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwx--x--x"));
    }

    private static void assumeRoot() throws IOException {
        assumeTrue(Workshop.ownUid() == 0, "only root can run something as another user");
    }

    private WorkDirectory work(Maker maker) throws Exception {
        return WorkDirectory.in(
                ArchiveDirectory.open(base.resolve("cache"), Workshop.ownUid(), maker.identity() != null),
                maker,
                maker.equals(SANDBOXED) ? this::restriction : Restricted.NOT);
    }

    private Restriction restriction(WorkDirectory work) throws IOException {
        return new WorkerRules()
                .ownDirectory(work.made())
                .readable(work.path())
                .with(Outside.ofInstances(
                        base.resolve("shop"), base.resolve("shop"), base, StartFiles.NONE, Workshop.ownUid()));
    }

    private static void assumeSandbox() {
        assumeTrue(WorkerRules.gaps().isEmpty(), "this kernel leaves open: " + WorkerRules.gaps());
    }

    private int inSandbox(WorkDirectory work, String script) throws Exception {
        Process process = ((Restricted) this::restriction)
                .start(
                        new ProcessBuilder("/bin/sh", "-c", script)
                                .directory(work.made().toFile())
                                .inheritIO(),
                        work);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return process.exitValue();
    }

    /** Runs a script as who makes archives, in the directory that is its own. */
    private static void make(WorkDirectory work, String script) throws Exception {
        Process process = new ProcessBuilder(OTHER.command(List.of("/bin/sh", "-c", script)))
                .directory(work.made().toFile())
                .inheritIO()
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
    }

    private static String modeOf(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void shouldTakeWhatItsOwnUserMadeAsItIs() throws Exception {
        WorkDirectory work = work(Maker.OWN_USER);
        Path made = Files.writeString(work.made().resolve("archive"), "classes");
        assertEquals(made, work.take(made, MOST_BYTES, READ_MS));
        assertEquals("r--------", modeOf(made));
        assertThrows(ArchiverException.class, () -> work.take(made, 3, READ_MS));
        work.remove();
        assertFalse(Files.exists(work.path()));
    }

    @Test
    void shouldTakeACopyThatItsMakerCanReadAndNoLongerWrite() throws Exception {
        assumeRoot();
        WorkDirectory work = work(OTHER);
        make(work, "echo classes >archive; (exec setsid sh -c 'while echo more; do :; done' >>endless) & :");
        Path made = work.made().resolve("archive");
        assertTrue(WorkDirectory.isAnybody(MAKER));

        Path taken = work.take(made, MOST_BYTES, READ_MS);

        assertFalse(WorkDirectory.isAnybody(MAKER));
        assertEquals("classes\n", Files.readString(taken));
        assertEquals("r--r-----", modeOf(taken));
        assertEquals(0, Files.getAttribute(taken, "unix:uid"));
        assertEquals(OWN, Files.getAttribute(taken, "unix:gid"));
        assertNotEquals(Files.getAttribute(made, "unix:ino"), Files.getAttribute(taken, "unix:ino"));
        make(work, "read -r text <" + taken + " && [ \"$text\" = classes ] && ! (echo x >>" + taken + ") 2>/dev/null");
        make(work, "! rm -f " + taken + " 2>/dev/null && ! ls " + work.path() + " 2>/dev/null");
        work.remove();
    }

    /** Somebody who outlives the training has it, and never writes. */
    @Test
    void shouldGiveUpWhatHasNoEnd() throws Exception {
        assumeSandbox();
        WorkDirectory work = work(SANDBOXED);
        Path fifo = work.made().resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        try (FileChannel writer = FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            assertTrue(writer.isOpen());
            ArchiverException refused = assertThrows(ArchiverException.class, () -> work.take(fifo, MOST_BYTES, 200));
            assertEquals(ArchiverExit.NOT_WRITTEN, refused.exit());
        }
        work.remove();
    }

    @Test
    void shouldTakeNothingThatItsMakerCouldNotRead() throws Exception {
        assumeRoot();
        WorkDirectory work = work(OTHER);
        Path secret = Files.writeString(base.resolve("secret"), "word");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        Path link = Files.createSymbolicLink(work.made().resolve("symbolic"), secret);
        Path same = Files.createLink(work.made().resolve("hard"), secret);

        for (Path each : List.of(link, same, work.made().resolve("none"))) {
            ArchiverException refused =
                    assertThrows(ArchiverException.class, () -> work.take(each, MOST_BYTES, READ_MS));
            assertEquals(each + " cannot be read by who made it", refused.getMessage());
        }
        work.remove();
        assertEquals("word", Files.readString(secret));
        assertEquals("rw-------", modeOf(secret));
    }

    @Test
    void shouldTakeACopyOfWhatWasMadeInASandboxAndNothingThatItCouldNotRead() throws Exception {
        assumeSandbox();
        WorkDirectory work = work(SANDBOXED);
        Path secret = Files.writeString(base.resolve("secret"), "word");
        assertEquals(0, inSandbox(work, "echo classes >archive"));
        Path made = work.made().resolve("archive");
        // Its rules let it make none.
        Path link = Files.createSymbolicLink(work.made().resolve("link"), secret);

        Path taken = work.take(made, MOST_BYTES, READ_MS);

        assertEquals("classes\n", Files.readString(taken));
        assertEquals("r--------", modeOf(taken));
        assertNotEquals(Files.getAttribute(made, "unix:ino"), Files.getAttribute(taken, "unix:ino"));
        // Whoever is user 0 is kept from it by no mode.
        assertEquals(0, inSandbox(work, "read -r text <" + taken + " && [ \"$text\" = classes ]"));
        for (String attempt : List.of("echo x >>" + taken, "mv archive " + taken, "rm -f " + taken, "echo >../new")) {
            assertNotEquals(0, inSandbox(work, "(" + attempt + ") 2>/dev/null"), attempt);
        }
        ArchiverException refused = assertThrows(ArchiverException.class, () -> work.take(link, MOST_BYTES, READ_MS));
        assertTrue(String.valueOf(refused.getMessage()).endsWith("/link cannot be read by who made it"));
        work.remove();
        assertFalse(Files.exists(work.path()));
        assertEquals("word", Files.readString(secret));
    }

    @Test
    void shouldTakeNoMoreThanThereMayBe() throws Exception {
        assumeRoot();
        WorkDirectory work = work(OTHER);
        make(work, "ln -s /dev/zero endless; echo four >archive");
        assertThrows(ArchiverException.class, () -> work.take(work.made().resolve("endless"), MOST_BYTES, READ_MS));
        assertThrows(ArchiverException.class, () -> work.take(work.made().resolve("archive"), 4, READ_MS));
        work.take(work.made().resolve("archive"), 5, READ_MS);
        work.remove();
    }

    @Test
    void shouldRemoveWhatWasLeftHoweverDeepAndWhoIsAtWork() throws Exception {
        assumeRoot();
        WorkDirectory work = work(OTHER);
        Path kept = Files.createDirectory(base.resolve("kept"));
        Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("rwxrwxrwx"));
        // Deeper than a path may be long.
        make(
                work,
                "ln -s " + kept + " way; touch " + kept + "/file; mkdir closed; touch closed/file; chmod 0 closed; i=0;"
                        + " name=$(printf %0200d 0); while [ $i -lt 30 ]; do mkdir $name && cd -P $name 2>/dev/null || exit 1;"
                        + " i=$((i+1)); done; (exec setsid sleep 1000 >/dev/null 2>&1) & :");

        new Retention(base.resolve("cache"), MOST_BYTES).removeUnfinished();

        assertFalse(Files.exists(work.path()));
        assertFalse(WorkDirectory.isAnybody(MAKER));
        assertTrue(Files.exists(kept.resolve("file")));
    }
}
