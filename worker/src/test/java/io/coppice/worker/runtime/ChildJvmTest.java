package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.Parting;
import io.coppice.state.Phase;
import io.coppice.state.PublishedView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.worker.fixture.Fixtures;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real child JVMs, started with the class path and the flags of a worker, watched through their segment. */
class ChildJvmTest {
    private static final String FIRST = "go 1 none 0 - 0";

    @TempDir
    Path directory;

    private ChildJvm child;

    @BeforeEach
    void createSegment() throws Exception {
        child = new ChildJvm(directory);
    }

    @AfterEach
    void killWhatIsLeft() {
        child.close();
    }

    private void awaitPhase(ReadOnlySegment segment, Phase phase) {
        child.await(() -> segment.phase() == phase.code(), "the phase is " + phase);
    }

    @Test
    void shouldExit125WithoutTouchingTheSegmentIfItIsNeverReleased() throws Exception {
        Process process = child.start(Fixtures.Counter.class);
        process.getOutputStream().close();

        assertEquals(125, child.exitCode(process));
        assertEquals("", child.log());
        assertEquals(Phase.EMPTY.code(), child.read().phase());
        assertEquals(0, Files.size(child.lock), "must not take the lock");
    }

    @Test
    void shouldExit125OnALineItDoesNotUnderstand() throws Exception {
        Process process = child.run(Fixtures.Counter.class, "go on");

        assertEquals(125, child.exitCode(process));
        assertTrue(child.log().contains("release line 'go on': expected 'go INCARNATION"), child.log());
    }

    @Test
    void shouldDoNothingWhileItIsHeldAndBecomeReadyOnceReleased() throws Exception {
        ReadOnlySegment segment = child.read();
        Process process = child.start(Fixtures.Idler.class);
        child.await(() -> heldInRead(process.pid()), "the worker waits on its standard input");
        assertEquals(Phase.EMPTY.code(), segment.phase());
        assertEquals(0, Files.size(child.lock), "must not take the lock while held");

        ChildJvm.release(process, FIRST);

        awaitPhase(segment, Phase.READY);
        assertEquals(process.pid(), segment.ownerPid());
        assertEquals(1, segment.incarnation());
        assertTrue(segment.commitSequenceAcquire() >= 1, "what start() did is committed before the worker is ready");
    }

    /** Whether the main thread sleeps in a read of descriptor 0. */
    private static boolean heldInRead(long pid) {
        try {
            for (Path task : Files.list(Path.of("/proc/" + pid + "/task")).toList()) {
                if (Files.readString(task.resolve("syscall")).startsWith("0 0x0 ")) {
                    return true;
                }
            }
            return false;
        } catch (java.io.IOException e) {
            return false;
        }
    }

    @Test
    void shouldResumeAtTheLastCommitAfterAKillAndKnowHowThePredecessorEnded() throws Exception {
        PublishedView view = child.watch();
        long count = 0;
        for (int incarnation = 1; incarnation <= 4; incarnation++) {
            String line = incarnation == 1 ? FIRST : "go " + incarnation + " signal 0 KILL 1790000000123";
            Process process = child.run(Fixtures.Counter.class, line);
            int expected = incarnation;
            long before = count;
            child.await(
                    view,
                    () -> view.get(Fixtures.INCARNATION) == expected && view.get(Fixtures.COUNT) > before + 1000,
                    "incarnation " + expected + " counts beyond " + before);
            process.destroyForcibly();
            assertEquals(128 + 9, child.exitCode(process));
            view.refresh();
            count = view.get(Fixtures.COUNT);
            assertEquals(incarnation, view.get(Fixtures.STARTS));
        }
        assertEquals(
                "Optional[PreviousExit[kind=SIGNAL, code=-1, signal=Optional[KILL], at=2026-09-21T14:13:20.123Z,"
                        + " lastWords=Optional.empty, verdict=Optional.empty]]",
                view.getString(Fixtures.TEXT));
    }

