package io.coppice.state.stress;

import io.coppice.state.OwnerFiles;
import io.coppice.state.Broadcast;
import io.coppice.state.Channel;
import io.coppice.state.LongField;
import io.coppice.state.OwnedSegment;
import io.coppice.state.PublishedView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.RecordView;
import io.coppice.state.RingPoll;
import io.coppice.state.RingReader;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.SnapshotResult;
import io.coppice.state.State;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A writer's segment and a reader's, each mapped by both. Whatever a commit holds is the commit's own number, and what
 * is rolled back is negative. The methods of the writer are for one actor, those of the reader for another.
 *
 * <p>Making one takes far longer than a commit, so each JVM makes a few, and a test's states take them in turn: a
 * reader's looks are judged against the looks before.
 */
final class MappedPair {
    /** The reader saw nothing new, or could not copy fast enough. */
    static final int NOTHING = 0;

    /** Whole commits, in order. */
    static final int WHOLE = 1;

    /** Messages of a broadcast were overwritten before they were read, and that was told. */
    static final int OVERRUN = 2;

    /** Words of more than one commit. */
    static final int TORN = -1;

    /** What was rolled back, or not committed. */
    static final int UNCOMMITTED = -2;

    /** An older commit than the one before, or a message twice or not at all. */
    static final int OUT_OF_ORDER = -3;

    /** Sound contents were taken for damaged. */
    static final int DAMAGED = -4;

    private static final int PAIRS = 16;
    private static final int FIELDS = 12;
    private static final int RING_BYTES = 512;
    private static final int MESSAGE_WORDS = 6;
    private static final int MESSAGES_PER_COMMIT = 3;
    private static final int COMMITS_PER_ROLLBACK = 5;

    private static final RecordLayout.Builder BUILDER = RecordLayout.named("wide");
    private static final LongField[] WIDE = new LongField[FIELDS];

    static {
        for (int i = 0; i < FIELDS; i++) {
            WIDE[i] = BUILDER.int64("f" + i);
        }
    }

    private static final RecordLayout LAYOUT = BUILDER.build();
    private static final MappedPair[] ALL = new MappedPair[PAIRS];
    private static final AtomicInteger TAKEN = new AtomicInteger();

    static {
        try {
            Path directory = Files.createTempDirectory("coppice-stress");
            for (int i = 0; i < PAIRS; i++) {
                ALL[i] = new MappedPair(directory, "pair-" + i);
            }
            // Mapped, and locked by open descriptors: the names are not needed any more.
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SegmentException e) {
            throw new IllegalStateException(e);
        }
    }

    // The writer's.
    private final State state;
    private final Record published;
    private final Record plain;
    private final Broadcast broadcast;
    private final Channel channel;
    private final ByteBuffer message = ByteBuffer.allocate(MESSAGE_WORDS * Long.BYTES);
    private int turn;

    // The reader's.
    private final ReadOnlySegment segment;
    private final State own;
    private final PublishedView view;
    private final RingReader broadcasts;
    private final RingReader messages;
    private long newest = -1;
    private long heard;
    private long received;
    private int found;

    private MappedPair(Path directory, String name) throws IOException, SegmentException {
        Path writers = create(directory, name + "-w");
        Path readers = create(directory, name + "-r");
        state = own(writers);
        published = state.published("published", LAYOUT);
        plain = state.record("plain", LAYOUT);
        broadcast = state.broadcast("broadcast", RING_BYTES);
        ReadOnlySegment receiver = SegmentFile.openReadOnly(readers);
        state.receivers(ignored -> receiver);
        channel = state.channel("channel", RING_BYTES, name + "-r");
        state.commit();
        segment = SegmentFile.openReadOnly(writers);
        own = own(readers);
        view = segment.published("published", LAYOUT);
        broadcasts = segment.ring(own.cursor("broadcast", name + "-w", "broadcast"));
        messages = segment.ring(own.cursor("channel", name + "-w", "channel"));
        own.commit();
    }

