package io.coppice.ops.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.demo.job.StateTooSmallException;
import io.coppice.ops.demo.job.WordCountDaemon;
import io.coppice.ops.hosted.HostedCleaner;
import io.coppice.ops.hosted.HostedFailedException;
import io.coppice.ops.hosted.HostedFolder;
import io.coppice.ops.hosted.HostedSettings;
import io.coppice.ops.hosted.ProgressScreen;
import io.coppice.ops.hosted.RootWatch;
import io.coppice.ops.view.InstanceBase;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.state.root.ExitKind;
import io.coppice.state.root.LastExit;
import io.coppice.supervisor.plan.Isolation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole demo, real workers killed by it, on a root that knows no more than it needs. */
class DemoRunTest {
    @TempDir
    Path directory;

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private Path launcher;
    private InstanceDirectory instance;

    @BeforeEach
    void makeLauncher() throws Exception {
        Path home = Files.createDirectory(directory.resolve("home"));
        instance = new InstanceBase(home, "test").instance("demo");
        launcher = directory.resolve("coppice");
        writeLauncher();
    }

    private void writeLauncher() throws Exception {
        Files.writeString(
                launcher,
                "#!/bin/sh\nCOPPICE_HOME_DIR='" + instance.path().getParent() + "' exec '"
                        + System.getProperty("java.home")
                        + "/bin/java' --add-exports=java.base/sun.nio.ch=ALL-UNNAMED"
                        + " --add-exports=java.base/jdk.internal.ref=ALL-UNNAMED -Dbackground.releaser=false"
                        + " -Dsystem.properties=/dev/null -Dslf4j.internal.verbosity=ERROR -cp '"
                        + System.getProperty("java.class.path") + "' io.coppice.ops.demo.OneDaemonRoot \"$@\"\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
    }

    private DemoSettings settings(byte[] input, int kills, String state) throws Exception {
        Path classes = Path.of(WordCountDaemon.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        return new DemoSettings(
                Optional.of(Files.write(directory.resolve("input"), input)),
                kills,
                42,
                state,
                0,
                Optional.of(directory.resolve("output")),
                host(),
                Path.of(System.getProperty("java.home")),
                List.of(classes));
    }

    private static byte[] text(int length) {
        SplittableRandom random = new SplittableRandom(7);
        byte[] text = new byte[length];
        String others = " \n\0.0\u00e9";
        for (int i = 0; i < length; i++) {
            text[i] = (byte)
                    (random.nextInt(3) == 0 ? others.charAt(random.nextInt(others.length())) : 'a' + random.nextInt(2));
        }
        return text;
    }

    private HostedSettings host() {
        return new HostedSettings("demo", instance, Isolation.MAPPING, launcher, Path.of("/proc"));
    }

    private HostedCleaner cleaner(HostedFolder folder) {
        return new HostedCleaner(folder, host(), List.of(DemoRun.TEXT, DemoRun.GATE));
    }

    private boolean run(DemoSettings settings, HostedFolder folder, HostedCleaner cleaner) throws Exception {
        try (ProgressScreen screen =
                new ProgressScreen(new PrintStream(shown, true, StandardCharsets.UTF_8), false, false, "counted")) {
            return new DemoRun(settings, screen, new RecoveryTimes())
                    .run(folder, cleaner)
                    .isEmpty();
        }
    }

    private String shown() {
        return shown.toString(StandardCharsets.UTF_8);
    }

    private void assertRightAndCleaned(byte[] input, int kills) throws Exception {
        DemoSettings settings = settings(input, kills, "4MiB");
        HostedFolder folder = HostedFolder.create(directory, "demo");
        HostedCleaner cleaner = cleaner(folder);
        List<String> complaints;
        try {
            assertTrue(run(settings, folder, cleaner), this::shown);
        } finally {
            complaints = cleaner.clean();
        }
        assertEquals(List.of(), complaints);
        List<String> lines = shown().lines().toList();
        assertEquals(kills + " kills, 0 words lost, 0 counted twice", lines.get(lines.size() - 1));
        assertTrue(
                lines.get(lines.size() - 2).matches("Recovery, from a kill to .*: p50 [0-9.]+ ms, max [0-9.]+ ms\\."),
                shown());
        assertEquals(
                kills, lines.stream().filter(line -> line.startsWith("kill ")).count(), shown());
        assertFalse(Files.exists(folder.path()), "temporary files are gone");
        assertFalse(Files.exists(instance.rootSegment()), "segments are gone");
    }

    @Test
    void shouldKillCountCompareAndCleanUp() throws Exception {
        byte[] input = text(1_500_000);

        assertRightAndCleaned(input, 4);

        List<String> output = Files.readAllLines(directory.resolve("output"), StandardCharsets.US_ASCII);
        assertEquals(output.stream().sorted().toList(), output);
        assertTrue(output.get(0).matches("[a-z]+\t[0-9]+"), output.get(0));
    }

    @Test
    void shouldLandEveryKillOnAWorkerWithWorkLeftHoweverShortTheInput() throws Exception {
        assertRightAndCleaned("to be or not to be".getBytes(StandardCharsets.US_ASCII), 2);
        shown.reset();
        assertRightAndCleaned(new byte[0], 1);
    }

    @Test
    void shouldNotTakeThePreviousLifeOfItsInstanceForDeathsFromOutside() throws Exception {
        Files.createDirectory(instance.path());
        Files.writeString(instance.path().resolve("last-incarnation"), "31");

        assertRightAndCleaned(text(100_000), 1);

        assertFalse(shown().contains("from outside"), shown());
        assertTrue(shown().contains("(incarnation 33)"), shown());
    }

    /** Between the end of its root and the removal of its instance another root may start there: then nothing is left to do. */
    @Test
    void shouldOnlyComplainOfAnInstanceThatIsStillItsOwn() throws Exception {
        String refused = "#!/bin/sh\necho 'Will not purge demo: its root lives.'\nexit 1\n";
        for (boolean taken : new boolean[] {false, true}) {
            DemoSettings settings = settings("a b".getBytes(StandardCharsets.US_ASCII), 0, "4MiB");
            HostedFolder folder = HostedFolder.create(directory, "demo");
            writeLauncher();
            assertTrue(run(settings, folder, cleaner(folder)), this::shown);
            Files.writeString(
                    launcher,
                    taken ? refused.replace("\nexit", "\nrm '" + instance.rootSegment() + "'\nexit") : refused);

            List<String> complaints = cleaner(folder).clean();

            assertEquals(
                    taken ? List.of() : List.of("Could not purge instance demo: Will not purge demo: its root lives."),
                    complaints);
            assertFalse(Files.exists(folder.path()), "temporary files are gone");
        }
    }

    @Test
    void shouldFailNamingTheWordThatFindsNoRoomAndKeepTheArtefacts() throws Exception {
        byte[] input = ("a " + "b".repeat(300_000)).getBytes(StandardCharsets.US_ASCII);
        DemoSettings settings = settings(input, 1, "256KiB");
        HostedFolder folder = HostedFolder.create(directory, "demo");
        HostedCleaner cleaner = cleaner(folder);
        List<String> complaints;
        try {
            HostedFailedException e = assertThrows(HostedFailedException.class, () -> run(settings, folder, cleaner));
            assertTrue(e.getMessage().startsWith("The state is too small: the word bbbbbbbbb"), e.getMessage());
            assertTrue(e.getMessage().endsWith("Give it more than --state 256KiB."), e.getMessage());
            assertEquals(1, e.exitCode());
        } finally {
            complaints = cleaner.cleanAndKeepArtefacts();
        }
        assertEquals(List.of(), complaints);
        assertEquals(
                List.of("manifest.yaml", "root.log", "words.log"), folder.names(), "what tells why, and nothing large");
        assertFalse(Files.exists(instance.rootSegment()), "segments are gone");
        folder.remove();
    }

    @Test
    void shouldSayWhatTheRootSaidWhenItDoesNotStart() throws Exception {
        Files.writeString(launcher, "#!/bin/sh\necho 'demo.yaml:7:12: state: too much' >&2\nexit 2\n");
        DemoSettings settings = settings(new byte[10], 1, "4MiB");
        HostedFolder folder = HostedFolder.create(directory, "demo");
        HostedCleaner cleaner = cleaner(folder);

        HostedFailedException e = assertThrows(HostedFailedException.class, () -> run(settings, folder, cleaner));

        assertEquals(2, e.exitCode());
        assertTrue(e.getMessage().contains("exit code 2:\ndemo.yaml:7:12: state: too much"), e.getMessage());
        assertEquals(List.of(), cleaner.cleanAndKeepArtefacts(), "an instance that never was ours is not purged");
        assertFalse(Files.exists(folder.path()), "nor are another's files kept");
    }

    @Test
    void shouldStartNothingOnceItIsCleanedUp() throws Exception {
        DemoSettings settings = settings(new byte[10], 1, "4MiB");
        HostedFolder folder = HostedFolder.create(directory, "demo");
        HostedCleaner cleaner = cleaner(folder);
        cleaner.clean();

        assertThrows(HostedFailedException.class, cleaner::startRoot);
    }

    @Test
    void shouldTellAWorkersOwnFaultFromAKill() {
        assertTrue(RootWatch.isOwnFault(new LastExit(ExitKind.EXCEPTION, 70, 0, 1, "")));
        assertTrue(RootWatch.isOwnFault(new LastExit(ExitKind.EXIT, 71, 0, 1, "")));
        assertTrue(RootWatch.isOwnFault(new LastExit(ExitKind.SPAWN_FAILED, -1, 0, 1, "")));
        assertFalse(RootWatch.isOwnFault(new LastExit(ExitKind.SIGNAL, -1, 9, 1, "")));
        assertFalse(RootWatch.isOwnFault(new LastExit(ExitKind.EXIT, 0, 0, 1, "")), "a SIGTERM from outside");
        assertFalse(RootWatch.isOwnFault(new LastExit(ExitKind.EXIT, 143, 0, 1, "")), "a SIGTERM before it was ready");
        assertFalse(RootWatch.isOwnFault(new LastExit(ExitKind.HANG, -1, 9, 1, "")), "stopped by hand for a while");
    }

    @Test
    void shouldExplainWhyTheDaemonFailedInOneLine() {
        assertEquals(
                "The state is too small: the word x finds no room. Give it more than --state 1MiB.",
                DemoRun.explain(
                        StateTooSmallException.class.getName() + ": the word x finds no room\n  at some.Where",
                        "1MiB"));
        assertEquals(
                "The daemon failed: java.io.IOException: disk on fire",
                DemoRun.explain("java.io.IOException: disk on fire\n  at x", "1MiB"));
        assertEquals("The daemon failed: It did not say why.", DemoRun.explain("", "1MiB"));
    }
}
