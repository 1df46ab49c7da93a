package io.coppice.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads somebody's channel or broadcast from where a cursor of the reader's own segment stands. Thread of the cursor's owner.
 * Polling allocates nothing, except to tell what is rare.
 *
 * <p>Messages are handled in order, each once per commit of the reader: the cursor moves with the reader's state, so a
 * crash or rollback of the reader repeats what it had not committed, and nothing else. Only what the writer has committed is
 * seen, also while the writer is dead. The writer's memory is trusted in nothing: whatever it holds, a poll ends, and reads
 * within the segment.
 *
 * <p>Bytes of the ring are copied in batches up to the committed end and then read from the copy, so a message costs no
 * access to foreign memory of its own. {@link PlaceLayout} and {@link RingLayout} argue why what is copied is whole.
 */
public final class RingReader {
    /** Of one copy: many short messages, in half of a small L1 cache. */
    private static final int BATCH_BYTES = 16 << 10;

    /** Copies of one fetch at most: padding, the start of a message longer than a batch, that message. */
    private static final int COPIES = 3;

    /** What a message with a checksum takes beside its bytes. */
    private static final int CHECKED_BYTES = RingLayout.MESSAGE_OFFSET + RingLayout.CHECKSUM_LENGTH;

    /** commitSequence, rollbackCount and timeline, which share a line. */
    private static final int LINE_BYTES =
            HeaderLayout.TIMELINE_OFFSET + Long.BYTES - HeaderLayout.COMMIT_SEQUENCE_OFFSET;

    /** From intactFrom to the end. */
    private static final int END_LEAD_BYTES = RingLayout.END_OFFSET - RingLayout.INTACT_FROM_OFFSET;

    /** Of a copy made before it is known how much was sent: a few short messages. */
    private static final int MAX_GUESS_BYTES = 256;

    private final ReadOnlySegment segment;
    private final Memory memory;
    private final Cursor cursor;
    private final long origin;
    private final ForeignPlace end;
    private final byte[] line = new byte[LINE_BYTES];
    private final RingPoll.Messages messages = new RingPoll.Messages();

    /** Where the ring is, on that timeline; -1 not known. */
    private long data = -1;

    private long ring;
    private int capacity;
    private long timeline;
    private RingPoll.@Nullable Unavailable missing;
    private long missingAtCommit;

    private long endCommit = -1;
    private long endPosition;
    private long endNumber;

    /** A copy of the ring from {@link #batchFrom} to {@link #batchTo}; a cursor at batchStart goes on at batchFrom. */
    private byte[] batch = new byte[0];

    private long batchStart;
    private long batchFrom;
    private long batchTo;

    /** Bytes of the last batch: the next one, copied before the end is known, is as long. */
    private int lastBytes;

    private int guessed;

    /** From there on each message must have a checksum. */
    private long checkedFrom = Long.MAX_VALUE;

    /** Bytes of the ring that the message takes which was last found whole. */
    private int taken;

    private RingPoll.@Nullable TimelineChanged changed;
    private long resyncPosition;
    private long resyncNumber;

    RingReader(ReadOnlySegment segment, Cursor cursor) {
        this.segment = segment;
        this.memory = segment.memory();
        this.cursor = cursor;
        this.end = new ForeignPlace(memory, END_LEAD_BYTES);
        this.origin = segment.header().createdEpochMs();
    }

