package io.coppice.supervisor.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: whatever becomes of jars and archives, a launch runs the code that is in the jars. Method: real JVMs of the running JDK. */
class ArchiverTest {
    @TempDir
    Path directory = Path.of("");

    private Workshop workshop = new Workshop(directory);

    @BeforeEach
    void setUp() {
        workshop = new Workshop(directory);
    }

    private Path archive() throws Exception {
        List<Path> archives = workshop.cached(Workshop.jdk().suffix());
        assertEquals(1, archives.size(), archives.toString());
        return archives.get(0);
    }

    private ArchiverException failure(Archiver archiver) throws Exception {
        ArchiverException failure = assertThrows(ArchiverException.class, archiver::run);
        try (var left = Files.list(workshop.cache())) {
            assertEquals(
                    List.of("lock"),
                    left.map(file -> file.getFileName().toString()).toList());
        }
        return failure;
    }

    @Test
    void shouldMakeAnArchiveThatLaunchesFindAndUse() throws Exception {
        List<String> argv = workshop.argv(List.of(), workshop.jar("a.jar", "old"));
        Workshop.Launched before = workshop.launch(argv);
        assertTrue(before.wanted());
        assertEquals(argv, before.argv());

        workshop.archiver(argv).run();

        Workshop.Launched after = workshop.launch(argv);
        assertTrue(after.used());
        assertTrue(
                String.join(" ", after.argv()).contains(archive().toString()),
                after.argv().toString());
        assertEquals("old", after.output());
        // A JVM that must not start without it does.
        List<String> strict = new java.util.ArrayList<>(argv);
        strict.addAll(1, Workshop.jdk().toCheck(archive()));
        assertEquals("old", new Workshop.Launched(after.outcome(), strict).output());
        assertEquals("r--------", PosixFilePermissions.toString(Files.getPosixFilePermissions(archive())));
    }

    @Test
    void shouldRunTheNewCodeOfAJarThatWasReplacedByOneOfTheSameSizeAndDate() throws Exception {
        Path jar = workshop.jar("a.jar", "old");
        List<String> argv = workshop.argv(List.of(), jar);
        workshop.archiver(argv).run();
        Path first = archive();
        long bytes = Files.size(jar);
        FileTime date = Files.getLastModifiedTime(jar);

        workshop.jar("a.jar", "new");
        assertEquals(bytes, Files.size(jar));
        assertEquals(date, Files.getLastModifiedTime(jar));

        Workshop.Launched between = workshop.launch(argv);
        assertTrue(between.wanted());
        assertEquals("new", between.output());
        workshop.archiver(argv).run();
        Workshop.Launched after = workshop.launch(argv);
        assertTrue(after.used());
        assertFalse(String.join(" ", after.argv()).contains(first.toString()));
        assertEquals("new", after.output());
    }

    @Test
    void shouldFindTheArchiveOfAJarThatWasOnlyTouchedWithoutMakingAnother() throws Exception {
        Path jar = workshop.jar("a.jar", "old");
        List<String> argv = workshop.argv(List.of(), jar);
        workshop.archiver(argv).run();
        FileStamp made = FileStamp.of(archive());
        Files.setLastModifiedTime(jar, FileTime.from(1_100_000_000, TimeUnit.SECONDS));
        assertTrue(workshop.launch(argv).wanted());
        workshop.archiver(argv).run();
        assertEquals(made, FileStamp.of(archive()));
        // 17 compares the date itself, and starts without; in any case it runs what it should, and says nothing.
        Workshop.Launched after = workshop.launch(argv);
        assertTrue(after.used());
        assertEquals("old", after.output());
    }

    @Test
    void shouldNotUseAnArchiveThatWasWrittenToAndMakeItAnew() throws Exception {
        List<String> argv = workshop.argv(List.of(), workshop.jar("a.jar", "old"));
        workshop.archiver(argv).run();
        Files.setPosixFilePermissions(archive(), PosixFilePermissions.fromString("rw-------"));
        try (RandomAccessFile file = new RandomAccessFile(archive().toFile(), "rw")) {
            file.seek(file.length() / 2);
            file.write(new byte[1 << 16]);
        }
        Workshop.Launched damaged = workshop.launch(argv);
        assertTrue(damaged.wanted());
        assertEquals("old", damaged.output());
        workshop.archiver(argv).run();
        Workshop.Launched after = workshop.launch(argv);
        assertTrue(after.used());
        assertEquals("old", after.output());
    }

    @Test
    void shouldDropForGoodWhatALaunchDiedOf() throws Exception {
        Path jar = workshop.jar("a.jar", "old");
        List<String> argv = workshop.argv(List.of(), jar);
        workshop.archiver(argv).run();
        String identity = workshop.launch(argv).identity();

        Workshop.Launched next = workshop.launch(argv, identity);
        assertInstanceOf(ArchivedLaunch.Outcome.None.class, next.outcome());
        assertEquals(argv, next.argv());
        assertEquals(List.of(), workshop.cached(Workshop.jdk().suffix()));
        assertInstanceOf(
                ArchivedLaunch.Outcome.None.class, workshop.launch(argv).outcome());
        // The same contents under another identity.
        Files.setLastModifiedTime(jar, FileTime.from(1_100_000_000, TimeUnit.SECONDS));
        assertTrue(workshop.launch(argv).wanted());
        ArchiverException refused = assertThrows(ArchiverException.class, workshop.archiver(argv)::run);
        assertEquals(ArchiverExit.REFUSED, refused.exit());

        workshop.jar("a.jar", "new");
        workshop.archiver(argv).run();
        assertEquals("new", workshop.launch(argv).output());
    }

