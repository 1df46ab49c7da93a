package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.Parting;
import io.coppice.state.Phase;
import io.coppice.worker.fixture.Tasks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real JVMs of transactions on a daemon's segment made by hand, without a root: the test holds their pipes. */
class TransactionJvmTest {
    @TempDir
    Path directory;

    private ChildJvm child;
    private HandMadeDaemon daemon;

    @BeforeEach
    void makeSegments() throws Exception {
        child = new ChildJvm(directory);
        daemon = new HandMadeDaemon(directory);
    }

    @AfterEach
    void killWhatIsLeft() throws Exception {
        child.close();
        daemon.close();
    }

    private List<String> command() {
        List<String> command = child.java(TransactionMain.class);
        command.addAll(List.of("--instance", "shop", "--daemon", "thumbs"));
        command.addAll(List.of("--requests", daemon.segment.toString()));
        command.addAll(List.of("--segments", daemon.arguments.segments(), "--locks", daemon.arguments.locks()));
        command.add("--");
        return command;
    }

    private Process released(String line) throws IOException {
        Process process = child.launchWithHints(command());
        ChildJvm.release(process, line);
        return process;
    }

    private Process released(long id) throws IOException {
        return released(HandMadeDaemon.first(id));
    }

    private Process park() throws IOException {
        Process process = child.launchWithHints(command());
        ChildJvm.tell(process, "standby");
        assertEquals('p', process.getInputStream().read(), child.log());
        return process;
    }

    private void awaitPhase(Phase phase) {
        child.await(() -> daemon.slot.phase() == phase.code(), "the phase is " + phase);
    }

    private Parting parting(long incarnation) {
        return Parting.of(daemon.slot, incarnation);
    }

    @Test
    void shouldRunATaskAndTellTheRootThatItIsReady() throws Exception {
        long id = daemon.submit(Tasks.Echo.class, "hello");
        Process process = released(id);

        assertEquals(0, child.exitCode(process), child.log());

        assertEquals("shop thumbs@1 1-1 attempt 1 after Optional.empty: hello", daemon.text(id));
        assertTrue(parting(1).completed());
        assertEquals("p", new String(process.getInputStream().readAllBytes()), "READY");
        assertEquals("", child.log());
    }

    @Test
    void shouldServeAnySlotFromAStandbyThatOutlivesItsRoot() throws Exception {
        Process process = park();
        assertEquals(Phase.EMPTY.code(), daemon.slot.phase());
        assertEquals(0, Files.size(daemon.arguments.lock(1)), "must not take a lock while parked");
        long id = daemon.submit(Tasks.Echo.class, "warm");

        ChildJvm.release(process, HandMadeDaemon.line(id, 3, "signal 0 SEGV 1790000000123"));

        assertEquals(0, child.exitCode(process), child.log());
        assertEquals("shop thumbs@1 1-1 attempt 3 after Optional[signal SEGV]: warm", daemon.text(id));
        assertEquals("", child.log());
    }

    @Test
    void shouldLoadTheTasksThatTheDaemonNamesBeforeItIsParked() throws Exception {
        Path classes = directory.resolve("classes.log");
        child.jvmOptions.add("-Xlog:class+load,class+init:file=" + classes);
        List<String> command = command();
        command.addAll(command.size() - 1, List.of("--main", Tasks.Submitter.class.getName()));
        Process process = child.launchWithHints(command);
        ChildJvm.tell(process, "standby");
        assertEquals('p', process.getInputStream().read(), child.log());

        String loaded = Files.readString(classes);
        assertTrue(loaded.contains(Tasks.Empty.class.getName() + " source:"), "not loaded");
        assertFalse(
                loaded.contains("Initializing '" + Tasks.Empty.class.getName().replace('.', '/') + "'"), "initialised");
        long id = daemon.submit(Tasks.Empty.class, "");
        ChildJvm.release(process, HandMadeDaemon.first(id));
        assertEquals(0, child.exitCode(process), child.log());
        assertTrue(daemon.slot.done(id));
    }

    @Test
    void shouldEndUnreleasedWithoutTouchingTheSlot() throws Exception {
        Process forsaken = child.launchWithHints(command());
        forsaken.getOutputStream().close();
        assertEquals(125, child.exitCode(forsaken));
        assertEquals("", child.log());

        assertEquals(125, child.exitCode(released("go 1 none 0 - 0")));
        assertTrue(child.log().contains("the release line is a daemon's, and this process is a transaction's"));
        assertEquals(Phase.EMPTY.code(), daemon.slot.phase());
        assertEquals(0, Files.size(daemon.arguments.lock(1)));
    }

