package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.OwnerFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ScratchDirectoryTest {
    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final int FILES = 200;

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
        Path left = Files.createDirectory(parent.resolve("coppice-scratch-1"), PRIVATE);
        Files.createFile(left.resolve("owner"));
        Files.createFile(left.resolve("scratch.seg"));
        Files.createDirectory(parent.resolve("coppice-scratch-2"), PRIVATE);
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
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
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
    void shouldLeaveWhatBelongsToAnotherUser() throws Exception {
        Assumptions.assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(parent, "unix:uid")), "only root gives files away");
        Path foreign = leftOver("coppice-scratch-1");
        Path file = Files.createFile(foreign.resolve("scratch.seg"));
        Files.setAttribute(foreign, "unix:uid", 65_534);

        makeAndClose();

        assertTrue(Files.exists(file));
    }

    @Test
    void shouldLeaveWhatOthersMayWriteTo() throws Exception {
        Path open = leftOver("coppice-scratch-1");
        Path file = Files.createFile(open.resolve("scratch.seg"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        makeAndClose();

        assertTrue(Files.exists(file), "no scratch directory is like that");
    }

    @Test
    void shouldFollowNoLinkInThePlaceOfADirectory() throws Exception {
        Path victim = Files.createDirectory(parent.resolve("victim"), PRIVATE);
        Path precious = Files.createFile(victim.resolve("precious"));
        Files.createFile(victim.resolve("owner"));
        Files.createSymbolicLink(parent.resolve("coppice-scratch-1"), victim);
        Path left = leftOver("coppice-scratch-2");
        Files.createSymbolicLink(left.resolve("scratch.own"), victim);

        makeAndClose();

        assertTrue(Files.exists(precious));
        assertTrue(Files.exists(victim.resolve("owner")));
        assertFalse(Files.exists(left), "the link in it was removed, and the directory");
    }

    /** Goal: what a name leads to from one moment to the next makes no difference. Method: two directories swapped all the while with links. */
    @Test
    void shouldReachNothingOutsideWhateverIsSwapped() throws Exception {
        Path victim = Files.createDirectory(parent.resolve("victim"), PRIVATE);
        fill(victim);
        for (int round = 0; round < 10; round++) {
            Path left = Files.createDirectory(parent.resolve("coppice-scratch-" + round), PRIVATE);
            fill(left);
            Path aside = parent.resolve("aside-" + round);
            AtomicBoolean done = new AtomicBoolean();
            Thread swapper = new Thread(() -> {
                while (!done.get()) {
                    swap(left, victim, aside);
                    swap(
                            left.resolve("scratch.own"),
                            victim.resolve("scratch.own"),
                            aside.resolveSibling(aside + "-own"));
                }
            });
            swapper.start();
            makeAndClose();
            done.set(true);
            swapper.join();
        }

        assertEquals(FILES + 2, entries(victim));
        assertEquals(FILES, entries(victim.resolve("scratch.own")));
    }

    /** The same names in what is swept as in what must not be reached. */
    private static void fill(Path directory) throws IOException {
        Path own = Files.createDirectory(directory.resolve("scratch.own"), PRIVATE);
        Files.createFile(directory.resolve("owner"));
        for (int i = 0; i < FILES; i++) {
            Files.createFile(directory.resolve(i + ".seg"));
            Files.createFile(own.resolve(i + ".seg"));
        }
    }

    private static long entries(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.count();
        }
    }

    /** For a moment the directory's name is a link's. Nothing, once the directory was removed. */
    private static void swap(Path directory, Path target, Path aside) {
        try {
            Files.move(directory, aside, StandardCopyOption.ATOMIC_MOVE);
            Files.createSymbolicLink(directory, target);
            Files.deleteIfExists(directory);
            Files.move(aside, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            Thread.onSpinWait();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldNotWaitForAPipeInThePlaceOfTheOwnersFile() throws Exception {
        Path left = Files.createDirectory(parent.resolve("coppice-scratch-1"), PRIVATE);
        makePipe(left.resolve("owner"));

        makeAndClose();

        assertTrue(Files.exists(left.resolve("owner")), "no scratch directory is like that");
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldNotWaitForAPipeInThePlaceOfADirectory() throws Exception {
        Path pipe = parent.resolve("coppice-scratch-1");
        makePipe(pipe);

        makeAndClose();

        assertTrue(Files.exists(pipe));
    }

    @Test
    void shouldLookAtNoMoreThanALimit() throws Exception {
        for (int i = 0; i < ScratchSweep.MOST_ENTRIES + 10; i++) {
            Files.createDirectory(parent.resolve("coppice-scratch-" + i), PRIVATE);
        }

        makeAndClose();

        int left = found().size();
        assertTrue(left >= 10, "still there: " + left);
        makeAndClose();
        assertTrue(found().size() < left, "the next one goes on");
    }

    /** Of one process the directory was swapped away: what has its name then is not its own. */
    @Test
    void shouldCloseOnlyItsOwn() throws Exception {
        Path victim = Files.createDirectory(parent.resolve("victim"), PRIVATE);
        Path precious = Files.createFile(victim.resolve("precious"));
        ScratchDirectory scratch = ScratchDirectory.makeIn(parent);
        Path directory = scratch.segment().getParent();
        Files.move(directory, parent.resolve("aside"));
        Files.createSymbolicLink(directory, victim);

        assertThrows(IOException.class, scratch::close);

        assertTrue(Files.exists(precious));
    }

    private void makeAndClose() throws IOException {
        ScratchDirectory.makeIn(parent).close();
    }

    /** What a process leaves that is killed in its warm-up. */
    private Path leftOver(String name) throws IOException {
        Path left = Files.createDirectory(parent.resolve(name), PRIVATE);
        Files.createFile(left.resolve("owner"));
        return left;
    }

    private static void makePipe(Path pipe) throws Exception {
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    }

    @Test
    void shouldFailWhereItCannotBeMade() {
        Path gone = parent.resolve("gone");

        assertThrows(IOException.class, () -> ScratchDirectory.makeIn(gone));
        assertFalse(Files.exists(gone));
    }
}