    @Test
    void shouldRollBackAndExit70WithLastWordsWhenAStepThrows() throws Exception {
        Process process = child.run(Fixtures.Thrower.class, FIRST, "RESTART");

        assertEquals(70, child.exitCode(process));

        ReadOnlySegment segment = child.read();
        PublishedView view = child.watch();
        view.refresh();
        assertEquals(3, view.get(Fixtures.COUNT));
        assertEquals(Phase.FAILING.code(), segment.phase());
        String words = segment.lastWords().orElseThrow();
        assertTrue(words.startsWith("java.lang.IllegalStateException: order 4711 has no price\n  at "), words);
        assertTrue(words.contains("Fixtures$Thrower.step"), words);
        assertTrue(child.log().contains("IllegalStateException: order 4711 has no price"), child.log());
    }

    @Test
    void shouldTellTheSuccessorThePredecessorsLastWords() throws Exception {
        child.exitCode(child.run(Fixtures.Thrower.class, FIRST, "RESTART"));
        PublishedView view = child.watch();
        child.run(Fixtures.Counter.class, "go 2 exception 70 - 1790000000123");

        child.await(view, () -> view.get(Fixtures.INCARNATION) == 2, "the successor starts");
        String text = view.getString(Fixtures.TEXT);
        assertTrue(text.contains("kind=EXCEPTION, code=70"), text);
        assertTrue(text.contains("lastWords=Optional[java.lang.IllegalStateException: order 4711 has no price"), text);
    }

    /** Nobody saw how it ended but itself. */
    @Test
    void shouldTellTheSuccessorTheLastWordsOfAnEndThatNobodySaw() throws Exception {
        child.exitCode(child.run(Fixtures.Thrower.class, FIRST, "RESTART"));
        PublishedView view = child.watch();
        child.run(Fixtures.Counter.class, "go 2 unknown -1 - 1790000000123");

        child.await(view, () -> view.get(Fixtures.INCARNATION) == 2, "the successor starts");
        String text = view.getString(Fixtures.TEXT);
        assertTrue(text.contains("kind=UNKNOWN"), text);
        assertTrue(text.contains("lastWords=Optional[java.lang.IllegalStateException: order 4711 has no price"), text);
    }

    /** What is said of an end in order is for people; to a daemon they are words of an exception. */
    @Test
    void shouldNotTellTheSuccessorWordsThatAreOfNoException() throws Exception {
        child.exitCode(child.run(Fixtures.Exiter.class, FIRST, "loop"));
        PublishedView view = child.watch();
        child.run(Fixtures.Counter.class, "go 2 exit 5 - 1790000000123");

        child.await(view, () -> view.get(Fixtures.INCARNATION) == 2, "the successor starts");
        String text = view.getString(Fixtures.TEXT);
        assertTrue(text.contains("lastWords=Optional.empty"), text);
    }

    @Test
    void shouldExit78WhenTheDaemonGivesUp() throws Exception {
        Process process = child.run(Fixtures.Thrower.class, FIRST, "FAIL");

        assertEquals(78, child.exitCode(process));
        assertTrue(child.read().lastWords().orElseThrow().contains("order 4711"));
    }

    /** Not 70: that would count as a death by the contents, which are as they were. */
    @Test
    void shouldExit75WithLastWordsWhenRecoverThrows() throws Exception {
        child.exitCode(child.run(Fixtures.Thrower.class, FIRST, "RESTART"));
        child.options.addAll(List.of("--resume", "ask"));

        assertEquals(75, child.exitCode(child.run(Fixtures.Undecided.class, "go 2 exception 70 - 5")), child.log());

        String words = child.read().lastWords().orElseThrow();
        assertTrue(words.startsWith("java.lang.IllegalStateException: commit 4 or another"), words);
    }

    @Test
    void shouldGoOnInTheSameProcessWhenTheDaemonContinues() throws Exception {
        Process process = child.run(Fixtures.Thrower.class, FIRST, "CONTINUE");
        PublishedView view = child.watch();

        child.await(view, () -> view.get(Fixtures.COUNT) == 9, "all steps but the failed one count");
        assertTrue(process.isAlive());
        assertTrue(child.log().contains("the daemon goes on"), child.log());
    }

