package io.coppice.state;

import java.util.Optional;

/** Types of structures in a segment's directory. The codes are stored in segments: never reuse one. */
public enum StructureType {
    /** One record of fixed layout. */
    RECORD(1),
    /** One record of fixed layout, copied to the publish slots at each commit that changed it. */
    PUBLISHED_RECORD(2),
    /** Fixed-capacity map from byte strings to longs. */
    STRING_LONG_MAP(3),
    /** Fixed number of rows of one record layout. */
    RECORD_TABLE(4);

    private final int code;

    StructureType(int code) {
        this.code = code;
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

    boolean hasFields() {
        return this != STRING_LONG_MAP;
    }
}
