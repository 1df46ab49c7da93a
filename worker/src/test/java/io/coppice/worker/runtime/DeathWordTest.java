package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.LoopWord;
import io.coppice.state.Phase;
import io.coppice.state.PublishedView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.worker.fixture.Fixtures;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real child JVMs whose loop thread holds the loop word, and the kernel that marks it. */
class DeathWordTest {
    private static final String FIRST = "go 1 none 0 - 0";
    private static final String SECOND = "go 2 signal 0 KILL 1790000000123";

    /** Of the header's field {@code loopLock}. */
    private static final int OFFSET = 2176;

    private static final int LENGTH = 64;
    private static final int KILLS = 8;

    /** May be said at any start after a kill. */
    private static final String ROLLED_BACK = ": rolled back ";

    /** Is said by who had no lock at first. */
    private static final String WENT_ON = ": has the file lock now; it went on at its predecessor's death word";

    @TempDir
    Path directory;

    private ChildJvm child;
    private ReadOnlySegment segment;

    @BeforeEach
    void createSegment() throws Exception {
        child = new ChildJvm(directory);
        child.fenceByWord();
        segment = child.read();
    }

    @AfterEach
    void killWhatIsLeft() {
        child.close();
    }

    private Process park(Class<?> main, String... userArgs) throws Exception {
        return child.park(main.getName(), userArgs);
    }

    private void awaitHeld(Process process) {
        child.await(
                () -> LoopWord.isHeld(segment.loopWord()) && LoopWord.isAnnounced(segment.loopWord()),
                "the word is held, and says that somebody waits");
        int word = segment.loopWord();
        assertTrue(Files.exists(Path.of("/proc/" + process.pid() + "/task/" + LoopWord.tid(word))));
    }

    private void awaitMark() {
        child.await(() -> LoopWord.isMarked(segment.loopWord()), "the kernel marks the word");
    }

    private void awaitStep(long incarnation) {
        child.await(
                () -> segment.incarnation() == incarnation && segment.lastStepCommit() > 0,
                "a step of incarnation " + incarnation + " is committed");
    }

    /** What a mutex leaves that was there, whoever holds it now. */
    private boolean isMutexMade() throws IOException {
        byte[] file = Files.readAllBytes(child.segment);
        for (int at = OFFSET; at < OFFSET + LENGTH; at++) {
            if (file[at] != 0) {
                return true;
            }
        }
        return false;
    }

    private void assertGivenBack(Process process, int exitCode) throws Exception {
        assertEquals(exitCode, child.exitCode(process), child.log());
        assertTrue(isMutexMade(), "it was never taken");
        assertEquals(0, segment.loopWord());
    }

    @Test
    void shouldBeMarkedWhenAWorkerIsKilledThatStartedCold() throws Exception {
        child.addLibc();
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        child.jvmOptions.add("-Djava.io.tmpdir=" + temporary);
        Process process = child.run(Fixtures.Counter.class, FIRST);
        awaitHeld(process);
        assertEquals("", child.log());
        List<String> maps = Files.readAllLines(Path.of("/proc/" + process.pid() + "/maps"));
        Path libc = Path.of(System.getProperty("coppice.test.libc"));
        assertTrue(maps.stream().anyMatch(map -> map.contains(libc + "/jni/")), maps.toString());
        assertEquals(0, temporary.toFile().list().length, "no file is left behind");

        process.destroyForcibly();

        awaitMark();
        assertEquals(0, LoopWord.tid(segment.loopWord()));
    }

    /** The loop sleeps for a day after its first step. */
    @Test
    void shouldBeTakenByAnIdleLoopToo() throws Exception {
        child.addLibc();
        child.heartbeatTimeoutMs = 0;
        Process process = child.run(Fixtures.Idler.class, FIRST);
        awaitHeld(process);
        process.destroy();
        assertGivenBack(process, 143);
    }

    @Test
    void shouldBeHeldByAStandbyBeforeItIsReady() throws Exception {
        child.addLibc();
        Process process = park(Fixtures.Counter.class);
        assertEquals("", child.log());
        assertEquals(0, segment.loopWord());

        ChildJvm.tell(process, FIRST);

        child.await(() -> segment.phase() == Phase.READY.code(), "it is ready");
        assertTrue(LoopWord.isHeld(segment.loopWord()), "before it is ready");
        awaitHeld(process);
        assertEquals("", child.log());
    }

