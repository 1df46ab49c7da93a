package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.RequestReader.Request;
import io.coppice.state.testing.RecordingMemory;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {
    private static final int LENGTH = 128 << 10;
    private static final int ENTRIES = 4;
    private static final int INPUT_BYTES = 200;
    private static final SegmentGeometry GEOMETRY = SegmentGeometry.of(LENGTH);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private final OwnedSegment segment = recovered(memory);
    private final Requests requests = segment.requests(ENTRIES, INPUT_BYTES);

    private static OwnedSegment recovered(Memory memory) {
        OwnedSegment owner = TestSegments.own(memory, 1);
        owner.recover();
        return owner;
    }

    private static long id(long sequence) {
        return RequestId.of(1, sequence);
    }

    /** What a request asks for follows from its id. */
    private static byte[] input(long id) {
        return StructurePlayer.bytes(new SplittableRandom(id), (int) (id % INPUT_BYTES));
    }

    private int add(long sequence) {
        return requests.add(id(sequence), "task-" + sequence, input(id(sequence)), sequence);
    }

    private RequestReader reader() {
        return TestSegments.read(memory).requests();
    }

    private static void assertFound(long sequence, Optional<Request> found) {
        Request request = found.orElseThrow();
        assertEquals(id(sequence), request.id());
        assertEquals("task-" + sequence, request.task());
        assertArrayEquals(input(id(sequence)), request.input());
    }

    @Test
    void shouldFindWhatIsCommittedAndNothingElse() throws SegmentException {
        assertEquals(Optional.empty(), reader().find(id(1)));
        add(1);
        int second = add(2);
        assertEquals(Optional.empty(), reader().find(id(1)));
        segment.state().commit();
        assertFound(1, reader().find(id(1)));
        assertFound(2, reader().find(id(2)));
        assertEquals(Optional.empty(), reader().find(id(3)));
        for (long none : new long[] {0, -1, -id(1), Long.MIN_VALUE}) {
            assertEquals(Optional.empty(), reader().find(none));
        }
        requests.status(second, RequestStatus.QUARANTINED);
        requests.cause(second, "no");
        segment.state().commit();
        assertFound(2, reader().find(id(2)));
        requests.free(second);
        segment.state().commit();
        assertEquals(Optional.empty(), reader().find(id(2)));
    }

    @Test
    void shouldFindNothingInASegmentWithoutRequests() throws SegmentException {
        assertEquals(
                Optional.empty(),
                TestSegments.read(TestSegments.formatted(LENGTH)).requests().find(id(1)));
    }

    /** An owner that died, or is about to commit or to roll back: entries freed, and taken by others, within one commit. */
    @Test
    void shouldFindWhatIsCommittedWhileItsOwnerChangesIt() throws SegmentException {
        int first = add(1);
        add(2);
        segment.state().commit();
        requests.free(first);
        assertFound(1, reader().find(id(1)));
        assertEquals(first, add(3));
        assertFound(1, reader().find(id(1)));
        assertEquals(Optional.empty(), reader().find(id(3)));
        requests.free(first);
        add(4);
        requests.cause(first, "of another");
        assertFound(1, reader().find(id(1)));
        assertFound(2, reader().find(id(2)));
        segment.state().rollback();
        assertFound(1, reader().find(id(1)));
    }

    @Test
    void shouldFindItWhileAnotherStructureIsBeingMade() throws SegmentException {
        add(1);
        segment.state().commit();
        memory.startRecording();
        segment.state().longLongMap("made", 100);
        for (int steps = memory.recorded(); steps > 0; steps--) {
            memory.undoTo(steps);
            assertFound(
                    1,
                    TestSegments.read(new RecordingMemory(memory.copy()))
                            .requests()
                            .find(id(1)));
        }
    }

    /** A copy of all of it would never come about. */
    @Test
    void shouldFindItBesideAnOwnerThatCommitsAtEachOfTheReadersLooks() throws SegmentException {
        for (int i = 1; i <= ENTRIES; i++) {
            add(i);
        }
        segment.state().commit();
        Memory racing = new ReaderInterleavingTest.Reading(memory.bytes()) {
            private int turn;

            @Override
            void goOn() {
                turn++;
                requests.attempts(turn % ENTRIES, turn);
                segment.state().commit();
            }
        };
        RequestReader reader = new RequestReader(racing, GEOMETRY, "test/unit");
        assertTrue(new ConsistentCopy(racing, GEOMETRY, "test/unit").take(null) instanceof SnapshotResult.Busy);
        for (int i = 1; i <= ENTRIES; i++) {
            assertFound(i, reader.find(id(i)));
        }
        assertEquals(Optional.empty(), reader.find(id(ENTRIES + 1)));
    }

    /** However its pace and that of the copies meet: also if each look has a commit in its first copy, and none after. */
    @Test
    void shouldAnswerBesideAnOwnerThatCommitsAtAnyPace() throws SegmentException {
        for (int i = 1; i <= ENTRIES; i++) {
            add(i);
        }
        segment.state().commit();
        for (int pace = 1; pace <= 200; pace++) {
            int each = pace;
            Memory racing = new ReaderInterleavingTest.Reading(memory.bytes()) {
                private int turn;

                @Override
                void goOn() {
                    turn++;
                    if (turn % each == 0) {
                        requests.attempts(turn % ENTRIES, turn);
                        segment.state().commit();
                    }
                }
            };
            RequestReader reader = new RequestReader(racing, GEOMETRY, "test/unit");
            for (int i = 1; i <= ENTRIES; i++) {
                assertFound(i, reader.find(id(i)));
            }
            assertEquals(Optional.empty(), reader.find(id(ENTRIES + 1)));
        }
    }

    /** The copy of the index has a commit in it, and the next one comes just after it was looked for. */
    @Test
    void shouldSeeThatARequestIsGoneBesideAnOwnerThatCommitsDuringEachCopyOnly() throws SegmentException {
        add(1);
        segment.state().commit();
        Memory racing = new ReaderInterleavingTest.Reading(memory.bytes()) {
            private int looks;

            @Override
            public void getBytes(long offset, byte[] target, int from, int length) {
                commit();
                super.getBytes(offset, target, from, length);
                looks = 0;
            }

            @Override
            public long getLongAcquire(long offset) {
                if (offset == HeaderLayout.COMMIT_SEQUENCE_OFFSET && ++looks > 10) {
                    looks = 0;
                    commit();
                }
                return super.getLongAcquire(offset);
            }

            private void commit() {
                requests.attempts(0, 1);
                segment.state().commit();
            }
        };
        assertEquals(Optional.empty(), new RequestReader(racing, GEOMETRY, "test/unit").find(id(2)));
        assertFound(1, new RequestReader(racing, GEOMETRY, "test/unit").find(id(1)));
    }

    @Test
    void shouldSayThatTheContentsAreBeingReplaced() {
        add(1);
        segment.state().commit();
        memory.putLong(HeaderLayout.STEP_BACK_OFFSET, 1);
        SegmentException busy = assertThrows(SegmentException.class, () -> reader().find(id(1)));
        assertEquals(
                "Request 1-1 of segment test/unit cannot be read: its contents are being replaced, or its owner died while"
                        + " it did that. Try again.",
                busy.getMessage());
    }

    @Test
    void shouldSayThatItsOwnerRollsBackFasterThanItCanBeRead() {
        add(1);
        segment.state().commit();
        Memory racing = new ReaderInterleavingTest.Reading(memory.bytes()) {
            @Override
            void goOn() {
                segment.state().rollback();
            }
        };
        SegmentException busy = assertThrows(
                SegmentException.class, () -> new RequestReader(racing, GEOMETRY, "test/unit").find(id(1)));
        assertTrue(busy.getMessage().contains("changed it faster than it could be read"), busy.getMessage());
    }

    @Test
    void shouldNoticeThatTheInputIsNotWhatWasSubmitted() {
        int entry = add(1);
        segment.state().commit();
        long body = RequestsLayout.bodyOffset(data(), entry, ENTRIES, INPUT_BYTES);
        memory.putByte(
                body + RequestsLayout.INPUT_OFFSET + 1, (byte) ~memory.getByte(body + RequestsLayout.INPUT_OFFSET + 1));
        SegmentException damaged = assertThrows(SegmentException.class, () -> reader().find(id(1)));
        assertTrue(damaged.getMessage().contains("its task or input is not what was submitted"), damaged.getMessage());
    }

    private long data() {
        return segment.state().structures().stream()
                .filter(info -> info.name().equals(Requests.STRUCTURE))
                .findFirst()
                .orElseThrow()
                .offsetBytes();
    }

    /** Whatever the words of the segment are, a look ends, and what it finds is what was submitted. */
    @Test
    void shouldAnswerWhateverTheDaemonsWordsAre() {
        long[] hostile = {
            -1, 0, 1, 2, Long.MAX_VALUE, Long.MIN_VALUE, Integer.MAX_VALUE, 1L << 32, 1L << 47, 0xffff, id(1)
        };
        int entry = add(1);
        add(2);
        segment.state().commit();
        requests.free(entry);
        add(3);
        SplittableRandom random = new SplittableRandom(17);
        byte[] whole = memory.copy();
        List<Integer> used = new ArrayList<>();
        for (int at = HeaderLayout.COMMIT_LINE; at < LENGTH; at += Long.BYTES) {
            if (NativeWords.get(whole, at) != 0) {
                used.add(at);
            }
        }
        int found = 0;
        int refused = 0;
        for (int round = 0; round < 5_000; round++) {
            byte[] damaged = whole.clone();
            for (int words = 1 + random.nextInt(3); words > 0; words--) {
                int at = used.get(random.nextInt(used.size()));
                long word = NativeWords.get(damaged, at);
                NativeWords.put(
                        damaged,
                        at,
                        switch (random.nextInt(3)) {
                            case 0 -> word ^ (1L << random.nextInt(64));
                            case 1 -> random.nextLong();
                            default -> hostile[random.nextInt(hostile.length)];
                        });
            }
            long wanted = 1 + random.nextInt(4);
            try {
                Optional<Request> answer =
                        new RequestReader(new RecordingMemory(damaged), GEOMETRY, "test/unit").find(id(wanted));
                if (answer.isPresent()) {
                    assertFound(wanted, answer);
                    found++;
                }
            } catch (SegmentException e) {
                refused++;
            } catch (RuntimeException | AssertionError e) {
                fail("round " + round, e);
            }
        }
        Proof.report("damaged segments=5000 found=" + found + " refused=" + refused);
        assertTrue(found > 200 && refused > 200, found + ", " + refused);
    }

    /** The owner's recorded stores, some of them between any two words that the reader reads. */
    @ParameterizedTest
    @ValueSource(longs = {301, 302, 303, 304})
    void shouldFindWhatSomeCommitMeanwhileHas(long seed) throws SegmentException {
        RecordedRun run = RecordedRun.of(seed, 200, List.of(new RequestsPlayer(), new PricePlayer()));
        List<Set<Long>> commits = idsOfCommits(run);
        long last = commits.stream()
                .flatMap(Set::stream)
                .mapToLong(Long::longValue)
                .max()
                .orElse(1);
        SplittableRandom random = new SplittableRandom(seed);
        int found = 0;
        int absent = 0;
        for (int round = 0; round < 3000; round++) {
            byte[] disk = run.startImage();
            int start = random.nextInt(run.memory().recorded());
            for (int step = 0; step < start; step++) {
                run.memory().replay(step, disk);
            }
            int from = (int) NativeWords.get(disk, HeaderLayout.COMMIT_SEQUENCE_OFFSET);
            boolean fast = round % 2 == 0;
            ReaderInterleavingTest.Replaying writer = new ReaderInterleavingTest.Replaying(
                    run.memory(), disk, start, random, fast ? 1 + random.nextInt(30) : 100 + random.nextInt(400));
            Set<Long> present = commits.get(from);
            long id = present.isEmpty() || random.nextInt(4) == 0
                    ? id(1 + random.nextLong(RequestId.sequence(last) + 1))
                    : new ArrayList<>(present).get(random.nextInt(present.size()));
            String where = "seed " + seed + ", round " + round + ", request " + RequestId.text(id);
            Optional<Request> answer;
            try {
                answer = new RequestReader(writer, SegmentGeometry.of(RecordedRun.LENGTH), "test/unit").find(id);
            } catch (SegmentException e) {
                // Rollbacks in each of so many looks.
                assertTrue(fast && String.valueOf(e.getMessage()).contains("faster than it could be read"), where);
                continue;
            }
            int to = (int) NativeWords.get(disk, HeaderLayout.COMMIT_SEQUENCE_OFFSET);
            boolean here = false;
            boolean gone = false;
            for (int commit = from; commit <= to; commit++) {
                here |= commits.get(commit).contains(id);
                gone |= !commits.get(commit).contains(id);
            }
            if (answer.isPresent()) {
                assertTrue(here, where);
                assertEquals(RequestsPlayer.taskOf(id), answer.get().task(), where);
                assertArrayEquals(RequestsPlayer.inputOf(id), answer.get().input(), where);
                found++;
            } else {
                assertTrue(gone, where);
                absent++;
            }
        }
        assertTrue(found > 500 && absent > 100, "seed " + seed + ": " + found + ", " + absent);
    }

    private static List<Set<Long>> idsOfCommits(RecordedRun run) {
        List<Set<Long>> commits = new ArrayList<>();
        byte[] disk = run.startImage();
        commits.add(Set.of());
        for (int step = 0; step < run.memory().recorded(); step++) {
            run.memory().replay(step, disk);
            if (NativeWords.get(disk, HeaderLayout.COMMIT_SEQUENCE_OFFSET) == commits.size()) {
                StateView view = TestSegments.snapshot(TestSegments.read(new RecordingMemory(disk)));
                Set<Long> ids = new HashSet<>();
                if (view.structure(Requests.STRUCTURE).isPresent()) {
                    view.requests(Requests.STRUCTURE).requests().forEach(request -> ids.add(request.id()));
                }
                commits.add(ids);
            }
        }
        return commits;
    }

    /** Two threads and a file: each request is looked for while its owner submits, adopts and rolls back without pause. */
    @Test
    void shouldFindItInAFileWhoseOwnerCommitsWithoutPause() throws Exception {
        Path file = TestSegments.create(directory.resolve("unit.seg"), TestSegments.spec(1 << 20));
        AtomicBoolean enough = new AtomicBoolean();
        AtomicReference<Throwable> problem = new AtomicReference<>();
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("unit.lock"), 1, 1)) {
            owner.recover();
            Requests table = owner.requests(ENTRIES, INPUT_BYTES);
            table.add(id(1), "task-1", input(id(1)), 1);
            owner.state().commit();
            Thread writing = new Thread(() -> {
                try {
                    for (long sequence = 2; !enough.get(); sequence++) {
                        int entry = table.add(id(sequence), "task-" + sequence, input(id(sequence)), sequence);
                        owner.state().commit();
                        table.attempts(entry, 1);
                        owner.state().commit();
                        table.free(entry);
                        owner.state().commit();
                    }
                } catch (RuntimeException | Error e) {
                    problem.set(e);
                }
            });
            writing.start();
            try (ReadOnlySegment reader = SegmentFile.openReadOnly(file)) {
                RequestReader looking = reader.requests();
                int others = 0;
                long next = 2;
                for (int i = 0; i < 20_000 && problem.get() == null; i++) {
                    assertFound(1, looking.find(id(1)));
                    Optional<Request> other = looking.find(id(next));
                    if (other.isPresent()) {
                        assertFound(next, other);
                        others++;
                    }
                    next = Math.max(2, reader.commitSequenceAcquire() / 3 + i % 3);
                }
                Proof.report("found of requests that come and go=" + others);
            } finally {
                enough.set(true);
                writing.join();
            }
        }
        assertEquals(null, problem.get());
    }

    @Test
    void shouldSayThatTheFileWasTruncated() throws Exception {
        Path file = TestSegments.create(directory.resolve("unit.seg"), TestSegments.spec(1 << 20));
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("unit.lock"), 1, 1)) {
            owner.recover();
            owner.requests(ENTRIES, INPUT_BYTES).add(id(1), "task-1", input(id(1)), 1);
            owner.state().commit();
        }
        try (ReadOnlySegment reader = SegmentFile.openReadOnly(file)) {
            RequestReader looking = reader.requests();
            assertFound(1, looking.find(id(1)));
            try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
                for (long length : new long[] {reader.geometry().arenaOffset() + 256, 4096, 0}) {
                    cut.setLength(length);
                    for (int i = 0; i < 3000; i++) {
                        SegmentException truncated = assertThrows(SegmentException.class, () -> looking.find(id(1)));
                        boolean told = truncated.getMessage().contains("truncated");
                        assertTrue(told || length > 4096, truncated.getMessage());
                    }
                }
            }
        }
    }
}
