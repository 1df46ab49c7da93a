package io.coppice.state;

import java.util.Optional;

/** Types of structures in a segment's directory. The codes are stored in segments: never reuse one. */
public enum StructureType {
    /** One record of fixed layout. */
    RECORD(1, new RecordShape(false)),
    /** One record of fixed layout, copied to the publish slots at each commit that changed it. */
    PUBLISHED_RECORD(2, new RecordShape(false)),
    /** Fixed-capacity map from byte strings to longs. */
    STRING_LONG_MAP(3, new MapShape(true, false)),
    /** Fixed number of rows of one record layout. */
    RECORD_TABLE(4, new RecordShape(true)),
    /** Fixed-capacity map from longs to longs. */
    LONG_LONG_MAP(5, new MapShape(false, false)),
    /** Fixed-capacity map from longs to records of one layout. */
    LONG_RECORD_MAP(6, new MapShape(false, true)),
    /** Fixed-capacity map from byte strings to records of one layout. */
    STRING_RECORD_MAP(7, new MapShape(true, true)),
    /** Fixed-capacity first-in first-out queue of records of one layout. */
    QUEUE(8, new QueueShape()),
    /** Byte entries by sequence, of bounded number and bytes. */
    APPEND_LOG(9, new AppendLogShape()),
    /** Records of one layout that are acquired and released, found by handles. */
    POOL(10, new PoolShape()),
    /** Longs by label, created as they are asked for. */
    COUNTERS(11, new CountersShape()),
    /** Ring of messages for declared receivers, each of which holds back what it has not read. */
    CHANNEL(12, new RingShape(true)),
    /** Ring of messages for anybody; who is too slow loses some, and is told. */
    BROADCAST(13, new RingShape(false)),
    /** How far this segment's owner has read somebody's ring. */
    CURSOR(14, new CursorShape()),
    /** What a daemon has submitted to its transactions. */
    REQUESTS(15, new RequestsShape());

    private final int code;

    @SuppressWarnings("ImmutableEnumChecker") // A shape has no state; it says so itself.
    private final StructureShape shape;

    StructureType(int code, StructureShape shape) {
        this.code = code;
        this.shape = shape;
    }

    /** The code stored in segments. */
    public int code() {
        return code;
    }

    /** The type of a code read from a segment, empty for a code this release does not know. */
    public static Optional<StructureType> of(int code) {
        for (StructureType type : values()) {
            if (type.code == code) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** What this type says of its blocks. */
    StructureShape shape() {
        return shape;
    }
}