    /** The predecessor's memory takes the kernel tens of milliseconds, in which its lock is held. */
    @Test
    void shouldLetAStandbyGoOnWhileItsPredecessorIsTakenDown() throws Exception {
        child.addLibc();
        child.jvmOptions.addAll(List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch"));
        Process predecessor = child.run(Fixtures.Counter.class, FIRST);
        awaitHeld(predecessor);
        child.jvmOptions.addAll(List.of("-Xms24m", "-Xmx24m", "-XX:-AlwaysPreTouch"));
        Process standby = park(Fixtures.Counter.class);

        predecessor.destroyForcibly();
        while (!LoopWord.isMarked(segment.loopWord())) {
            Thread.onSpinWait();
        }
        ChildJvm.tell(standby, SECOND);

        awaitStep(2);
        awaitHeld(standby);
        assertEquals(128 + 9, child.exitCode(predecessor));
        assertNoComplaint();
    }

    /** Other threads of the process still run when its loop thread is dead, and the process for as long as its memory lasts. */
    @Test
    void shouldSeeNoStoreAfterTheMark() throws Exception {
        child.addLibc();
        child.jvmOptions.addAll(List.of("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch"));
        int unfinished = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            Process process = child.run(Fixtures.Counter.class, kill == 1 ? FIRST : SECOND.replace("2 ", kill + " "));
            int incarnation = kill;
            child.await(() -> segment.incarnation() == incarnation, "incarnation " + incarnation + " has the segment");
            awaitHeld(process);
            process.destroyForcibly();
            while (!LoopWord.isMarked(segment.loopWord())) {
                Thread.onSpinWait();
            }
            byte[] atTheMark = Files.readAllBytes(child.segment);
            unfinished += process.isAlive() ? 1 : 0;
            assertEquals(128 + 9, child.exitCode(process));
            assertArrayEquals(atTheMark, Files.readAllBytes(child.segment), "kill " + kill);
        }
        assertTrue(unfinished > 0, "no process of " + KILLS + " was alive at its mark; the test means nothing");
    }

    /** The same with time to look: this process has the lock in the place of one that is being taken down. */
    @Test
    void shouldTakeTheLockOnceItIsFree() throws Exception {
        child.addLibc();
        Process predecessor = child.run(Fixtures.Counter.class, FIRST);
        awaitHeld(predecessor);
        Process standby = park(Fixtures.Idler.class);
        predecessor.destroyForcibly();
        assertEquals(128 + 9, child.exitCode(predecessor));
        try (FileChannel file = FileChannel.open(child.lock, StandardOpenOption.WRITE)) {
            FileLock held = file.lock();

            ChildJvm.tell(standby, SECOND);

            awaitStep(2);
            awaitHeld(standby);
            held.release();
            child.await(() -> content(child.lock).strip().equals(standby.pid() + " 2"), "the lock is taken");
            child.await(() -> child.log().contains(WENT_ON), "it says so");
        }
        standby.destroyForcibly();
        awaitMark();
        assertNoComplaint();
    }

