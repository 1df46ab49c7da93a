package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.LayoutMismatchException;
import io.coppice.state.Phase;
import io.coppice.state.RequestId;
import io.coppice.state.root.ChildStateCode;
import io.coppice.worker.Daemon;
import io.coppice.worker.Transaction;
import io.coppice.worker.TransactionFailedException;
import io.coppice.worker.future.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A task may write anything into its slot's segment, before its process ends and after. Each request has one outcome all the same, and the
 * daemon takes no harm.
 */
class HostileSlotTest extends LedgerOnSegments {
    /** The real world on a clock that the test can advance. */
    private record Skipping(WorkerPort world, long[] skippedNs) implements WorkerPort {
        @Override
        public void phase(Phase phase) {
            world.phase(phase);
        }

        @Override
        public void lastWords(String text) {
            world.lastWords(text);
        }

        @Override
        public void bumpHeartbeat() {
            world.bumpHeartbeat();
        }

        @Override
        public void busy(long atMostMs) {
            world.busy(atMostMs);
        }

        @Override
        public void commit() {
            world.commit();
        }

        @Override
        public void commitStep() {
            world.commitStep();
        }

        @Override
        public void requestCheckpoint() {
            world.requestCheckpoint();
        }

        @Override
        public boolean evolve(Daemon daemon, LayoutMismatchException mismatch) throws Exception {
            return world.evolve(daemon, mismatch);
        }

        @Override
        public void rollback() {
            world.rollback();
        }

        @Override
        public long nanoTime() {
            return world.nanoTime() + skippedNs[0];
        }

        @Override
        public void park(long ns) {
            skippedNs[0] += ns;
        }

        @Override
        public void log(String line, @Nullable Throwable thrown) {
            world.log(line, thrown);
        }
    }

    private static final long STEP_NS = 100_000_000;

    /** Of {@link #STEP_NS}: more than it takes to look whether a file is another one. */
    private static final int TURNS = 40;

    private static final int PAGE = 4096;

    @SuppressWarnings("NullAway.Init")
    private Skipping world;

    HostileSlotTest() {
        super(new TransactionLimits(2, 4, 64, 4));
    }

    @Override
    WorkerPort world(WorkerPort real) {
        world = new Skipping(real, new long[1]);
        return world;
    }

    private void turnUntilDone(Future<?> future, String what) {
        for (int i = 0; future.isPending() && i < TURNS; i++) {
            world.park(STEP_NS);
            turn();
            port.endsPause();
        }
        assertFalse(future.isPending(), what);
    }

    private static long[] words(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        long[] words = new long[bytes.capacity() / Long.BYTES];
        bytes.asLongBuffer().get(words);
        return words;
    }

