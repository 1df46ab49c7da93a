package io.coppice.state;

import org.jspecify.annotations.Nullable;

/** A pool of records of one layout; see {@link PoolLayout}. */
final class PoolShape extends StructureShape {
    @Override
    boolean hasFields() {
        return true;
    }

    @Override
    @Nullable
    String problem(StructureInfo info) {
        return info.lengthBytes() == PoolLayout.dataLength(info.capacity(), info.recordBytes())
                ? null
                : "dataLength " + info.lengthBytes();
    }

    @Override
    String describe(StructureInfo info) {
        return "a pool with capacity " + info.capacity();
    }

    @Override
    Object view(StructureInfo info, byte[] data, long commitSequence) {
        return PoolView.checked(info, data);
    }

    @Override
    long used(StructureInfo info, byte[] data, long commitSequence) {
        return NativeWords.get(data, PoolLayout.IN_USE_OFFSET);
    }
}
