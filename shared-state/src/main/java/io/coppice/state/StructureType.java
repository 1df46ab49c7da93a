package io.coppice.state;

import java.util.Optional;

/** Types of structures in a segment's directory. The codes are stored in segments: never reuse one. */
public enum StructureType {
    /** One record of fixed layout. */
    RECORD(1, new RecordShape(false)),
    /** One record of fixed layout, copied to the publish slots at each commit that changed it. */
    PUBLISHED_RECORD(2, new RecordShape(false)),
    /** Fixed-capacity map from byte strings to longs. */
    STRING_LONG_MAP(3, new StringLongMapShape()),
    /** Fixed number of rows of one record layout. */
    RECORD_TABLE(4, new RecordShape(true));

    private final int code;
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
