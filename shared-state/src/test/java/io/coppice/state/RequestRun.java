package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.CrashError;
import io.coppice.state.testing.RecordingMemory;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A seeded life of a slot's segment: request after request, attempts that get on and commit, roll back, die in the middle of
 * anything, and commit a result at last; some go on after it. Each commit's contents say whose they are, and whether they
 * hold the result.
 */
final class RequestRun implements CrashRun {
    private static final int LENGTH = (int) SegmentSpec.MIN_LENGTH_BYTES + (8 << 10);
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("scratch");
    private static final LongField OF = BUILDER.int64("of");
    private static final LongField DONE = BUILDER.int64("done");
    private static final LongField PROGRESS = BUILDER.int64("progress");
    private static final RecordLayout SCRATCH = BUILDER.build();
    private static final String NAME = "scratch";

    private final SplittableRandom random;
    private final UnaryOperator<Memory> port;
    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private final byte[] start = memory.copy();

    /** Of each commit: whose contents, whether they hold the result, how far they are. By timeline and number. */
    private final Map<String, Contents> commits = new HashMap<>();

    /** Prefixes of the stores, each with the request that is done there for sure. */
    private final Map<Integer, Long> doneAt = new HashMap<>();

    private final Set<Long> doneEver = new HashSet<>();
    private OwnedSegment segment = TestSegments.own(new RecordingMemory(memory.copy()), 1);
    private Contents committed = Contents.NONE;
    private Contents present = Contents.NONE;
    private long request;
    private long incarnation;
    private int deaths;
    private boolean stamped;

    /** Whether the next request is begun, from which on the last one's result may be gone. */
    private boolean beginning;

    /** What the record says; all 0 if there is none. */
    private record Contents(long of, long done, long progress) {
        static final Contents NONE = new Contents(0, 0, 0);
    }

    private RequestRun(long seed, UnaryOperator<Memory> port) {
        this.random = new SplittableRandom(seed);
        this.port = port;
    }

    /** @param port what the owners see of the segment's memory */
    static RequestRun of(long seed, int steps, UnaryOperator<Memory> port) {
        RequestRun run = new RequestRun(seed, port);
        run.play(steps);
        return run;
    }

    private void play(int steps) {
        memory.startRecording();
        takeOver();
        for (int step = 0; step < steps; step++) {
            if (random.nextInt(4) == 0) {
                memory.crashAfter(random.nextInt(40));
            }
            try {
                playStep();
            } catch (CrashError e) {
                memory.surviveFromNow();
                deaths++;
                noteCommit();
                takeOver();
            }
            memory.surviveFromNow();
            noteDone();
        }
        assertTrue(deaths > 3 && doneEver.size() > 3, "deaths " + deaths + ", results " + doneEver.size());
    }

    private void playStep() {
        boolean finished = segment.requestId() != 0 && TestSegments.read(memory).done(segment.requestId());
        int choice = random.nextInt(10);
        if (segment.requestId() == 0 || choice == 0 || (finished && choice < 7)) {
            request++;
            beginning = true;
            segment.beginRequest(request);
            beginning = false;
            committed = present = Contents.NONE;
            noteCommit();
            return;
        }
        Record record = segment.state().record(NAME, SCRATCH);
        record.set(OF, segment.requestId());
        record.add(PROGRESS, 1);
        long progress = present.progress() + 1;
        present = new Contents(segment.requestId(), present.done(), progress);
        if (choice < 4) {
            if (!finished) {
                record.set(DONE, 1);
                present = new Contents(present.of(), 1, progress);
                stamped = true;
                segment.stampResult();
            }
            commit();
            beginning &= finished;
        } else if (choice < 8) {
            commit();
        } else if (choice == 8) {
            if (!finished) {
                segment.stampResult();
            }
            segment.state().rollback();
            present = committed;
        }
    }

    private void commit() {
        segment.state().commit();
        noteCommit();
    }

    /** A death may come after the store that decides and before anybody knows. */
    private void noteCommit() {
        String key = key(memory);
        if (pending(memory)) {
            committed = Contents.NONE;
        } else if (!commits.containsKey(key)) {
            committed = memory.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET) == 0 ? Contents.NONE : present;
            if (committed.done() != 0 && stamped) {
                doneEver.add(committed.of());
            }
        }
        commits.putIfAbsent(key, committed);
        present = committed;
    }

    private void noteDone() {
        if (committed.done() != 0 && !beginning) {
            doneAt.put(memory.recorded(), committed.of());
        }
    }

    private void takeOver() {
        segment = TestSegments.own(port.apply(memory), ++incarnation);
        segment.recover();
        stamped = false;
        noteCommit();
    }

    private static boolean pending(RecordingMemory disk) {
        return disk.getLong(HeaderLayout.STEP_BACK_OFFSET) != StepBack.NONE;
    }

    private static String key(RecordingMemory disk) {
        if (pending(disk)) {
            return disk.getLong(HeaderLayout.STEP_BACK_TIMELINE_OFFSET) + "/0";
        }
        return disk.getLong(HeaderLayout.TIMELINE_OFFSET) + "/" + disk.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
    }

    @Override
    public RecordingMemory memory() {
        return memory;
    }

    @Override
    public byte[] startImage() {
        return start.clone();
    }

    /** The request that is done for sure after so many stores; 0 nobody says. */
    long doneAt(int prefix) {
        return doneAt.getOrDefault(prefix, 0L);
    }

    /** What is decided: the contents, whose they are, and the stamp of a commit that is stored. */
    private record Decided(String commit, long requestId, long stamp) {}

    @Override
    public Object expected(RecordingMemory disk) {
        long stamp = disk.getLong(HeaderLayout.RESULT_STAMP_OFFSET);
        boolean counts = !pending(disk) && stamp <= disk.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        return new Decided(key(disk), disk.getLong(HeaderLayout.REQUEST_ID_OFFSET), counts ? stamp : 0);
    }

    @Override
    public void recover(RecordingMemory disk) {
        TestSegments.own(port.apply(disk), 1_000_000).recover();
    }

    @Override
    public void assertHolds(Object expected, RecordingMemory recovered, Supplier<String> where) {
        assertEquals(expected, expected(recovered), where);
        long stamp = recovered.getLong(HeaderLayout.RESULT_STAMP_OFFSET);
        assertTrue(stamp <= recovered.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET), where);
        assertReaders(recovered.bytes(), where.get());
        ReadOnlySegment reader = TestSegments.read(recovered);
        StateView view = TestSegments.snapshot(reader);
        Contents contents = contents(view);
        assertEquals(commits.get(((Decided) expected).commit()), contents, where);
        // Without a record they are empty, and nobody's.
        assertTrue(contents.of() == 0 || contents.of() == reader.requestId(), where);
    }

    private static Contents contents(StateView view) {
        if (view.structure(NAME).isEmpty()) {
            return Contents.NONE;
        }
        RecordView record = view.record(NAME, SCRATCH);
        return new Contents(record.get(OF), record.get(DONE), record.get(PROGRESS));
    }

    /** Nobody is done whose result is not committed. */
    @Override
    public void assertReaders(byte[] disk, String where) {
        RecordingMemory segmentWords = new RecordingMemory(disk);
        ReadOnlySegment reader = TestSegments.read(segmentWords);
        long id = reader.requestId();
        for (long other = 1; other <= request; other++) {
            if (reader.done(other)) {
                assertEquals(id, other, where);
                Contents contents = commits.get(key(segmentWords));
                assertNotNull(contents, where);
                assertEquals(new Contents(id, 1, contents.progress()), contents, where);
            }
        }
    }
}
