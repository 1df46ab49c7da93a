package io.coppice.state;

import org.jspecify.annotations.Nullable;

/** One record, or a fixed number of rows of one layout. */
final class RecordShape extends StructureShape {
    private final boolean table;

    RecordShape(boolean table) {
        this.table = table;
    }

    @Override
    boolean hasFields() {
        return true;
    }

    @Override
    @Nullable
    String problem(StructureInfo info) {
        if (info.parameter0() < 1
                || info.parameter0() > info.lengthBytes() / info.recordBytes()
                || (!table && info.parameter0() != 1)) {
            return "rows " + info.parameter0();
        }
        return info.lengthBytes() == info.parameter0() * info.recordBytes() ? null : "dataLength " + info.lengthBytes();
    }

    @Override
    String describe(StructureInfo info) {
        return table ? "a table of " + info.capacity() + " rows" : "a record";
    }

    @Override
    Object view(StructureInfo info, byte[] data, long commitSequence) {
        return table ? TableView.checked(info, data) : RecordView.checked(info, data, 0);
    }

    @Override
    long used(StructureInfo info, byte[] data, long commitSequence) {
        return info.parameter0();
    }
}
