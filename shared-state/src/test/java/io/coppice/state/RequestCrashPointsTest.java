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
        int looks = 0;
        int done = 0;
        for (int round = 0; round < 40; round++) {
            byte[] bytes = run.startImage();
            Header header = TestSegments.read(new RecordingMemory(bytes)).header();
            ReaderInterleavingTest.Replaying writer =
                    new ReaderInterleavingTest.Replaying(life, bytes, 0, random, 1 + random.nextInt(6));
            ReadOnlySegment reader = new ReadOnlySegment(writer, header, null);
            while (!writer.finished()) {
                long id = reader.requestId();
                int from = writer.replayed();
                boolean told = reader.done(id);
                boolean was = false;
                for (int prefix = from; prefix <= writer.replayed(); prefix++) {
                    was |= doneAfter[prefix] == id;
                }
                assertTrue(!told || was, "seed " + seed + ", round " + round + ", prefix " + from + ", request " + id);
                looks++;
                done += told ? 1 : 0;
            }
        }
        assertTrue(looks > 1000 && done > 100, "looks " + looks + ", done " + done);
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