    /**
     * Handles the messages that are there, and moves the cursor past them. The handler must neither commit nor roll back: the
     * cursor would not be where the state is.
     *
     * @param limit most messages, 1 or more
     * @return what happened; {@link RingPoll.Messages} is the same object each time
     * @throws UndoLogFullException if the cursor was created since the last commit, and the undo log is full
     * @throws IllegalStateException if the handler did commit or roll back
     */
    public RingPoll poll(MessageHandler handler, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be 1 or more, not " + limit + ".");
        }
        OwnPlace place = cursor.place();
        long from = inBatch(place);
        if (from < 0 || !wholeMessageAt(from)) {
            try {
                RingPoll nothing = fetch(place);
                if (nothing != null) {
                    return nothing;
                }
            } catch (SegmentDamagedException | IndexOutOfBoundsException e) {
                return unavailable(String.valueOf(e.getMessage()));
            }
            from = batchFrom;
        }
        messages.count = handle(handler, limit, from, place.number());
        return messages;
    }

    /**
     * Accepts the writer's timeline that {@link RingPoll.TimelineChanged} told: the cursor goes to where its history and the
     * writer's part, or to the start of the writer's timeline if that is not known; {@link
     * RingPoll.TimelineChanged#skippedMessages} says how many it then passes over. Does nothing if nothing was told.
     */
    public void resync() {
        RingPoll.TimelineChanged accepted = changed;
        if (accepted != null) {
            cursor.move(origin, accepted.toTimeline(), resyncPosition, resyncNumber);
            changed = null;
        }
    }

    /** Where to go on in the batch, -1 if it does not help. */
    private long inBatch(OwnPlace place) {
        long position = place.position();
        if (place.timeline() != timeline || place.origin() != origin || batchFrom == batchTo) {
            return -1;
        }
        if (position == batchStart) {
            return batchFrom;
        }
        return position >= batchFrom && position < batchTo ? position : -1;
    }

    private boolean wholeMessageAt(long position) {
        int at = (int) (position - batchFrom);
        int left = (int) (batchTo - position);
        if (left < RingLayout.MESSAGE_OFFSET) {
            return false;
        }
        int kind = NativeWords.getInt(batch, at + RingLayout.KIND_OFFSET);
        int length = NativeWords.getInt(batch, at + RingLayout.LENGTH_OFFSET);
        if (length < 0 || length > left - RingLayout.MESSAGE_OFFSET) {
            return false;
        }
        if (kind == RingLayout.MESSAGE) {
            taken = RingLayout.taken(length);
            return position < checkedFrom;
        }
        return kind == RingLayout.CHECKED_MESSAGE && soundMessageAt(position, at, left, length);
    }

    /** Not so if it is damaged: then it is looked at again, and told if it still is. */
    private boolean soundMessageAt(long position, int at, int left, int length) {
        int checksum = RingLayout.taken(length);
        if (left < checksum + RingLayout.CHECKSUM_LENGTH) {
            return false;
        }
        long header = NativeWords.get(batch, at);
        taken = checksum + RingLayout.CHECKSUM_LENGTH;
        return NativeWords.get(batch, at + checksum)
                == ArenaHash.ofMessage(position, header, batch, at + RingLayout.MESSAGE_OFFSET, length);
    }

    private int handle(MessageHandler handler, int limit, long from, long first) {
        long moment = cursor.moment();
        long position = from;
        int count = 0;
        try {
            do {
                int at = (int) (position - batchFrom);
                int length = NativeWords.getInt(batch, at + RingLayout.LENGTH_OFFSET);
                handler.onMessage(batch, at + RingLayout.MESSAGE_OFFSET, length, first + count + 1);
                position += taken;
                count++;
            } while (count < limit && wholeMessageAt(position));
        } finally {
            if (count > 0 && cursor.moment() == moment) {
                cursor.move(origin, timeline, position, first + count);
            }
        }
        if (cursor.moment() != moment) {
            throw new IllegalStateException("The handler of ring " + cursor.ring() + " of " + cursor.writer()
                    + " committed or rolled back. Do that after poll(), so that the cursor goes with the state.");
        }
        return count;
    }

    /** Copies what follows the cursor: null if the batch then starts with a whole message, else what to answer. */
    private @Nullable RingPoll fetch(OwnPlace place) {
        long committed = readLine();
        long rollbacks = rollbacks();
        long current = currentTimeline();
        if ((data < 0 || current != timeline) && !locate(committed, current)) {
            return missing;
        }
        if ((rollbacks & 1) != 0 && steppedBack()) {
            return RingPoll.Empty.EMPTY; // It is replacing its contents just now.
        }
        guessed = 0;
        // An end that was read before is of this very commit, and of the timeline that it was read on.
        if (committed != endCommit && !readEnd(committed, place.position())) {
            return RingPoll.Empty.EMPTY; // The writer is too fast.
        }
        if (currentTimeline() != timeline || (rollbacks() != rollbacks && steppedBack())) {
            return RingPoll.Empty.EMPTY; // It has begun to since, so the end is not to be judged by.
        }
        boolean used = place.timeline() != 0;
        if (used && (place.timeline() != current || place.origin() != origin)) {
            return changed(place);
        }
        changed = null;
        if (place.position() >= endPosition) {
            return place.position() == endPosition || !end.latest()
                    ? RingPoll.Empty.EMPTY
                    : unavailable(
                            "its end is at position " + endPosition + ", before the cursor at " + place.position());
        }
        return copy(place, rollbacks);
    }

    private @Nullable RingPoll copy(OwnPlace place, long rollbacks) {
        long start = place.position();
        long from = start;
        int wanted = BATCH_BYTES;
        for (int copies = 0; copies < COPIES; copies++) {
            int offset = (int) from & (capacity - 1);
            int most = (int) Math.min(endPosition - from, capacity - offset);
            int length = Math.min(wanted, most);
            long intactFrom;
            if (copies == 0 && length <= guessed) {
                intactFrom = end.leadWord(0); // Read after the guess, as the line was.
            } else {
                batchTo = batchFrom;
                requireBatch(length);
                memory.getBytes(ring + offset, batch, 0, length);
                memory.loadFence();
                intactFrom = memory.getLong(data + RingLayout.INTACT_FROM_OFFSET);
                readLine();
            }
            if (rollbacks() != rollbacks && steppedBack()) {
                return RingPoll.Empty.EMPTY;
            }
            if (intactFrom > start) {
                return overrun(place);
            }
            batchStart = start;
            batchFrom = from;
            batchTo = from + length;
            if (wholeMessageAt(from)) {
                lastBytes = length;
                return null;
            }
            batchTo = batchFrom;
            int said = NativeWords.getInt(batch, RingLayout.LENGTH_OFFSET);
            int kind = NativeWords.getInt(batch, RingLayout.KIND_OFFSET);
            int left = capacity - offset;
            if (kind == RingLayout.PADDING && said == left - RingLayout.MESSAGE_OFFSET && endPosition - from > left) {
                from += left;
                wanted = BATCH_BYTES;
            } else if (kind == RingLayout.MESSAGE
                    && from < checkedFrom
                    && said >= 0
                    && said <= most - RingLayout.MESSAGE_OFFSET) {
                wanted = RingLayout.taken(said);
            } else if (kind == RingLayout.CHECKED_MESSAGE && said >= 0 && said <= most - CHECKED_BYTES) {
                wanted = RingLayout.taken(said) + RingLayout.CHECKSUM_LENGTH;
                if (wanted <= length) {
                    return unavailable(
                            "the message at position " + from + " is damaged: its checksum is not that of its " + said
                                    + " bytes. Replace the writer's contents (coppice restore)");
                }
            } else {
                break;
            }
        }
        return unavailable("it has no message at position " + from + ", before its end at " + endPosition);
    }

    /**
     * Copies what probably was sent, so that its lines travel while that of the end does. It counts if the end says so as of
     * a commit that was read before.
     */
    private void guess(long position) {
        int offset = (int) position & (capacity - 1);
        int length = Math.min(Math.min(lastBytes, MAX_GUESS_BYTES), capacity - offset);
        if (length > 0) {
            batchTo = batchFrom;
            requireBatch(length);
            memory.getBytes(ring + offset, batch, 0, length);
            memory.loadFence();
            guessed = length;
        }
    }

    /**
     * Whether the count of the line is odd, or another one, because of a step back, which replaces what is copied, or of a
     * mere rollback, which does not. To be asked after the line was copied: then a step back that is counted there is seen
     * under way, or over.
     */
    private boolean steppedBack() {
        // In this order: once a step back is over, its timeline is there.
        return memory.getLongAcquire(HeaderLayout.STEP_BACK_OFFSET) != StepBack.NONE || History.of(memory) != timeline;
    }

    private void requireBatch(int length) {
        if (batch.length < length) {
            batch = new byte[Math.max(length, Math.min(BATCH_BYTES, capacity))];
        }
    }

    /** Copies the line with the commit sequence, and returns that; nothing that follows is older. */
    private long readLine() {
        memory.getBytes(HeaderLayout.COMMIT_SEQUENCE_OFFSET, line, 0, LINE_BYTES);
        memory.loadFence();
        return NativeWords.get(line, 0);
    }

    private long rollbacks() {
        return NativeWords.get(line, HeaderLayout.ROLLBACK_COUNT_OFFSET - HeaderLayout.COMMIT_SEQUENCE_OFFSET);
    }

    private long currentTimeline() {
        return NativeWords.get(line, HeaderLayout.TIMELINE_OFFSET - HeaderLayout.COMMIT_SEQUENCE_OFFSET);
    }

    private RingPoll overrun(OwnPlace place) {
        RingPoll lost = new RingPoll.Overrun(Math.max(0, endNumber - place.number()), endPosition - place.position());
        cursor.move(origin, timeline, endPosition, endNumber);
        return lost;
    }

    /** Copies the end as of a commit that was just read, and before it what probably was sent. */
    private boolean readEnd(long committed, long position) {
        guess(position);
        end.copy(data + RingLayout.END_OFFSET, committed);
        if (end.confirm(readLine())) {
            return acceptEnd();
        }
        guessed = 0;
        boolean found = end.read(data + RingLayout.END_OFFSET);
        readLine();
        return found && acceptEnd();
    }

    private boolean acceptEnd() {
        if (!end.plausible()) {
            throw new SegmentDamagedException("its end is at position " + end.position() + ", message " + end.number());
        }
        long checked = end.leadWord(RingLayout.CHECKED_FROM_OFFSET - RingLayout.INTACT_FROM_OFFSET);
        checkedFrom = checked == 0 ? Long.MAX_VALUE : checked - 1;
        endPosition = end.position();
        endNumber = end.number();
        endCommit = end.latest() ? end.committed() : -1;
        return true;
    }

    private RingPoll changed(OwnPlace place) {
        boolean sent = end.timeline() == timeline;
        long previous = sent ? memory.getLong(data + RingLayout.PREVIOUS_TIMELINE_OFFSET) : end.timeline();
        long position = sent ? memory.getLong(data + RingLayout.START_POSITION_OFFSET) : endPosition;
        long number = sent ? memory.getLong(data + RingLayout.START_NUMBER_OFFSET) : endNumber;
        if (!PlaceLayout.plausible(position, number) || position > endPosition || number > endNumber) {
            return unavailable("its timeline starts at position " + position + ", message " + number);
        }
        boolean exact = place.origin() == origin && place.timeline() == previous;
        boolean behind = exact && place.position() <= position;
        resyncPosition = behind ? place.position() : position;
        resyncNumber = behind ? place.number() : number;
        RingPoll.TimelineChanged told =
                new RingPoll.TimelineChanged(place.timeline(), timeline, exact, place.number(), number, endNumber);
        changed = told;
        return told;
    }

    private boolean locate(long committed, long current) {
        if (missing != null && committed == missingAtCommit && current == timeline) {
            return false;
        }
        data = -1;
        batchTo = batchFrom;
        endCommit = -1;
        timeline = current;
        missingAtCommit = committed;
        List<StructureInfo> structures = segment.directory();
        if (structures == null) {
            missing = unavailable("the writer commits faster than its directory can be read, or replaces its contents");
            missingAtCommit = -1;
            return false;
        }
        for (StructureInfo info : structures) {
            boolean isRing = info.type() == StructureType.CHANNEL || info.type() == StructureType.BROADCAST;
            if (isRing && info.name().equals(cursor.ring())) {
                data = info.offsetBytes();
                ring = data + RingLayout.ringOffset((int) info.parameter2());
                capacity = info.capacity();
                missing = null;
                return true;
            }
        }
        missing = unavailable("no ring of that name is committed yet");
        return false;
    }

    private RingPoll.Unavailable unavailable(String problem) {
        return new RingPoll.Unavailable("Ring " + cursor.ring() + " of " + cursor.writer() + ": " + problem + ".");
    }
}
