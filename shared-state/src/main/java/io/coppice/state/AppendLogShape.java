package io.coppice.state;

import org.jspecify.annotations.Nullable;

/** A log of byte entries by sequence; see {@link AppendLogLayout}. */
final class AppendLogShape extends StructureShape {
    @Override
    @Nullable
    String problem(StructureInfo info) {
        if (info.parameter0() < 1) {
            return "capacityEntries " + info.parameter0();
        }
        long bytes = info.parameter2();
        if (bytes < Long.BYTES || bytes > info.lengthBytes() || bytes % Long.BYTES != 0) {
            return "capacityBytes " + bytes;
        }
        return info.lengthBytes() == AppendLogLayout.dataLength(info.capacity(), bytes)
                ? null
                : "dataLength " + info.lengthBytes();
    }

    @Override
    String describe(StructureInfo info) {
        return "an append log of " + info.capacity() + " entries and " + info.parameter2() + " bytes";
    }

    @Override
    Object view(StructureInfo info, byte[] data, long commitSequence) {
        return AppendLogView.checked(info, data);
    }

    @Override
    long used(StructureInfo info, byte[] data, long commitSequence) {
        return NativeWords.get(data, AppendLogLayout.NEXT_SEQUENCE_OFFSET)
                - NativeWords.get(data, AppendLogLayout.FIRST_SEQUENCE_OFFSET);
    }
}