    @Test
    void shouldTrainWithoutASlot() throws Exception {
        Process process = child.launchWithHints(command());
        ChildJvm.tell(process, "train");

        assertEquals(0, child.exitCode(process), child.log());
        assertEquals("", child.log());
        assertEquals(Phase.EMPTY.code(), daemon.slot.phase());
    }

    @Test
    void shouldLoseNoCheckpointToKillsAtRandomMoments() throws Exception {
        long seed = Long.getLong("coppice.transaction.seed", System.nanoTime());
        Random random = new Random(seed);
        Path steps = directory.resolve("steps");
        long id = daemon.submit(Tasks.Counter.class, 400_000 + " " + steps);
        int attempt = 0;
        long checkpoints = 0;
        while (attempt < 12) {
            attempt++;
            Process process =
                    released(HandMadeDaemon.line(id, attempt, attempt == 1 ? "none 0 - 0" : "signal 0 KILL 5"));
            if (random.nextInt(4) > 0) {
                awaitPhase(Phase.READY);
                child.awaitMore(daemon.slot::commitSequenceAcquire, "the number of checkpoints");
            }
            LockSupport.parkNanos(random.nextInt(20_000_000));
            process.destroyForcibly();
            assertEquals(137, child.exitCode(process), "seed " + seed + "\n" + child.log());
            long now = daemon.slot.commitSequenceAcquire();
            assertTrue(now >= checkpoints, "seed " + seed + ": " + checkpoints + " checkpoints were there, now " + now);
            checkpoints = now;
            assertFalse(daemon.slot.done(id), "seed " + seed);
        }
        Process last = released(HandMadeDaemon.line(id, attempt + 1, "signal 0 KILL 5"));
        assertEquals(0, child.exitCode(last), child.log());

        ByteBuffer result = ByteBuffer.wrap(daemon.result(id));
        assertEquals(400_000, result.getLong(), "seed " + seed);
        assertTrue(result.getLong() <= attempt + 1, "seed " + seed);
        long done = Files.size(steps);
        assertTrue(
                done <= 400_000 && done >= 400_000 - attempt,
                "a step is done once, but the one after the last checkpoint of a killed attempt; seed " + seed + ": "
                        + done);
    }

    @Test
    void shouldNotRunTheTaskAgainIfItWasKilledBetweenTheCommitOfItsResultAndItsEnd() throws Exception {
        Path runs = directory.resolve("runs");
        long id = daemon.submit(Tasks.Stuck.class, runs.toString());
        Process process = released(id);
        child.await(() -> daemon.slot.done(id), "the result is committed");
        awaitPhase(Phase.COMPLETED);
        assertTrue(process.isAlive(), "it flushes what it has written");
        process.destroyForcibly();
        assertEquals(137, child.exitCode(process));

        assertEquals(0, child.exitCode(released(HandMadeDaemon.line(id, 2, "signal 0 KILL 5"))), child.log());

        assertEquals(1, Files.size(runs));
        assertEquals("done", daemon.text(id));
        assertTrue(parting(2).completed());
    }

    @Test
    void shouldTellWhoCalledSystemExitAndKeepTheCheckpoint() throws Exception {
        long id = daemon.submit(Tasks.Ending.class, "exit");
        assertEquals(5, child.exitCode(released(id)), child.log());
        String words = parting(1).words().orElseThrow();
        assertTrue(words.startsWith("System.exit by thread \"main\"\n  at "), words);
        assertTrue(words.contains("Tasks$Ending.run"), words);
        assertFalse(daemon.slot.done(id));
        assertEquals(1, daemon.contents().record("progress", Tasks.PROGRESS).get(Tasks.STEPS));
    }

    /** A task that waits for ever, as one whose helper gave up, must not keep its process until its time is over. */
    @Test
    void shouldNotWaitForTheTaskWhenAnotherThreadCallsSystemExit() throws Exception {
        long id = daemon.submit(Tasks.Ending.class, "exit elsewhere");
        assertEquals(6, child.exitCode(released(id)), child.log());
        assertTrue(parting(1).words().orElseThrow().startsWith("System.exit by thread \"quitter\"\n  at "));
        assertTrue(child.log().contains("System.exit was called by thread \"quitter\""), child.log());
        assertFalse(daemon.slot.done(id));
    }

