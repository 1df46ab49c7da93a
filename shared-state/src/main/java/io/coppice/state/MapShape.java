package io.coppice.state;

import org.jspecify.annotations.Nullable;

/** A map from longs or byte strings to longs or records; see {@link MapLayout}. */
final class MapShape extends StructureShape {
    private final boolean byteKeys;
    private final boolean records;

    MapShape(boolean byteKeys, boolean records) {
        this.byteKeys = byteKeys;
        this.records = records;
    }

    /** The bytes of data of a map; those of one that no segment can hold if the key pool alone is too long. */
    static long dataLength(boolean byteKeys, int capacity, long cells, int recordBytes) {
        if (cells > SegmentSpec.MAX_LENGTH_BYTES / MapLayout.CELL_LENGTH) {
            return SegmentSpec.MAX_LENGTH_BYTES;
        }
        return (byteKeys ? MapLayout.byteKeysLength(capacity, cells) : MapLayout.longKeysLength(capacity))
                + (recordBytes == 0 ? 0 : MapLayout.slotsLength(capacity, recordBytes));
    }

    /** What a view throws. */
    static SegmentDamagedException damaged(StructureInfo info, String problem) {
        return new SegmentDamagedException(
                "Map " + info.name() + " is damaged: " + problem + "; it is " + info.describe() + ".");
    }

    @Override
    boolean hasFields() {
        return records;
    }

    @Override
    @Nullable
    String problem(StructureInfo info) {
        if (info.parameter0() < 1 || info.parameter0() > MapLayout.MAX_CAPACITY) {
            return "capacity " + info.parameter0();
        }
        if (byteKeys
                ? info.parameter2() < 1 || info.parameter2() > Integer.MAX_VALUE
                : info.parameter2() != 0 || info.parameter3() != 0) {
            return "maxKeyBytes " + info.parameter2();
        }
        if (info.parameter3() < 0 || info.parameter3() > info.lengthBytes() / MapLayout.CELL_LENGTH) {
            return "cells " + info.parameter3();
        }
        return info.lengthBytes() == dataLength(byteKeys, info.capacity(), info.parameter3(), info.recordBytes())
                ? null
                : "dataLength " + info.lengthBytes();
    }

    @Override
    String describe(StructureInfo info) {
        return "a map " + (byteKeys ? "from byte strings " : "from longs ") + (records ? "to records " : "to longs ")
                + "with capacity " + info.capacity()
                + (byteKeys
                        ? ", maxKeyBytes " + info.parameter2() + " and a key pool of "
                                + info.parameter3() * MapLayout.CELL_LENGTH + " bytes"
                        : "");
    }

    @Override
    Object view(StructureInfo info, byte[] data, long commitSequence) {
        if (byteKeys) {
            return records ? StringRecordMapView.checked(info, data) : StringLongMapView.checked(info, data);
        }
        return records ? LongRecordMapView.checked(info, data) : LongLongMapView.checked(info, data);
    }

    @Override
    long used(StructureInfo info, byte[] data, long commitSequence) {
        return NativeWords.get(data, MapLayout.SIZE_OFFSET);
    }
}
