package io.coppice.state;

import java.util.Optional;

/** Types of record fields. The codes are stored in segments and go into layout hashes: never reuse one. */
public enum FieldType {
    /** Signed 64-bit integer. */
    INT64(1),
    /** IEEE 754 double. */
    FLOAT64(2),
    /** Up to a declared number of bytes, behind a length word. */
    BYTES(3);

    private final int code;

    FieldType(int code) {
        this.code = code;
    }

    /** The code stored in segments. */
    public int code() {
        return code;
    }

    /** The type of a code read from a segment, empty for a code this release does not know. */
    public static Optional<FieldType> of(int code) {
        for (FieldType type : values()) {
            if (type.code == code) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
