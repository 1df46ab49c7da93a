package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: daemons start from archives of their classes, run the code that is in their jars, and run on whatever becomes of the archives.
 * Method: real roots, which have little patience before they start an archiver.
 */
class StartArchiveSystemTest {
    private static final List<String> IMPATIENT = List.of("env", Archives.IMPATIENT);
    private static final String MANIFEST = """
            daemons:
              says: {max_restarts: unlimited, backoff: none, poison: none, main: io.coppice.ops.system.daemons.Says, classpath: [says.jar], jvm: {heap: 16MiB}}
            """;

    @RegisterExtension
    final Coppice coppice = new Coppice().sharingNoClasses();

    private void jar(int version) throws IOException {
        SaysJar.write(coppice.directory.resolve("says.jar"), version);
    }

    private Path cache() {
        return coppice.home().resolve(".archives");
    }

    private List<Path> archives() {
        try (Stream<Path> files = Files.list(cache())) {
            return files.filter(file ->
                            file.toString().endsWith(".jsa") || file.toString().endsWith(".aot"))
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until launches can find so many. */
    private void awaitNames(int count) throws InterruptedException {
        Coppice.await(count + " archives", () -> {
            try (Stream<Path> files = Files.list(cache())) {
                return files.filter(Files::isSymbolicLink).count() == count;
            } catch (NoSuchFileException e) {
                return false;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static boolean runsFromAnArchive(Coppice.Daemon daemon) throws IOException {
        return Files.readString(Path.of("/proc/" + daemon.number("pid") + "/maps"))
                .contains("/.archives/");
    }

    private Coppice.Daemon killAndAwaitNext() throws Exception {
        Coppice.Daemon before = coppice.awaitState("says", "ready");
        Coppice.kill(before.number("pid"));
        Coppice.Daemon next = coppice.await(
                "says",
                daemon ->
                        daemon.state().equals("ready") && daemon.number("incarnation") > before.number("incarnation"));
        assertEquals(before.number("incarnation") + 1, next.number("incarnation"));
        return next;
    }

    private void awaitSaid(Coppice.Daemon daemon, int version) throws Exception {
        String said = "incarnation " + daemon.number("incarnation") + ": this is version ";
        String log = coppice.awaitLog("says", text -> text.contains(said));
        assertTrue(log.contains(said + version + "\n"), log);
    }

    private void assertNothingWasSaidOfArchives(Coppice.Root root) throws Exception {
        String log = coppice.log("says");
        assertEquals(
                List.of(),
                log.lines().filter(line -> !line.startsWith("incarnation ")).toList());
        assertFalse(root.stderr().toLowerCase(Locale.ROOT).contains("archive"), root.stderr());
        String events = coppice.ask("events").out();
        assertFalse(events.contains("archive"), events);
    }

    @Test
    void shouldStartFromAnArchiveAndRunTheNewCodeOfAReplacedJar() throws Exception {
        jar(1);
        coppice.manifest(MANIFEST);
        Coppice.Root root = coppice.startRootIn(IMPATIENT);
        coppice.awaitRoot(root);
        Coppice.Daemon first = coppice.awaitState("says", "ready");
        assertFalse(runsFromAnArchive(first));
        awaitNames(1);
        Coppice.Daemon second = killAndAwaitNext();
        assertTrue(runsFromAnArchive(second));
        awaitSaid(second, 1);

        long bytes = Files.size(coppice.directory.resolve("says.jar"));
        jar(2);
        assertEquals(bytes, Files.size(coppice.directory.resolve("says.jar")));
        Coppice.Daemon third = killAndAwaitNext();
        awaitSaid(third, 2);
        assertFalse(runsFromAnArchive(third));

        awaitNames(2);
        Coppice.Daemon fourth = killAndAwaitNext();
        assertTrue(runsFromAnArchive(fourth));
        awaitSaid(fourth, 2);
        assertNothingWasSaidOfArchives(root);
        assertEquals(0, root.stop());
    }

    @Test
    void shouldRunOnWhenAnArchiveIsDamagedOrGone() throws Exception {
        jar(1);
        coppice.manifest(MANIFEST);
        Coppice.Root root = coppice.startRootIn(IMPATIENT);
        coppice.awaitRoot(root);
        coppice.awaitState("says", "ready");
        awaitNames(1);
        Path archive = archives().get(0);
        byte[] whole = Files.readAllBytes(archive);
        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rw-------"));
        java.util.Arrays.fill(whole, whole.length / 3, whole.length / 2, (byte) 0x5a);
        Files.write(archive, whole);
        Coppice.Daemon damaged = killAndAwaitNext();
        awaitSaid(damaged, 1);
        assertFalse(runsFromAnArchive(damaged));
        awaitOneThatRunsFromAnArchive();

        // Whoever wants the room may remove all of it.
        Coppice.await("no archiver at work", () -> !hasWork());
        removeCache();
        assertFalse(runsFromAnArchive(killAndAwaitNext()));
        awaitOneThatRunsFromAnArchive();
        assertNothingWasSaidOfArchives(root);
        assertEquals(0, root.stop());
    }

    @Test
    void shouldMakeAnArchiveAgainThatIsGoneBeforeTheEndOfItsArchiverIsHeardOf() throws Exception {
        Path tools = Files.createDirectory(coppice.directory.resolve("tools"));
        Path made = tools.resolve("made");
        Path letGo = tools.resolve("let-go");
        // What makes an archiver mild, and here keeps it from ending, the first time.
        Path nice = Files.writeString(
                tools.resolve("nice"),
                "#!/bin/sh\nshift 2\n[ -e " + made + " ] && exec \"$@\"\n\"$@\"\nstatus=$?\ntouch " + made
                        + "\nwhile [ ! -e " + letGo + " ]; do sleep 0.02; done\nexit $status\n");
        Files.setPosixFilePermissions(nice, PosixFilePermissions.fromString("rwx------"));
        jar(1);
        coppice.manifest(MANIFEST);
        Coppice.Root root = coppice.startRootIn(
                List.of(IMPATIENT.get(0), IMPATIENT.get(1), "PATH=" + tools + ":" + System.getenv("PATH")));
        coppice.awaitRoot(root);
        Coppice.await("an archive", () -> Files.exists(made));

        removeCache();
        assertFalse(runsFromAnArchive(killAndAwaitNext()));
        Files.createFile(letGo);

        awaitNames(1);
        assertTrue(runsFromAnArchive(killAndAwaitNext()));
        assertEquals(0, root.stop());
    }

    private void removeCache() throws IOException {
        try (Stream<Path> files = Files.walk(cache())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void awaitOneThatRunsFromAnArchive() throws Exception {
        Coppice.Daemon daemon = coppice.awaitState("says", "ready");
        while (!runsFromAnArchive(daemon)) {
            Coppice.await("no archiver at work", () -> !hasWork() && !archives().isEmpty());
            daemon = killAndAwaitNext();
        }
    }

    @Test
    void shouldRunWithoutWhereTheDirectoryCannotBeUsed() throws Exception {
        jar(1);
        coppice.manifest(MANIFEST);
        Files.createDirectories(
                cache(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Coppice.Root root = coppice.startRootIn(IMPATIENT);
        coppice.awaitRoot(root);
        coppice.awaitState("says", "ready");
        assertFalse(runsFromAnArchive(killAndAwaitNext()));
        String events = coppice.ask("events").out();
        assertTrue(events.contains("no start archives: " + cache() + " lets others in"), events);
        assertTrue(coppice.run("check", "coppice.yaml").out().contains("  none: " + cache() + " lets others in"));
        assertEquals(0, root.stop());
    }

    @Test
    void shouldShareOneArchiveAmongInstancesAndHaveItFinishedWhenItsRootIsKilled() throws Exception {
        jar(1);
        coppice.manifest(MANIFEST);
        Coppice.Root one = coppice.startRootIn(IMPATIENT, "--instance", "one");
        Coppice.await("an archiver", () -> hasWork());
        one.process.destroyForcibly();
        assertTrue(one.process.waitFor(60, TimeUnit.SECONDS));
        Coppice.Root two = coppice.startRootIn(IMPATIENT, "--instance", "two");
        awaitNames(1);
        assertEquals(1, archives().size());
        Coppice.Root again = coppice.startRootIn(IMPATIENT, "--instance", "one");
        for (String instance : List.of("one", "two")) {
            Coppice.await("a kill of " + instance, () -> {
                try {
                    return coppice.run("kill", "says", "--instance", instance).exitCode() == 0;
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            Coppice.await(instance + " runs from the archive", () -> isMappedByADaemonOf(instance));
        }
        assertEquals(1, archives().size());
        assertFalse(two.stderr().contains("archive"), two.stderr());
        assertFalse(again.stderr().contains("archive"), again.stderr());
    }

    @Test
    void shouldLeaveNoArchiverBehindWhenItIsStopped() throws Exception {
        jar(1);
        coppice.manifest(MANIFEST);
        Coppice.Root root = coppice.startRootIn(IMPATIENT);
        Coppice.await("an archiver", this::hasWork);
        assertEquals(0, root.stop());
        List<String> left = ProcessHandle.allProcesses()
                .filter(process -> Coppice.isAlive(process.pid()))
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(cache().toString()))
                .toList();
        assertEquals(List.of(), left);
    }

    @Test
    void shouldStartTheProcessOfATransactionFromAnArchiveOfItsOwn() throws Exception {
        Submitter work = new Submitter(coppice);
        work.manifest("slots: 1");
        Coppice.Root root = coppice.startRootIn(IMPATIENT);
        coppice.awaitRoot(root);
        assertFalse(runsFromAnArchive(work.awaitReady()));
        work.order("1 submit plain");
        assertTrue(work.outcome(1).startsWith("ready: from 0 in attempt 1 "), work.outcome(1));
        awaitNames(2);

        work.order("2 submit gate");
        String maps = Files.readString(Path.of("/proc/" + work.pidOf(2) + "/maps"));
        assertTrue(maps.contains("/.archives/") && maps.contains("work@1.seg"), maps);
        work.touch("gate.2");
        assertTrue(work.outcome(2).startsWith("ready: from 0 in attempt 1 "), work.outcome(2));
        work.assertEachOnce(2);
        assertEquals(0, root.stop(), root.stderr());
        assertFalse(coppice.log("work@transactions").contains("archive"), coppice.log("work@transactions"));
    }

    private boolean hasWork() {
        try (Stream<Path> files = Files.list(cache())) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith("work-"));
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isMappedByADaemonOf(String instance) {
        String segment = coppice.home().resolve(instance).resolve("says.seg").toString();
        return ProcessHandle.allProcesses().anyMatch(process -> {
            try {
                String maps =
                        Files.readString(Path.of("/proc/" + process.pid() + "/maps"), StandardCharsets.ISO_8859_1);
                String arguments =
                        Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
                return maps.contains("/.archives/") && maps.contains(segment) && arguments.contains("WorkerMain");
            } catch (IOException e) {
                return false;
            }
        });
    }
}