    @Test
    void shouldStopInGoodOrderOnSigterm() throws Exception {
        for (Class<?> type : List.of(Fixtures.Counter.class, Fixtures.Idler.class)) {
            PublishedView view = child.watch();
            view.refresh();
            long stops = view.sequence() > 0 ? view.get(Fixtures.STOPS) : 0;
            long starts = view.sequence() > 0 ? view.get(Fixtures.STARTS) : 0;
            Process process = child.run(type, "go " + (starts + 1) + " none 0 - 0");
            child.await(
                    view,
                    () -> view.get(Fixtures.STARTS) == starts + 1 && view.get(Fixtures.COUNT) > 0,
                    type.getSimpleName() + " counts");

            process.destroy();

            assertEquals(143, child.exitCode(process), child.log());
            view.refresh();
            assertEquals(stops + 1, view.get(Fixtures.STOPS), "stop() was called and committed");
            assertEquals(Phase.STOPPING.code(), child.read().phase());
            assertTrue(child.read().lastWords().orElseThrow().startsWith("it ended in order"));
        }
    }

    @Test
    void shouldCompleteWithExit0WhenTheDaemonIsDone() throws Exception {
        Process process = child.run(Fixtures.Counter.class, FIRST, "5000");

        assertEquals(0, child.exitCode(process), child.log());
        PublishedView view = child.watch();
        view.refresh();
        assertEquals(5000, view.get(Fixtures.COUNT));
        assertEquals(1, view.get(Fixtures.STOPS));
        assertEquals(Phase.COMPLETED.code(), child.read().phase());
    }

    @Test
    void shouldLeaveTheExitCodeToSystemExitCalledByTheLoop() throws Exception {
        Process process = child.run(Fixtures.Exiter.class, FIRST, "loop");

        assertEquals(5, child.exitCode(process), child.log());
        PublishedView view = child.watch();
        view.refresh();
        assertEquals(2, view.get(Fixtures.COUNT), "what the step changed before it called exit is not committed");
        String words = Parting.of(child.read(), 1).words().orElseThrow();
        assertTrue(words.startsWith("System.exit by thread \"main\"\n  at "), words);
        assertTrue(words.contains("Fixtures$Exiter.step"), words);
    }

    @Test
    void shouldStopInGoodOrderAndLeaveTheExitCodeToSystemExitCalledByAnotherThread() throws Exception {
        Process process = child.run(Fixtures.Exiter.class, FIRST, "other");

        assertEquals(5, child.exitCode(process), child.log());
        PublishedView view = child.watch();
        view.refresh();
        assertEquals(3, view.get(Fixtures.COUNT));
        assertEquals(1, view.get(Fixtures.STOPS));
        String words = Parting.of(child.read(), 1).words().orElseThrow();
        assertTrue(
                words.startsWith("System.exit by thread \"quitter\"; the loop then ended in order:"
                        + " its stop() has run, and all is committed\n  at "),
                words);
        assertTrue(words.contains("Fixtures$Exiter"), words);
        assertTrue(child.log().contains("System.exit was called by thread \"quitter\""), child.log());
    }

    @Test
    void shouldAnnounceALongStepInTheSegment() throws Exception {
        Path gate = directory.resolve("gate");
        child.run(Fixtures.LongStepper.class, FIRST, gate.toString());
        ReadOnlySegment segment = child.read();

        child.await(
                () -> segment.busyAtMostMs() == 7 * 60_000 && segment.busyAtCount() == segment.heartbeatCountAcquire(),
                "the long step is announced for the current heartbeat");
        Files.createFile(gate);
        child.await(
                () -> segment.busyAtCount() != segment.heartbeatCountAcquire(),
                "the announcement is void after the step");
    }

