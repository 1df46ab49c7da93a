package io.coppice.state;

import org.jspecify.annotations.Nullable;

/** A first-in first-out queue of records; see {@link QueueLayout}. */
final class QueueShape extends StructureShape {
    @Override
    boolean hasFields() {
        return true;
    }

    @Override
    @Nullable
    String problem(StructureInfo info) {
        if (info.parameter0() < 1) {
            return "capacity " + info.parameter0();
        }
        return info.lengthBytes() == QueueLayout.dataLength(info.capacity(), info.recordBytes())
                ? null
                : "dataLength " + info.lengthBytes();
    }

    @Override
    String describe(StructureInfo info) {
        return "a queue with capacity " + info.capacity();
    }

    @Override
    Object view(StructureInfo info, byte[] data, long commitSequence) {
        return QueueView.checked(info, data);
    }

    @Override
    long used(StructureInfo info, byte[] data, long commitSequence) {
        return NativeWords.get(data, QueueLayout.ADDED_OFFSET) - NativeWords.get(data, QueueLayout.REMOVED_OFFSET);
    }
}
