package io.coppice.state;

import org.jspecify.annotations.Nullable;

/** A table of requests; see {@link RequestsLayout}. */
final class RequestsShape extends StructureShape {
    @Override
    @Nullable
    String problem(StructureInfo info) {
        if (info.parameter0() < 1 || info.parameter0() > RequestsLayout.MAX_ENTRIES) {
            return "entries " + info.parameter0();
        }
        if (info.parameter2() < 0 || info.parameter2() > RequestsLayout.MAX_INPUT_BYTES) {
            return "inputBytes " + info.parameter2();
        }
        return info.lengthBytes() == RequestsLayout.dataLength(info.capacity(), (int) info.parameter2())
                ? null
                : "dataLength " + info.lengthBytes();
    }

    @Override
    String describe(StructureInfo info) {
        return "a table of " + info.capacity() + " requests with inputs of at most " + info.parameter2() + " bytes";
    }

    @Override
    Object view(StructureInfo info, byte[] data, long commitSequence) {
        return RequestsView.checked(info, data);
    }

    @Override
    long used(StructureInfo info, byte[] data, long commitSequence) {
        return NativeWords.get(data, RequestsLayout.SIZE_OFFSET);
    }
}