    @Test
    void shouldKeepTheHeartbeatGoingWhileItIdlesWithoutStepping() throws Exception {
        child.heartbeatTimeoutMs = 60;
        child.run(Fixtures.Idler.class, FIRST);
        PublishedView view = child.watch();
        child.await(view, () -> view.get(Fixtures.COUNT) == 1, "its only step is done");
        ReadOnlySegment segment = child.read();

        for (int i = 0; i < 5; i++) {
            child.awaitMore(segment::heartbeatCountAcquire, "the heartbeat");
        }
        view.refresh();
        assertEquals(1, view.get(Fixtures.COUNT));
    }

    @Test
    void shouldRefuseASegmentThatIsNotItsOwnAndLeaveItAsItIs() throws Exception {
        byte[] before = Files.readAllBytes(child.segment);
        before[5] ^= 1;
        Files.write(child.segment, before);
        Process damaged = child.run(Fixtures.Counter.class, FIRST);
        assertEquals(71, child.exitCode(damaged));
        assertTrue(child.log().contains(child.segment.toString()), child.log());
        assertTrue(child.log().contains("expected"), child.log());
        assertTrue(java.util.Arrays.equals(before, Files.readAllBytes(child.segment)), "must not be changed");

        Files.delete(child.segment);
        ChildJvm.createSegment(child.segment, "rates");
        assertEquals(71, child.exitCode(child.run(Fixtures.Counter.class, FIRST)));
        assertTrue(child.log().contains("rates"), child.log());

        Files.delete(child.segment);
        assertEquals(71, child.exitCode(child.run(Fixtures.Counter.class, FIRST)));
        assertTrue(child.log().contains("missing"), child.log());
    }

    @Test
    void shouldExit72WhileAnotherProcessOwnsTheSegment() throws Exception {
        Process owner = child.run(Fixtures.Counter.class, FIRST);
        PublishedView view = child.watch();
        child.await(view, () -> view.get(Fixtures.COUNT) > 0, "the owner counts");

        Process second = child.run(Fixtures.Counter.class, "go 2 none 0 - 0");

        assertEquals(72, child.exitCode(second));
        assertTrue(child.log().contains(Long.toString(owner.pid())), "names the owner: " + child.log());
        view.refresh();
        assertEquals(1, view.get(Fixtures.INCARNATION));
        assertTrue(owner.isAlive());
    }

    @Test
    void shouldExit73AndSayWhyWhenTheMainClassIsUnusable() throws Exception {
        assertUnusable("com.example.Nowhere", "is not on the class path");
        assertUnusable(Fixtures.NoDaemon.class.getName(), "does not implement io.coppice.worker.Daemon");
        assertUnusable(Fixtures.Unconstructible.class.getName(), "has no constructor without parameters");
        assertUnusable(Fixtures.Refuser.class.getName(), "not today");
    }

    private void assertUnusable(String main, String reason) throws Exception {
        Process process = child.start(main);
        ChildJvm.release(process, FIRST);
        assertEquals(73, child.exitCode(process), child.log());
        String words = child.read().lastWords().orElseThrow();
        assertTrue(words.contains(main) && words.contains(reason), words);
        assertTrue(child.log().contains(reason), child.log());
    }

    @Test
    void shouldExit64OnACommandLineOfAnotherRelease() throws Exception {
        child.options.addAll(List.of("--teleport", "yes"));
        assertEquals(64, child.exitCode(child.start(Fixtures.Counter.class)));
        assertTrue(child.log().contains("--teleport: unknown"), child.log());
    }

    @Test
    void shouldReadAPeerOnceItIsThereAndAcrossItsRestarts() throws Exception {
        Path rates = Files.createDirectory(directory.resolve("peer"));
        Path ratesSegment = rates.resolve("ingest.seg");
        child.options.addAll(List.of("--peer", "rates=" + ratesSegment));
        PublishedView view = child.watch();
        child.run(Fixtures.PeerReader.class, FIRST);
        child.await(
                view,
                () -> view.getString(Fixtures.TEXT).startsWith("Missing[reason=Segment " + ratesSegment),
                "the reader says that its peer is missing");

        try (ChildJvm peer = new ChildJvm(rates)) {
            for (int incarnation = 1; incarnation <= 2; incarnation++) {
                view.refresh();
                long before = view.get(Fixtures.COUNT);
                Process process = peer.run(Fixtures.Counter.class, "go " + incarnation + " none 0 - 0");
                child.await(
                        view, () -> view.get(Fixtures.COUNT) > before, "the reader follows incarnation " + incarnation);
                process.destroyForcibly();
                peer.exitCode(process);
            }
        }
    }

