package io.coppice.state;

import java.util.List;

/** A table in a private copy. Immutable, any thread. */
public final class TableView {
    private final StructureInfo info;
    private final List<RecordView> rows;

    private TableView(StructureInfo info, List<RecordView> rows) {
        this.info = info;
        this.rows = rows;
    }

    static TableView checked(StructureInfo info, byte[] bytes) {
        RecordView[] rows = new RecordView[info.capacity()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = RecordView.checked(info, bytes, i * info.recordBytes());
        }
        return new TableView(info, List.of(rows));
    }

    TableView as(RecordLayout layout, String segment) {
        info.requireLayout(layout, segment);
        return new TableView(info, rows.stream().map(row -> row.as(layout)).toList());
    }

    /** Number of rows. */
    public int rows() {
        return rows.size();
    }

    /** The fields of each row, as the segment describes them. */
    public List<FieldInfo> fields() {
        return info.fields();
    }

    /** One row, 0 to {@code rows() - 1}. */
    public RecordView row(int index) {
        return rows.get(index);
    }
}