    private static void store(Path file, long offset, long word) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
            channel.write(bytes.putLong(0, word), offset);
        }
    }

    private static void shorten(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    /** Where a result is kept: the word that is the id, and the one behind it that stamps the result. */
    private static long requestOffset(Path file, long id) throws IOException {
        long[] words = words(file);
        for (int i = PAGE / Long.BYTES / 2; i < PAGE / Long.BYTES; i++) {
            if (words[i] == id) {
                return (long) i * Long.BYTES;
            }
        }
        throw new AssertionError("no id in page 0 of " + file);
    }

    private static TransactionFailedException failure(Future<?> future) {
        return (TransactionFailedException) future.failure();
    }

    @Test
    void shouldFailWhatTheRootHasSeenDoneAndTheSegmentDoesNotHold() throws Exception {
        Transaction<String> one = desk().submit(Upper.TYPE, "one");
        turn();
        result(1, one.id().value(), "ONE");
        store(slot(1), requestOffset(slot(1), one.id().value()), 4711);
        row(1, one.id().value(), ChildStateCode.COMPLETED);
        turnUntilDone(one.future(), "another id");
        assertEquals(
                "it was done, and its result is lost: the segment of its slot does not hold it any more",
                failure(one.future()).reason());
        assertEquals(0, segment.request(1), "the slot is free");
        assertEquals(1, desk().quarantined().size());
    }

    @Test
    void shouldFailWhatIsDoneInASegmentThatIsGoneOrShortOrNone() throws Exception {
        for (String way : List.of("gone", "empty", "half", "page", "directory", "garbage")) {
            Transaction<String> one = desk().submit(Upper.TYPE, way);
            turn();
            result(1, one.id().value(), "ONE");
            switch (way) {
                case "gone" -> Files.delete(slot(1));
                case "empty" -> shorten(slot(1), 0);
                case "half" -> shorten(slot(1), STATE_BYTES / 2);
                case "page" -> shorten(slot(1), PAGE);
                case "directory" -> {
                    Files.delete(slot(1));
                    Files.createDirectory(slot(1));
                }
                default -> Files.write(slot(1), new byte[STATE_BYTES]);
            }
            row(1, one.id().value(), ChildStateCode.COMPLETED);
            turnUntilDone(one.future(), way);
            if (way.equals("empty") || way.equals("page") || way.equals("garbage")) {
                assertTrue(one.future().isFailed(), way); // Of the others what is mapped may still be good.
            }
            Files.deleteIfExists(slot(1));
            create("thumbs@1");
            world.park(TURNS * STEP_NS); // So that it is looked for again.
            row(1, one.id().value(), ChildStateCode.STOPPED);
        }
        Transaction<String> after = desk().submit(Upper.TYPE, "after");
        turn();
        result(1, after.id().value(), "AFTER");
        turnUntilDone(after.future(), "after");
        assertEquals("AFTER", after.future().value(), "a sound segment serves again");
    }

    @Test
    void shouldNotWaitForASegmentThatSaysForeverThatItIsBeingChanged() throws Exception {
        Transaction<String> one = desk().submit(Upper.TYPE, "one");
        turn();
        result(1, one.id().value(), "ONE");
        long[] words = words(slot(1));
        long sequence = words[(int) (commitSequenceOffset() / Long.BYTES)];
        assertTrue(sequence > 0);
        store(slot(1), commitSequenceOffset() + 4 * Long.BYTES, 1);
        row(1, one.id().value(), ChildStateCode.COMPLETED);
        turnUntilDone(one.future(), "a step back that does not end");
        assertEquals("ONE", one.future().value(), "it is committed, and where it was");
    }

    /** The commit line follows the identity; see the drawing of the header. */
    private static long commitSequenceOffset() {
        return 256;
    }

    @Test
    void shouldSettleEachRequestOnceWhateverItsSegmentHolds() throws Exception {
        long seed = Long.getLong("coppice.test.seed", 11);
        SplittableRandom random = new SplittableRandom(seed);
        int[] outcomes = new int[2];
        for (int life = 0; life < 200; life++) {
            String what = "seed " + seed + ", life " + life;
            Transaction<String> one = desk().submit(Upper.TYPE, "one");
            int[] told = {0};
            one.future().onAny(outcome -> told[0]++);
            turn();
            result(1, one.id().value(), "ONE");
            long[] words = words(slot(1));
            int changes = 1 + random.nextInt(4);
            for (int i = 0; i < changes; i++) {
                store(slot(1), (long) Long.BYTES * interesting(random, words), hostile(random, words));
            }
            if (random.nextInt(3) == 0) {
                turn();
            }
            row(1, one.id().value(), ChildStateCode.COMPLETED);
            turnUntilDone(one.future(), what);
            turn();
            assertEquals(1, told[0], what);
            assertEquals(0, segment.request(1), what);
            outcomes[one.future().isReady() ? 1 : 0]++;
            Files.deleteIfExists(slot(1));
            create("thumbs@1");
            world.park(TURNS * STEP_NS); // So that it is looked for again.
            row(1, one.id().value(), ChildStateCode.STOPPED);
        }
        assertTrue(outcomes[0] > 0 && outcomes[1] > 0, outcomes[0] + " failed, " + outcomes[1] + " ready");
    }

    /** Most are zero; what is not decides. */
    private static int interesting(SplittableRandom random, long[] words) {
        while (true) {
            int word = random.nextInt(words.length);
            if (words[word] != 0 || random.nextInt(200) == 0) {
                return word;
            }
        }
    }

    private static long hostile(SplittableRandom random, long[] words) {
        return switch (random.nextInt(7)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> Long.MAX_VALUE;
            case 3 -> Long.MIN_VALUE;
            case 4 -> 1L << random.nextInt(63);
            case 5 -> words[random.nextInt(words.length)];
            default -> random.nextLong();
        };
    }

    /** The next process there may make it anew. If not, what it is given would fail there at once, so that it would be given the next. */
    @Test
    void shouldGiveOneMoreToASlotWithoutASegmentAndThenNoneWhileAnotherIsSound() throws Exception {
        Transaction<String> hostile = desk().submit(Upper.TYPE, "hostile");
        turn();
        Files.write(slot(1), new byte[STATE_BYTES]);
        row(1, hostile.id().value(), ChildStateCode.FAILED);
        turnUntilDone(hostile.future(), "hostile");
        row(1, 0, ChildStateCode.STOPPED);

        Transaction<String> two = desk().submit(Upper.TYPE, "two");
        Transaction<String> three = desk().submit(Upper.TYPE, "three");
        turn();
        assertEquals(List.of(two.id().value(), three.id().value()), List.of(segment.request(1), segment.request(2)));
        row(1, two.id().value(), ChildStateCode.FAILED);
        turnUntilDone(two.future(), "two");
        row(1, 0, ChildStateCode.STOPPED);

        Transaction<String> four = desk().submit(Upper.TYPE, "four");
        turn();
        assertEquals(List.of(0L, three.id().value()), List.of(segment.request(1), segment.request(2)));
        result(2, three.id().value(), "THREE");
        turnUntilDone(three.future(), "three");
        turn();
        assertEquals(List.of(0L, four.id().value()), List.of(segment.request(1), segment.request(2)));

        Files.delete(slot(2));
        row(2, four.id().value(), ChildStateCode.FAILED);
        turnUntilDone(four.future(), "four");
        Transaction<String> five = desk().submit(Upper.TYPE, "five");
        turn();
        assertEquals(five.id().value(), segment.request(1), "where none is sound, a failure is better than none");
    }

    @Test
    void shouldServeAsBeforeOnceASlotsSegmentWasMadeAnew() throws Exception {
        Transaction<String> hostile = desk().submit(Upper.TYPE, "hostile");
        turn();
        Files.write(slot(1), new byte[STATE_BYTES]);
        row(1, hostile.id().value(), ChildStateCode.FAILED);
        turnUntilDone(hostile.future(), "hostile");
        row(1, 0, ChildStateCode.STOPPED);

        Transaction<String> two = desk().submit(Upper.TYPE, "two");
        turn();
        assertEquals(two.id().value(), segment.request(1));
        create("thumbs@1");
        result(1, two.id().value(), "TWO");
        turnUntilDone(two.future(), "two");
        assertEquals("TWO", two.future().value());
    }

    /** Else one task could use up all the numbers that its daemon will ever give. */
    @Test
    void shouldBelieveNoIdThatIsFarAway() throws Exception {
        result(1, RequestId.of(segment.timeline(), RequestId.MAX_SEQUENCE), "far");
        result(2, RequestId.of(segment.timeline(), 17), "near");
        segment.close();
        live();
        assertEquals("1-18", desk().submit(Upper.TYPE, "one").id().toString());
    }
}