    @Test
    void shouldSayThatAPeerIsUnreadable() throws Exception {
        Path file = directory.resolve("rates.seg");
        try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
            damaged.setLength(65536);
        }
        child.options.addAll(List.of("--peer", "rates=" + file));
        PublishedView view = child.watch();
        child.run(Fixtures.PeerReader.class, FIRST);

        child.await(
                view,
                () -> view.getString(Fixtures.TEXT).startsWith("Unreadable[reason=Segment " + file),
                "the reader says that its peer is unreadable");
    }

    @Test
    void shouldTellTheRootEachPhaseThroughDescriptor3IfThatIsAPipe() throws Exception {
        Path bytes = directory.resolve("bytes");
        List<String> command = new ArrayList<>(
                List.of("/bin/sh", "-c", "\"$@\" 3>&1 >>'" + child.log + "' 2>&1 | wc -c >'" + bytes + "'", "sh"));
        command.addAll(child.command(Fixtures.Counter.class.getName(), "5000"));
        Process shell = child.launch(command);
        ChildJvm.release(shell, FIRST);

        assertEquals(0, child.exitCode(shell), child.log());
        assertEquals("3", Files.readString(bytes).strip(), "STARTING, READY, COMPLETED");
    }

    @Test
    void shouldPrintNothingWithALoggingProviderOnTheClassPathEither() throws Exception {
        child.addLoggingProvider();
        Process process = child.run(Fixtures.Idler.class, FIRST);
        PublishedView view = child.watch();
        child.await(view, () -> view.get(Fixtures.COUNT) == 1, "it has stepped");
        process.destroy();

        assertEquals(143, child.exitCode(process));
        assertEquals("", child.log());
    }

    @Test
    void shouldPrintNothingAtAllAndLoadNoJnr() throws Exception {
        Path classes = directory.resolve("classes.log");
        child.jvmOptions.add("-Xlog:class+load:file=" + classes);
        Process process = child.run(Fixtures.Idler.class, FIRST);
        PublishedView view = child.watch();
        child.await(view, () -> view.get(Fixtures.COUNT) == 1, "it has stepped");
        process.destroy();

        assertEquals(143, child.exitCode(process));
        assertEquals("", child.log(), "neither the JVM nor slf4j nor the worker has anything to say");
        String loaded = Files.readString(classes);
        assertTrue(loaded.contains("net.openhft.chronicle.core.UnsafeMemory"), "the log of classes is there");
        assertFalse(loaded.contains("net.openhft.chronicle.core.Jvm"), "what it initialises costs 80 ms");
        assertFalse(loaded.contains("jnr"), "jnr costs 150 ms");
        assertFalse(loaded.contains("com.kenai"), "jffi costs 150 ms");
        assertFalse(loaded.contains("com.sun.jna"), "JNA costs 150 ms");
    }

    @Test
    void shouldAllocateNothingPerTurn() throws Exception {
        for (String kind : List.of("stepping", "idling")) {
            PublishedView view = child.watch();
            view.refresh();
            long starts = view.sequence() > 0 ? view.get(Fixtures.STARTS) : 0;
            Process process = child.run(Fixtures.AllocationMeter.class, "go " + (starts + 1) + " none 0 - 0", kind);
            child.await(
                    view,
                    () -> view.get(Fixtures.STARTS) == starts + 1 && view.get(Fixtures.ALLOCATED_BYTES) > 0,
                    kind + " is measured");
            assertEquals(0, view.get(Fixtures.ALLOCATED_BYTES) - 1, kind);
            process.destroyForcibly();
            child.exitCode(process);
            Files.delete(child.segment);
            ChildJvm.createSegment(child.segment, "ingest");
        }
    }
}
