package io.coppice.ops.bench;

import java.util.ArrayList;
import java.util.List;

/** What is measured in turn, and the times of it in the order of the table. One thread. */
final class RecoveryRows {
    private final List<RecoveryRow> rows = new ArrayList<>();
    private final List<RowTimes> times = new ArrayList<>();

    /** The next row of the table. */
    RowTimes times(String row, int heapMib) {
        RowTimes result = new RowTimes(row, heapMib);
        times.add(result);
        return result;
    }

    void add(RecoveryRow row) {
        rows.add(row);
    }

    List<RecoveryRow> rows() {
        return rows;
    }

    List<RowTimes> times() {
        return times;
    }
}