    private void assertNoComplaint() {
        assertTrue(
                child.log().lines().allMatch(line -> line.contains(ROLLED_BACK) || line.contains(WENT_ON)),
                child.log());
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** This process has the lock in the place of one that is being taken down for long. */
    @Test
    void shouldLetTheNextGoOnThoughItEndsInOrderBeforeItHasTheLock() throws Exception {
        child.addLibc();
        Process predecessor = child.run(Fixtures.Counter.class, FIRST);
        awaitHeld(predecessor);
        predecessor.destroyForcibly();
        assertEquals(128 + 9, child.exitCode(predecessor));
        try (FileChannel file = FileChannel.open(child.lock, StandardOpenOption.WRITE)) {
            FileLock held = file.lock();
            Process thrower = park(Fixtures.Thrower.class, "RESTART");
            ChildJvm.tell(thrower, SECOND);
            assertEquals(70, child.exitCode(thrower), child.log());
            assertTrue(LoopWord.isMarked(segment.loopWord()));

            Process next = park(Fixtures.Counter.class);
            ChildJvm.tell(next, "go 3 exception 70 - 1790000000123");

            awaitStep(3);
            awaitHeld(next);
            held.release();
        }
    }

    @Test
    void shouldEndAsEverWhereTheLockIsHeldAndTheWordNotMarked() throws Exception {
        child.addLibc();
        Process owner = child.run(Fixtures.Counter.class, FIRST);
        awaitHeld(owner);

        Process second = child.run(Fixtures.Counter.class, SECOND);

        assertEquals(72, child.exitCode(second));
        assertTrue(child.log().contains("is owned by process " + owner.pid()), child.log());
        awaitHeld(owner);
    }

    @Test
    void shouldBeGivenBackAtEachEndInOrder() throws Exception {
        child.addLibc();
        Process stopped = park(Fixtures.Counter.class);
        ChildJvm.tell(stopped, FIRST);
        awaitStep(1);
        stopped.destroy();
        assertGivenBack(stopped, 143);

        Process done = park(Fixtures.Counter.class, "1");
        ChildJvm.tell(done, "go 2 exit 143 - 1790000000123");
        assertGivenBack(done, 0);

        Process thrower = park(Fixtures.Thrower.class, "RESTART");
        ChildJvm.tell(thrower, "go 3 exit 0 - 1790000000123");
        assertGivenBack(thrower, 70);

        Process unusable = park(Fixtures.Refuser.class);
        ChildJvm.tell(unusable, "go 4 exception 70 - 1790000000123");
        assertGivenBack(unusable, 73);

        Process exiter = park(Fixtures.Exiter.class, "another thread");
        ChildJvm.tell(exiter, "go 5 exception 73 - 1790000000123");
        assertGivenBack(exiter, 5);
    }

    /** Its loop thread never comes back from there; the exit code says what it was. */
    @Test
    void shouldBeMarkedWhenTheLoopThreadCallsExit() throws Exception {
        child.addLibc();
        Process process = park(Fixtures.Exiter.class, "loop");
        ChildJvm.tell(process, FIRST);
        assertEquals(5, child.exitCode(process));
        assertTrue(LoopWord.isMarked(segment.loopWord()));
        Process successor = child.run(Fixtures.Counter.class, "go 2 exit 5 - 1790000000123");
        awaitStep(2);
        awaitHeld(successor);
    }

    @Test
    void shouldBeLeftOutWhereLibcCannotBeCalled() throws Exception {
        Process cold = child.run(Fixtures.Counter.class, FIRST);
        awaitStep(1);
        child.await(() -> !child.log().isEmpty(), "it says so");
        assertLeftOut();
        cold.destroyForcibly();
        assertEquals(128 + 9, child.exitCode(cold));
        Files.delete(child.log);

        Process standby = park(Fixtures.Counter.class);
        ChildJvm.tell(standby, SECOND);
        awaitStep(2);
        long heartbeat = segment.heartbeatCountAcquire();
        child.await(() -> segment.heartbeatCountAcquire() > heartbeat + 1000, "its loop turns");
        assertLeftOut();
    }

    private void assertLeftOut() throws IOException {
        String log = child.log();
        assertEquals(1, log.lines().filter(line -> !line.contains(ROLLED_BACK)).count(), log);
        assertTrue(
                log.contains("no loop word, as libc cannot be called; the file lock stays the fence:"
                        + " java.lang.NoClassDefFoundError: com/kenai/jffi/"),
                log);
        assertTrue(!isMutexMade());
    }

    @Test
    void shouldAllocateNothingInATurn() throws Exception {
        child.addLibc();
        PublishedView view = child.watch();
        ChildJvm.tell(park(Fixtures.AllocationMeter.class, "stepping"), FIRST);
        child.await(view, () -> view.get(Fixtures.ALLOCATED_BYTES) > 0, "it has measured");
        assertEquals(1, view.get(Fixtures.ALLOCATED_BYTES));
        assertTrue(LoopWord.isHeld(segment.loopWord()));
    }
}
