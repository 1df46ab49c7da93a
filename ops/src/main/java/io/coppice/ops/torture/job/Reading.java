package io.coppice.ops.torture.job;

import io.coppice.state.LongField;
import io.coppice.state.MessageHandler;
import io.coppice.state.PublishedView;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.RingPoll;
import io.coppice.state.State;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.PeerAccess;
import io.coppice.worker.PeerRing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One reader's view of one writer: what it has received is committed in the reader's own record, so it must fit to what comes
 * next also after the death of either side.
 */
public final class Reading {
    /** Name of the record about a writer, in the reader's segment, and of the cursors, with more after it. */
    public static String recordOf(String writer) {
        return "of-" + writer;
    }

    /** Name of the cursor on a writer's channel. */
    public static String channelCursorOf(String writer) {
        return recordOf(writer) + "-channel";
    }

    private static final RecordLayout.Builder BUILDER = RecordLayout.named("torture-reading");

    /** Channel messages received. */
    public static final LongField RECEIVED = BUILDER.int64("received");

    /** {@link Message#digest} of all of them. */
    public static final LongField DIGEST = BUILDER.int64("digest");

    /** Broadcast messages received or told to be lost. */
    public static final LongField HEARD = BUILDER.int64("heard");

    /** Highest step seen in the published record. */
    public static final LongField STEP = BUILDER.int64("step");

    public static final RecordLayout LAYOUT = BUILDER.build();

    private static final int MOST_MESSAGES = 200;

    private final String writer;
    private final DaemonContext context;
    private final ReportLine line;
    private final Record record;
    private @Nullable PublishedView published;
    private @Nullable PeerRing channel;
    private @Nullable PeerRing broadcast;
    private long seen;
    private @Nullable Message newest;
    private final List<Report> found = new ArrayList<>();

    Reading(String writer, DaemonContext context, ReportLine line) {
        this.writer = writer;
        this.context = context;
        this.line = line;
        State state = context.state();
        record = state.record(recordOf(writer), LAYOUT);
        seen = record.get(STEP);
        state.cursor(channelCursorOf(writer), writer, Structures.CHANNEL);
        state.cursor(recordOf(writer) + "-broadcast", writer, Structures.BROADCAST);
    }

    /** Looks once. Answers whether there was anything. */
    boolean look() throws IOException {
        if (!(context.peer(writer).access() instanceof PeerAccess.Available peer)) {
            return false;
        }
        found.clear();
        newest = null;
        PublishedView view = published;
        if (view == null || channel == null || broadcast == null) {
            view = peer.published(Structures.PROGRESS, Structures.PROGRESS_LAYOUT);
            published = view;
            channel = peer.ring(Structures.CHANNEL, channelCursorOf(writer));
            broadcast = peer.ring(Structures.BROADCAST, recordOf(writer) + "-broadcast");
        }
        if (view.refresh()) {
            check(view.get(Structures.STEP), view.get(Structures.TWICE), view.get(Structures.CHECKSUM));
            if (view.get(Structures.STEP) > seen) {
                seen = view.get(Structures.STEP);
                found.add(new Report(Report.Kind.SEEN, writer, view.get(Structures.INCARNATION), seen, ""));
            }
            if (record.get(STEP) != seen) {
                record.set(STEP, seen);
            }
        }
        boolean any = poll(channel, this::onMessage, RECEIVED);
        any |= poll(broadcast, this::onBroadcast, HEARD);
        Message last = newest;
        if (last != null) {
            found.add(new Report(Report.Kind.SEEN, writer, last.incarnation(), last.step(), ""));
        }
        for (Report report : found) {
            line.send(report);
        }
        return any;
    }

    private void check(long step, long twice, long checksum) {
        if (step > 0 && (twice != 2 * step || checksum != Structures.checksum(step))) {
            fault(Report.Kind.TORN, "published step " + step + ", twice " + twice + ", checksum " + checksum);
        }
        if (step < seen) {
            fault(Report.Kind.LOST, "published step " + step + " after step " + seen + " was seen");
        }
    }

    private boolean poll(PeerRing reader, MessageHandler handler, LongField counted) {
        RingPoll poll = reader.poll(handler, MOST_MESSAGES);
        if (poll instanceof RingPoll.Messages) {
            return true;
        }
        if (poll instanceof RingPoll.Overrun overrun) {
            if (counted == RECEIVED) {
                fault(Report.Kind.LOST, "the channel lost " + overrun.lostMessages() + " messages");
            }
            record.add(counted, overrun.lostMessages());
            return true;
        }
        if (poll instanceof RingPoll.TimelineChanged changed) {
            fault(Report.Kind.LOST, "a ring has another history: " + changed);
            reader.resync();
        }
        if (poll instanceof RingPoll.Unavailable unavailable && record.get(counted) > 0) {
            fault(Report.Kind.TORN, "a ring cannot be read any more: " + unavailable.reason());
        }
        return false;
    }

    private void onMessage(byte[] buffer, int offset, int length, long number) {
        long step = next("channel", buffer, offset, length, number, RECEIVED);
        record.set(DIGEST, Message.digest(record.get(DIGEST), number, step));
    }

    private void onBroadcast(byte[] buffer, int offset, int length, long number) {
        next("broadcast", buffer, offset, length, number, HEARD);
    }

    /** Checks one message against those before it; answers the step it tells. */
    private long next(String ring, byte[] buffer, int offset, int length, long number, LongField counted) {
        long expected = record.get(counted) + 1;
        record.set(counted, number);
        Message message;
        try {
            message = Message.decode(buffer, offset, length);
        } catch (TornMessageException e) {
            fault(Report.Kind.TORN, ring + ": " + e.getMessage());
            return 0;
        }
        if (message.number() != number || number != expected) {
            fault(
                    number > expected ? Report.Kind.LOST : Report.Kind.PHANTOM,
                    ring + ": message " + message.number() + " came as number " + number + ", expected " + expected);
        }
        newest = message;
        return message.step();
    }

    private void fault(Report.Kind kind, String text) {
        found.add(new Report(kind, context.name(), context.incarnation(), 0, "of " + writer + ": " + text));
    }
}
