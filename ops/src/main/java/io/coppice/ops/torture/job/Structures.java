package io.coppice.ops.torture.job;

import io.coppice.state.BytesField;
import io.coppice.state.DoubleField;
import io.coppice.state.LongField;
import io.coppice.state.RecordLayout;
import io.coppice.state.StringLongMap;
import java.util.List;

/** Names, layouts and sizes of what a writer's segment holds: one of each type, small, so that each fills up now and then. */
public final class Structures {
    /** The daemons, by their names in the manifest. */
    public static final List<String> WRITERS = List.of("writer-1", "writer-2");

    /** Each reads every writer. */
    public static final List<String> READERS = List.of("reader-1", "reader-2");

    /** Has transactions, if any of those are to be killed. */
    public static final String SUBMITTER = "submitter";

    public static final String PROGRESS = "progress";
    public static final String RECORD = "record";
    public static final String TABLE = "table";
    public static final String STRINGS = "string-long";
    public static final String LONGS = "long-long";
    public static final String LONG_RECORDS = "long-record";
    public static final String STRING_RECORDS = "string-record";
    public static final String QUEUE = "queue";
    public static final String LOG = "log";
    public static final String POOL = "pool";
    public static final String COUNTS = "counts";
    public static final String CHANNEL = "channel";
    public static final String BROADCAST = "broadcast";

    /** Capacity of the bytes in each record. */
    public static final int BYTES = 48;

    public static final int TABLE_ROWS = 16;

    /** How many keys there are; each map holds fewer. */
    public static final int KEYS = 64;

    public static final int MAP_CAPACITY = 40;
    public static final int LONGEST_KEY_BYTES = 40;
    public static final long KEY_POOL_BYTES = KEYS * StringLongMap.poolBytes(LONGEST_KEY_BYTES);
    public static final int QUEUE_CAPACITY = 12;
    public static final int LOG_ENTRIES = 20;
    public static final int LOG_BYTES = 2048;
    public static final int LONGEST_LOG_ENTRY = 300;
    public static final int POOL_CAPACITY = 10;
    public static final int COUNTERS = 9;
    public static final int LONGEST_PAYLOAD_WORDS = 24;

    /** Enough for a second or so of messages: it is full whenever a receiver is dead for longer. */
    public static final int CHANNEL_BYTES = 128 << 10;

    /** Less than the writers send while a reader is dead, now and then. */
    public static final int BROADCAST_BYTES = 32 << 10;

    private static final RecordLayout.Builder PROGRESS_BUILDER = RecordLayout.named("torture-progress");

    /** The step whose contents these are. */
    public static final LongField STEP = PROGRESS_BUILDER.int64("step");

    /** Twice that. */
    public static final LongField TWICE = PROGRESS_BUILDER.int64("twice");

    /** See {@link #checksum}. */
    public static final LongField CHECKSUM = PROGRESS_BUILDER.int64("checksum");

    /** The process that committed last. */
    public static final LongField INCARNATION = PROGRESS_BUILDER.int64("incarnation");

    public static final RecordLayout PROGRESS_LAYOUT = PROGRESS_BUILDER.build();

    private static final RecordLayout.Builder ITEM_BUILDER = RecordLayout.named("torture-item");
    public static final LongField NUMBER = ITEM_BUILDER.int64("number");
    public static final DoubleField FRACTION = ITEM_BUILDER.float64("fraction");
    public static final BytesField CONTENT = ITEM_BUILDER.bytes("content", BYTES);
    public static final RecordLayout ITEM_LAYOUT = ITEM_BUILDER.build();

    private Structures() {}

    /** What {@link #CHECKSUM} is at a step. */
    public static long checksum(long step) {
        return Mix.of(step, 0x7073657473L);
    }
}