    @Test
    void shouldHaveOneArchiveForTwoThatAskAtOnce() throws Exception {
        List<String> argv = workshop.argv(List.of(), workshop.jar("a.jar", "old"));
        ProcessBuilder second = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ArchiverByHand.class.getName(),
                        directory.toString())
                .inheritIO();
        second.environment().put("ARGV", String.join("\n", argv));
        Process other = second.start();
        workshop.archiver(argv).run();
        FileStamp made = FileStamp.of(archive());
        assertTrue(other.waitFor(300, TimeUnit.SECONDS));
        assertEquals(0, other.exitValue());
        assertEquals(made, FileStamp.of(archive()));
        assertTrue(workshop.launch(argv).used());
    }

    @Test
    void shouldEndATrainingThatHangsAndLeaveNothing() throws Exception {
        List<String> argv = workshop.argv(List.of("-Dbehaviour=hangs"), workshop.jar("a.jar", "old"));
        Archiver archiver = workshop.archiver(argv, new Archiver.Limits(2_000, 300_000, 512L << 20));
        assertEquals(ArchiverExit.TIMED_OUT, failure(archiver).exit());
        assertEquals(
                0,
                ProcessHandle.current()
                        .descendants()
                        .filter(ProcessHandle::isAlive)
                        .count());
    }

    @Test
    void shouldSayWhatATrainingThatFailsSaid() throws Exception {
        List<String> argv = workshop.argv(List.of("-Dbehaviour=fails"), workshop.jar("a.jar", "old"));
        ArchiverException failure = failure(workshop.archiver(argv));
        assertEquals(ArchiverExit.NOT_WRITTEN, failure.exit());
        assertTrue(String.valueOf(failure.getMessage()).contains("ended with 3"), failure.getMessage());
        assertTrue(String.valueOf(failure.getMessage()).contains("something is missing"), failure.getMessage());
    }

    @Test
    void shouldRefuseAnArchiveThatIsLargerThanAllMayBe() throws Exception {
        List<String> argv = workshop.argv(List.of(), workshop.jar("a.jar", "old"));
        ArchiverException failure = failure(workshop.archiver(argv, new Archiver.Limits(300_000, 300_000, 100_000)));
        assertTrue(String.valueOf(failure.getMessage()).contains("all together may have 100000"), failure.getMessage());
    }

    @Test
    void shouldRemoveWhatAKilledArchiverHasLeft() throws Exception {
        List<String> argv = workshop.argv(List.of(), workshop.jar("a.jar", "old"));
        workshop.open();
        Path left = Files.createDirectory(workshop.cache().resolve("work-123"));
        Files.writeString(left.resolve("archive.jsa"), "half of it");
        workshop.archiver(argv).run();
        assertFalse(Files.exists(left));
        assertTrue(workshop.launch(argv).used());
    }

    @Test
    void shouldMakeNoneForADirectoryOnTheClassPathOrForJarsBehindJars() throws Exception {
        Path jar = workshop.jar("a.jar", "old");
        List<String> argv = workshop.argv(List.of(), jar, directory.resolve("classes"));
        assertInstanceOf(
                ArchivedLaunch.Outcome.None.class, workshop.launch(argv).outcome());
        NotArchivableException directoryOnIt = assertThrows(NotArchivableException.class, workshop.archiver(argv)::run);
        assertTrue(
                String.valueOf(directoryOnIt.getMessage()).contains("the directory " + directory.resolve("classes")));

        workshop.jar("behind.jar", "old");
        List<String> chained = workshop.argv(List.of(), workshop.jar("b.jar", "old", "behind.jar missing.jar"));
        NotArchivableException behind = assertThrows(NotArchivableException.class, workshop.archiver(chained)::run);
        assertTrue(String.valueOf(behind.getMessage()).contains("brings in " + directory.resolve("behind.jar")));
        // One that is on the class path anyway is no obstacle.
        workshop.archiver(workshop.argv(List.of(), directory.resolve("b.jar"), directory.resolve("behind.jar")))
                .run();
    }

    @Test
    void shouldManageBlanksInPaths() throws Exception {
        Path blank = Files.createDirectory(directory.resolve("a b 'c"));
        Workshop there = new Workshop(blank);
        List<String> argv = there.argv(List.of("-Dsaid=a b"), there.jar("a 1.jar", "old"));
        there.archiver(argv).run();
        Workshop.Launched launched = there.launch(argv);
        assertTrue(launched.used());
        assertEquals("old", launched.output());
    }

    @Test
    void shouldTellProfilesApart() throws Exception {
        Path jar = workshop.jar("a.jar", "old");
        JdkRelease jdk = Workshop.jdk();
        ArchiveNames plain = ArchiveNames.of(LaunchProfile.of(workshop.argv(List.of(), jar)), jdk, Maker.OWN_USER);
        assertEquals(
                plain,
                ArchiveNames.of(
                        LaunchProfile.of(workshop.argv(List.of("-Xlog:gc:file=gc.log"), jar)), jdk, Maker.OWN_USER));
        assertNotEquals(
                plain.profile(),
                ArchiveNames.of(LaunchProfile.of(workshop.argv(List.of("-Dx=y"), jar)), jdk, Maker.OWN_USER)
                        .profile());
    }
}
