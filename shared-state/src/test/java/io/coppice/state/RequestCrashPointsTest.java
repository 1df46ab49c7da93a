package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: no crash point of beginning a request, of its commits or of its result leaves a segment that says it is done and is
 * not, or a request with the contents of another. Method: as {@link CrashPointsTest}, with a slot's life; every prefix of
 * its stores, and all that {@link CrashExplorer} makes of it: other orders of stores, and recoveries that die.
 */
class RequestCrashPointsTest {
    private static final int STEPS = 80;

    @ParameterizedTest
    @ValueSource(longs = {201, 202, 203})
    void shouldBeDoneExactlyWhenTheResultIsCommitted(long seed) {
        RequestRun run = RequestRun.of(seed, STEPS, UnaryOperator.identity());
        byte[] disk = run.startImage();
        for (int step = 0; step < run.memory().recorded(); step++) {
            run.memory().replay(step, disk);
            String where = "seed " + seed + ", prefix " + (step + 1);
            run.assertReaders(disk, where);
            long done = run.doneAt(step + 1);
            assertTrue(done == 0 || TestSegments.read(new RecordingMemory(disk)).done(done), where);
        }
    }

    /** The same for a reader beside a living owner: who is told that a request is done, it was, at some moment of the look. */
    @ParameterizedTest
    @ValueSource(longs = {221, 222})
    void shouldBeDoneForAReaderOnlyIfItIsMeanwhile(long seed) {
        RequestRun run = RequestRun.of(seed, STEPS, UnaryOperator.identity());
        RecordingMemory life = run.memory();
        long[] doneAfter = new long[life.recorded() + 1];
        byte[] disk = run.startImage();
        for (int step = 0; step < life.recorded(); step++) {
            life.replay(step, disk);
            ReadOnlySegment still = TestSegments.read(new RecordingMemory(disk));
            doneAfter[step + 1] = still.done(still.requestId()) ? still.requestId() : 0;
        }
        SplittableRandom random = new SplittableRandom(seed);
        Header header = TestSegments.read(new RecordingMemory(run.startImage())).header();
        int done = 0;
        disk = run.startImage();
        for (int from = 0; from < life.recorded(); from++) {
            for (int look = 0; look < 60; look++) {
                Jumping writer = new Jumping(life, disk.clone(), from, random.nextInt(5), random.nextInt(150));
                long id = new RecordingMemory(disk).getLong(HeaderLayout.REQUEST_ID_OFFSET);
                boolean told = new ReadOnlySegment(writer, header, null).done(id);
                boolean was = false;
                for (int prefix = from; prefix <= writer.replayed(); prefix++) {
                    was |= doneAfter[prefix] == id;
                }
                assertTrue(!told || was, "seed " + seed + ", prefix " + from + ", request " + id);
                done += told ? 1 : 0;
            }
            life.replay(from, disk);
        }
        assertTrue(done > 1000, "done " + done);
    }

    /** Lets the writer go on once, between two words read, for so many stores. */
    private static final class Jumping extends ReaderInterleavingTest.Reading {
        private final RecordingMemory life;
        private final byte[] bytes;
        private final int stores;
        private int next;
        private int readsBefore;

        Jumping(RecordingMemory life, byte[] bytes, int next, int readsBefore, int stores) {
            super(bytes);
            this.life = life;
            this.bytes = bytes;
            this.next = next;
            this.readsBefore = readsBefore;
            this.stores = stores;
        }

        int replayed() {
            return next;
        }

        @Override
        void goOn() {
            if (readsBefore-- == 0) {
                for (int store = 0; store < stores && next < life.recorded(); store++) {
                    life.replay(next++, bytes);
                }
            }
        }
    }

    @Test
    void shouldHoldItAfterEveryCrashPoint() {
        long points = 0;
        for (long seed = 211; seed < 215; seed++) {
            RequestRun run = RequestRun.of(seed, STEPS, UnaryOperator.identity());
            CrashExplorer explorer = new CrashExplorer(run, "seed " + seed, seed, 4);
            explorer.explore(20_000);
            points += explorer.points();
        }
        Proof.report("crash points of requests=" + points);
        assertTrue(points > 10_000, "crash points " + points);
    }
}