    @Test
    void shouldLeaveAnExceptionAndAStackOverflowAsLastWords() throws Exception {
        long id = daemon.submit(Tasks.Ending.class, "exception");
        assertEquals(70, child.exitCode(released(id)), child.log());
        assertTrue(parting(1).words().orElseThrow().startsWith("java.lang.IllegalStateException: page 4711"));

        id = daemon.submit(Tasks.Ending.class, "overflow");
        assertEquals(70, child.exitCode(released(id)));
        assertTrue(parting(1).words().orElseThrow().startsWith("java.lang.StackOverflowError"));

        id = daemon.submit(Tasks.Ending.class, "failed");
        assertEquals(78, child.exitCode(released(id)));
        assertTrue(parting(1).words().orElseThrow().contains("this is no image"));
    }

    @Test
    void shouldSayWhatThrewAlsoIfThatCannotBeTold() throws Exception {
        long id = daemon.submit(Tasks.Ending.class, "mute");
        assertEquals(70, child.exitCode(released(id)), child.log());
        assertTrue(
                parting(1)
                        .words()
                        .orElseThrow()
                        .startsWith("io.coppice.worker.fixture.Tasks$Mute (its toString() threw"),
                child.log());
    }

    @Test
    void shouldEndAfterItsResultWhateverStreamsAndThreadsTheTaskHasLeft() throws Exception {
        long id = daemon.submit(Tasks.Ending.class, "streams");
        assertEquals(0, child.exitCode(released(id)), child.log());
        assertEquals("streams", daemon.text(id));
    }

    @Test
    void shouldLeaveAnExhaustedHeapToTheJvmAndKeepTheCheckpoint() throws Exception {
        long id = daemon.submit(Tasks.Ending.class, "memory");

        assertEquals(3, child.exitCode(released(id)), child.log());

        assertTrue(child.log().contains("java.lang.OutOfMemoryError"), child.log());
        assertFalse(daemon.slot.done(id));
        assertEquals(1, daemon.contents().record("progress", Tasks.PROGRESS).get(Tasks.STEPS));
    }

    @Test
    void shouldLoseNothingButTheAttemptToAFault() throws Exception {
        long id = daemon.submit(Tasks.Ending.class, "fault");

        assertEquals(134, child.exitCode(released(id)), child.log());

        List<Path> reports = new ArrayList<>();
        try (var files = Files.newDirectoryStream(directory, "hs_err_*.log")) {
            files.forEach(reports::add);
        }
        assertEquals(1, reports.size());
        assertTrue(Files.readString(reports.get(0)).contains("SIGSEGV"));
        assertEquals(1, daemon.contents().record("progress", Tasks.PROGRESS).get(Tasks.STEPS));
    }

    @Test
    void shouldNameTheKeyIfTheResultIsTooLarge() throws Exception {
        long id = daemon.submit(Tasks.Large.class, "1000000 0");

        assertEquals(78, child.exitCode(released(id)));

        String words = parting(1).words().orElseThrow();
        assertTrue(words.startsWith("The result of 1000000 bytes does not fit"), words);
        assertTrue(words.contains("`transactions.state`"), words);
    }

    @Test
    void shouldEndWithAnExitCodeOfItsOwnIfItsRequestIsGone() throws Exception {
        assertEquals(76, child.exitCode(released(4711)), child.log());
        assertTrue(
                child.log().contains("request 0-4711 is not there: the daemon's segment " + daemon.segment),
                child.log());
    }

    @Test
    void shouldCommitTheResultOfATaskThatEndsEarlyWhenItIsAskedTo() throws Exception {
        long id = daemon.submit(Tasks.Patient.class, "result");
        Process process = released(id);
        awaitPhase(Phase.READY);
        process.destroy();

        assertEquals(0, child.exitCode(process), child.log());
        assertEquals("early", daemon.text(id));
    }

    @Test
    void shouldTakeAnExceptionAfterAStopForAnAnswerToIt() throws Exception {
        long id = daemon.submit(Tasks.Patient.class, "exception");
        Process process = released(id);
        awaitPhase(Phase.READY);
        process.destroy();

        assertEquals(143, child.exitCode(process), child.log());
        assertEquals(Phase.STOPPING.code(), daemon.slot.phase());
        String words = parting(1).words().orElseThrow();
        assertTrue(words.startsWith("it was asked to end, and did so by java.lang.InterruptedException: early"), words);
    }

    @Test
    void shouldEndEvenIfTheTaskAnswersAStopWithSystemExit() throws Exception {
        long id = daemon.submit(Tasks.Patient.class, "exit");
        Process process = released(id);
        awaitPhase(Phase.READY);
        process.destroy();

        child.exitCode(process);
        assertFalse(daemon.slot.done(id));
        assertTrue(parting(1).words().orElseThrow().startsWith("System.exit by thread \"main\""));
    }
}
