package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.Phase;
import io.coppice.state.PublishedView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.worker.fixture.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real child JVMs that are told to be standbys, or to train. */
class StandbyTest {
    private static final String FIRST = "go 1 none 0 - 0";

    @TempDir
    Path directory;

    private ChildJvm child;
    private Path initialised;

    @BeforeEach
    void createSegment() throws Exception {
        child = new ChildJvm(directory);
        initialised = directory.resolve("initialised");
        child.jvmOptions.add("-D" + Fixtures.Initialised.MARK + "=" + initialised);
    }

    @AfterEach
    void killWhatIsLeft() {
        child.close();
    }

    private Process park(Class<?> main) throws IOException {
        return child.park(main.getName());
    }

    private void awaitStep(ReadOnlySegment segment, long incarnation) {
        child.await(
                () -> segment.incarnation() == incarnation && segment.lastStepCommit() > 0,
                "a step of incarnation " + incarnation + " is committed");
    }

    /** What a process has open and mapped. */
    private static List<String> files(long pid) throws IOException {
        List<String> files = new ArrayList<>(Files.readAllLines(Path.of("/proc/" + pid + "/maps")));
        for (Path descriptor : Files.list(Path.of("/proc/" + pid + "/fd")).toList()) {
            files.add(Files.readSymbolicLink(descriptor).toString());
        }
        return files;
    }

    @Test
    void shouldHaveOpenedNothingWhileItIsParked() throws Exception {
        ReadOnlySegment segment = child.read();
        Process process = park(Fixtures.Idler.class);

        List<String> files = files(process.pid());
        assertTrue(files.stream().noneMatch(file -> file.contains("ingest.seg")), files.toString());
        assertTrue(files.stream().noneMatch(file -> file.contains("ingest.lock")), files.toString());
        assertTrue(files.stream().noneMatch(file -> file.contains("scratch")), files.toString());
        assertEquals(0, Files.size(child.lock), "must not take the lock");
        assertEquals(Phase.EMPTY.code(), segment.phase());
        assertEquals("", child.log());
    }

    @Test
    void shouldRunAsAnyWorkerOnceItIsAssigned() throws Exception {
        Process process = park(Fixtures.Counter.class);
        ReadOnlySegment segment = child.read();
        PublishedView view = child.watch();

        ChildJvm.tell(process, "go 7 signal 0 KILL 1790000000123");

        awaitStep(segment, 7);
        child.await(view, () -> view.getString(Fixtures.TEXT).contains("signal=Optional[KILL]"), "it knows");
        assertEquals(process.pid(), segment.ownerPid());
        assertEquals(Path.of("/dev/null"), Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/fd/0")));
        process.destroy();
        assertEquals(143, child.exitCode(process));
        child.await(view, () -> view.get(Fixtures.STOPS) == 1, "it stopped in order");
        assertEquals("", child.log());
    }

    @Test
    void shouldLoadTheDaemonsClassesButInitialiseNoneBeforeItIsAssigned() throws Exception {
        Path loaded = directory.resolve("loaded");
        child.jvmOptions.add("-Xlog:class+load:file=" + loaded);
        Process process = park(Fixtures.Initialised.class);

        String classes = Files.readString(loaded);
        assertTrue(classes.contains("Fixtures$Initialised "), "the daemon's class");
        assertTrue(classes.contains("Fixtures$Named "), "a class that only the daemon's class names");
        assertFalse(Files.exists(initialised), "no static initialiser runs beside a live daemon");

        ChildJvm.tell(process, FIRST);

        awaitStep(child.read(), 1);
        assertTrue(Files.exists(initialised));
    }

    @Test
    void shouldOutliveTheRootAndBeAssignedByItsSuccessor() throws Exception {
        Process process = park(Fixtures.Idler.class);
        process.getOutputStream().close();
        assertTrue(process.isAlive());

        Files.writeString(Path.of("/proc/" + process.pid() + "/fd/0"), FIRST + "\n", StandardOpenOption.WRITE);

        awaitStep(child.read(), 1);
    }

    @Test
    void shouldEndOnASecondLineThatDoesNotAssignIt() throws Exception {
        for (String line : List.of("go on", "standby", "train")) {
            Process process = park(Fixtures.Idler.class);

            ChildJvm.tell(process, line);

            assertEquals(125, child.exitCode(process));
            assertTrue(child.log().contains("not released: release line '" + line + "': expected 'go"), child.log());
            assertEquals(0, Files.size(child.lock), "must not take the lock");
        }
    }

    @Test
    void shouldEndByASignalWhileItIsParked() throws Exception {
        Process process = park(Fixtures.Idler.class);

        process.destroy();

        assertEquals(143, child.exitCode(process));
        assertEquals("", child.log());
    }

    @Test
    void shouldTrainAndEndInTheOrdinaryWay() throws Exception {
        Path atExit = directory.resolve("at-exit");
        child.jvmOptions.add("-Dcoppice.test.atExit=" + atExit);
        Process process = child.start(Fixtures.Warmed.class);

        ChildJvm.release(process, "train");

        assertEquals(0, child.exitCode(process), child.log());
        assertTrue(Files.exists(atExit), "a JVM that is halted runs no hook, and one that runs none writes no archive");
        assertEquals("", child.log());
        assertEquals(0, Files.size(child.lock));
        assertEquals(Phase.EMPTY.code(), child.read().phase());
    }

    @Test
    void shouldCallTheDaemonsOwnWarmUpOnThingsThatAreThrownAway() throws Exception {
        Process process = park(Fixtures.Warmed.class);
        PublishedView view = child.watch();

        ChildJvm.tell(process, FIRST);

        child.await(
                view,
                () -> view.getString(Fixtures.TEXT).equals("warm-ups 1, used false"),
                "another instance steps, in a process whose statics were warmed");
        assertEquals("", child.log());
        String structures = child.read().snapshot().toString();
        assertFalse(structures.contains("scratchOnly"), structures);
    }

    @Test
    void shouldCallNoWarmUpInAColdStart() throws Exception {
        PublishedView view = child.watch();

        child.run(Fixtures.Warmed.class, FIRST);

        child.await(view, () -> view.getString(Fixtures.TEXT).equals("warm-ups 0, used false"), "it steps");
    }

    @Test
    void shouldBeParkedAllTheSameWhenAWarmUpFails() throws Exception {
        child.jvmOptions.add("-Dcoppice.test.failWarmUp=true");
        Process process = park(Fixtures.Warmed.class);

        String log = child.log();
        assertEquals(1, log.lines().count(), log);
        assertTrue(
                log.contains("warm-up: the daemon's own warmUp is left out: java.lang.IllegalStateException: not in"),
                log);

        ChildJvm.tell(process, FIRST);
        awaitStep(child.read(), 1);
    }

    @Test
    void shouldFindAMainClassThatIsNotThereOnlyWhenItIsAssigned() throws Exception {
        Process process = child.park("com.example.Gone");
        assertTrue(process.isAlive());

        ChildJvm.tell(process, FIRST);

        assertEquals(73, child.exitCode(process));
        assertTrue(child.log().contains("main: class com.example.Gone is not on the class path"), child.log());
    }
}
