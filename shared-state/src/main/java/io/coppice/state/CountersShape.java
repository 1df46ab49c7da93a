package io.coppice.state;

import org.jspecify.annotations.Nullable;

/** Labelled counters; see {@link CountersLayout}. */
final class CountersShape extends StructureShape {
    @Override
    @Nullable
    String problem(StructureInfo info) {
        if (info.parameter0() < 1) {
            return "capacity " + info.parameter0();
        }
        return info.lengthBytes() == CountersLayout.dataLength(info.capacity())
                ? null
                : "dataLength " + info.lengthBytes();
    }

    @Override
    String describe(StructureInfo info) {
        return "counters with capacity " + info.capacity();
    }

    @Override
    Object view(StructureInfo info, byte[] data, long commitSequence) {
        return CountersView.checked(info, data);
    }

    @Override
    long used(StructureInfo info, byte[] data, long commitSequence) {
        return NativeWords.get(data, CountersLayout.COUNT_OFFSET);
    }
}
