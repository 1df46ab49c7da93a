package io.coppice.ops.demo.job;

import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.State;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.OnException;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.time.Duration;
import java.util.List;

/**
 * Counts the words of a file: {@code --input FILE --gate FILE}. A plain daemon, as a user would write it.
 *
 * <p>Each step reads one bounded piece of the input and commits the new position, the counts, and a word that the end of the
 * piece has cut, together. So whoever kills it at whatever instruction, the successor goes on at the first byte that is not
 * counted yet. Neither the length of the input, nor of a line, nor of a word matters to how much memory it takes.
 *
 * <p>The last step is taken only once the gate file exists: until then the daemon has work left, whoever asks. Once all is
 * counted it idles until it is told to stop. It does not return {@link Next#DONE}, for then it would have to run under a
 * restart policy by which an orderly end means that the work is done, and anybody's SIGTERM brings about an orderly end.
 * What it publishes is in {@link WordCountProgress}. Steps allocate nothing.
 */
public final class WordCountDaemon implements Daemon {
    /** Smallest state, in bytes, that holds the daemon's structures */
    public static final long SMALLEST_STATE_BYTES = 134 << 10;

    /** Most bytes of one step: some tenths of a millisecond's work. */
    static final int LONGEST_STEP_BYTES = 16 << 10;

    /** A short input is cut into about this many steps, so that it, too, can be interrupted in many places. */
    static final int STEPS_OF_A_SHORT_INPUT = 512;

    /** Of the undo log's room: an unfinished word is logged, and everything counted in the same step. */
    private static final int UNDO_BYTES_PER_INPUT_BYTE = 4;

    private static final Next GATE_CLOSED = Next.after(Duration.ofMillis(2));
    private static final Next ALL_COUNTED = Next.after(Duration.ofDays(1));

    private static final RecordLayout.Builder FIELDS = RecordLayout.named("word-count-plan");
    private static final LongField FREE_BYTES = FIELDS.int64("freeBytes");
    private static final LongField INPUT_LENGTH = FIELDS.int64("inputLengthBytes");
    private static final RecordLayout PLAN = FIELDS.build();

    private File input = new File("");
    private File gate = new File("");
    private @org.jspecify.annotations.Nullable Open open;

    private byte[] piece = {};

    /** What start opened; one field to check instead of five. */
    private record Open(
            RandomAccessFile file, long inputLength, WordCounter counter, Record progress, long incarnation) {}

    @Override
    public void start(DaemonContext context) throws IOException, StateTooSmallException {
        input = new File(valueOf("--input", context.args()));
        gate = new File(valueOf("--gate", context.args()));
        RandomAccessFile file = new RandomAccessFile(input, "r");
        State state = context.state();
        Record plan = state.record("plan", PLAN);
        Record progress = state.published(WordCountProgress.RECORD, WordCountProgress.LAYOUT);
        if (plan.get(FREE_BYTES) == 0) {
            plan.set(FREE_BYTES, state.freeBytes());
            plan.set(INPUT_LENGTH, file.length());
            progress.set(WordCountProgress.INPUT_LENGTH_BYTES, file.length());
        }
        long inputLength = plan.get(INPUT_LENGTH);
        requireUnchanged(inputLength, file.length());
        WordCounter counter = new WordCounter(state, WordCountSizes.of(plan.get(FREE_BYTES)));
        context.commit();
        piece = new byte[stepBytes(inputLength, state.undoFreeBytes())];
        open = new Open(file, inputLength, counter, progress, context.incarnation());
    }

    /** Bytes of one step. Steps shrink with the input and with the undo log, down to one byte. */
    static int stepBytes(long inputLength, long undoFreeBytes) {
        long byInput = Math.max(1, inputLength / STEPS_OF_A_SHORT_INPUT);
        long byUndo = Math.max(1, undoFreeBytes / UNDO_BYTES_PER_INPUT_BYTE);
        return (int) Math.min(LONGEST_STEP_BYTES, Math.min(byInput, byUndo));
    }

    @Override
    public Next step() throws IOException, StateTooSmallException {
        Open o = java.util.Objects.requireNonNull(open, "start() comes first");
        Record progress = o.progress();
        if (progress.get(WordCountProgress.FINISHED) == 1) {
            return ALL_COUNTED;
        }
        long position = progress.get(WordCountProgress.POSITION_BYTES);
        long left = o.inputLength() - position;
        boolean wouldFinish = left <= piece.length;
        if (wouldFinish && !gate.exists()) {
            publishStep(o, position, 1, 0);
            return GATE_CLOSED;
        }
        int length = (int) Math.min(piece.length, left);
        read(o, position, length);
        long wordsBefore = o.counter().words();
        position += o.counter().count(piece, length);
        boolean finished =
                position == o.inputLength() && (length == 0 || o.counter().hasUndoRoom());
        if (finished) {
            o.counter().endWord();
        }
        progress.add(WordCountProgress.WORDS, o.counter().words() - wordsBefore);
        progress.set(WordCountProgress.DISTINCT_WORDS, o.counter().distinctWords());
        publishStep(o, position, 0, finished ? 1 : 0);
        return finished ? ALL_COUNTED : Next.AGAIN;
    }

    private static void publishStep(Open o, long position, long waiting, long finished) {
        Record progress = o.progress();
        if (progress.get(WordCountProgress.INCARNATION) != o.incarnation()) {
            progress.set(WordCountProgress.INCARNATION, o.incarnation());
            progress.set(WordCountProgress.INCARNATION_STEPS, 0);
        }
        progress.add(WordCountProgress.INCARNATION_STEPS, 1);
        progress.add(WordCountProgress.STEPS, 1);
        progress.set(WordCountProgress.POSITION_BYTES, position);
        progress.set(WordCountProgress.WAITING, waiting);
        progress.set(WordCountProgress.FINISHED, finished);
    }

    private void read(Open o, long position, int length) throws IOException {
        o.file().seek(position);
        int have = 0;
        while (have < length) {
            int got = o.file().read(piece, have, length - have);
            if (got < 0) {
                throw new EOFException(input + " ended at byte " + (position + have) + "; it had " + o.inputLength()
                        + " bytes when the count began");
            }
            have += got;
        }
    }

    private void requireUnchanged(long before, long now) throws IOException {
        if (before != now) {
            throw new IOException(input + " has " + now + " bytes; it had " + before
                    + " when the count began. Begin again (--fresh)");
        }
    }

    /** Closes the input. */
    @Override
    public void stop() throws IOException {
        Open o = open;
        if (o != null) {
            o.file().close();
        }
    }

    /** Neither a word without room nor an input that cannot be read gets better by a restart. */
    @Override
    public OnException onException(Exception e) {
        return OnException.FAIL;
    }

    private static String valueOf(String option, List<String> args) {
        int at = args.indexOf(option);
        if (at < 0 || at + 1 >= args.size()) {
            throw new IllegalArgumentException(option + ": missing; expected --input FILE --gate FILE");
        }
        return args.get(at + 1);
    }
}