    private static Path create(Path directory, String name) throws IOException, SegmentException {
        Path file = directory.resolve(name + ".seg");
        SegmentSpec spec = new SegmentSpec("stress", name, SegmentSpec.KIND_DAEMON, SegmentSpec.MIN_LENGTH_BYTES);
        try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
            sized.setLength(spec.lengthBytes());
        }
        SegmentFile.create(file, spec);
        OwnerFiles.makeLock(file);
        return file;
    }

    private static State own(Path file) throws SegmentException {
        OwnedSegment owner = SegmentFile.openOwned(
                file, OwnerFiles.lock(file), ProcessHandle.current().pid(), 1);
        owner.recover();
        return owner.state();
    }

    static MappedPair next() {
        return ALL[Math.floorMod(TAKEN.getAndIncrement(), PAIRS)];
    }

    /** Writer: changes a published record. */
    void publish() {
        endTurn(published);
    }

    /** Writer: changes a record in place. */
    void change() {
        endTurn(plain);
    }

    private void endTurn(Record record) {
        if (++turn % COMMITS_PER_ROLLBACK == 0) {
            fill(record, -turn);
            state.rollback();
        } else {
            fill(record, state.commitSequence() + 1);
            state.commit();
        }
    }

    private static void fill(Record record, long value) {
        for (LongField field : WIDE) {
            record.set(field, value);
        }
    }

    /** Writer: some messages through the broadcast. */
    void shout() {
        boolean commits = ++turn % COMMITS_PER_ROLLBACK != 0;
        for (int i = 0; i < MESSAGES_PER_COMMIT; i++) {
            broadcast.offer(message(broadcast.messages() + 1, commits));
        }
        end(commits);
    }

    /** Writer: messages through the channel, as long as the reader leaves room. */
    void send() {
        boolean commits = ++turn % COMMITS_PER_ROLLBACK != 0;
        for (int i = 0; i < MESSAGES_PER_COMMIT; i++) {
            if (!channel.tryOffer(message(channel.messages() + 1, commits))) {
                break;
            }
        }
        end(commits);
    }

    private void end(boolean commits) {
        if (commits) {
            state.commit();
        } else {
            state.rollback();
        }
    }

    private byte[] message(long number, boolean commits) {
        for (int i = 0; i < MESSAGE_WORDS; i++) {
            message.putLong(i * Long.BYTES, commits ? number : -number);
        }
        return message.array();
    }

    /** Reader: the published record. */
    int lookAtPublished() {
        if (!view.refresh() || view.get(WIDE[0]) == 0) {
            return NOTHING;
        }
        for (LongField field : WIDE) {
            if (view.get(field) != view.get(WIDE[0])) {
                return TORN;
            }
        }
        return inOrder(view.get(WIDE[0]), view.sequence());
    }

    /** Reader: a copy of the whole segment as of one commit. */
    int copy() {
        SnapshotResult result = segment.snapshot();
        if (!(result instanceof SnapshotResult.Snapshot snapshot)) {
            return result instanceof SnapshotResult.Damaged ? DAMAGED : NOTHING;
        }
        RecordView record = snapshot.view().record("plain", LAYOUT);
        long value = record.get(WIDE[0]);
        for (LongField field : WIDE) {
            if (record.get(field) != value) {
                return TORN;
            }
        }
        return value == 0 ? NOTHING : inOrder(value, snapshot.view().commitSequence());
    }

    private int inOrder(long value, long commit) {
        if (value < 0) {
            return UNCOMMITTED;
        }
        if (value != commit || commit < newest) {
            return OUT_OF_ORDER;
        }
        newest = commit;
        return WHOLE;
    }

    /** Reader: what the broadcast brings. */
    int hear() {
        found = NOTHING;
        RingPoll poll = broadcasts.poll((buffer, at, length, number) -> check(buffer, at, length, number, ++heard), 4);
        own.commit();
        if (poll instanceof RingPoll.Overrun overrun) {
            heard += overrun.lostMessages();
            return OVERRUN;
        }
        return poll instanceof RingPoll.Unavailable ? DAMAGED : found;
    }

    /** Reader: what the channel brings. */
    int receive() {
        found = NOTHING;
        RingPoll poll =
                messages.poll((buffer, at, length, number) -> check(buffer, at, length, number, ++received), 4);
        own.commit();
        if (poll instanceof RingPoll.Overrun || poll instanceof RingPoll.TimelineChanged) {
            return OUT_OF_ORDER;
        }
        return poll instanceof RingPoll.Unavailable ? DAMAGED : found;
    }

    private void check(byte[] buffer, int at, int length, long number, long expected) {
        if (found < 0) {
            return;
        }
        found = number == expected ? WHOLE : OUT_OF_ORDER;
        ByteBuffer words = ByteBuffer.wrap(buffer, at, length);
        if (length != MESSAGE_WORDS * Long.BYTES) {
            found = TORN;
        }
        while (found == WHOLE && words.hasRemaining()) {
            long word = words.getLong();
            if (word != number) {
                found = word == -number ? UNCOMMITTED : TORN;
            }
        }
    }
}
