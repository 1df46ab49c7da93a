package io.coppice.state;

import org.jspecify.annotations.Nullable;

/** A map from byte strings to longs; see {@link MapLayout}. */
final class StringLongMapShape extends StructureShape {
    @Override
    @Nullable
    String problem(StructureInfo info) {
        if (info.parameter0() < 1 || info.parameter0() > MapLayout.MAX_CAPACITY) {
            return "capacity " + info.parameter0();
        }
        if (info.parameter2() < 1 || info.parameter2() > Integer.MAX_VALUE) {
            return "maxKeyBytes " + info.parameter2();
        }
        if (info.parameter3() < 0 || info.parameter3() > info.lengthBytes() / MapLayout.CELL_LENGTH) {
            return "cells " + info.parameter3();
        }
        return info.lengthBytes() == MapLayout.dataLength(info.capacity(), info.parameter3())
                ? null
                : "dataLength " + info.lengthBytes();
    }

    @Override
    String describe(StructureInfo info) {
        return "a map with capacity " + info.capacity() + ", maxKeyBytes " + info.maxKeyBytes() + " and a key pool of "
                + info.keyCells() * MapLayout.CELL_LENGTH + " bytes";
    }

    @Override
    Object view(StructureInfo info, byte[] data, long commitSequence) {
        return MapView.checked(info, data);
    }

    @Override
    long used(StructureInfo info, byte[] data, long commitSequence) {
        return NativeWords.get(data, MapLayout.SIZE_OFFSET);
    }
}
