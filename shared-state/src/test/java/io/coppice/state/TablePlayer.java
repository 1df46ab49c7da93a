package io.coppice.state;

import java.util.Map;
import java.util.SplittableRandom;

/** A table of five rows, in each of which a total grows. */
final class TablePlayer implements StructurePlayer {
    private static final int ROWS = 5;

    @Override
    public void play(State state, SplittableRandom random, Map<String, Long> model) {
        int row = random.nextInt(ROWS);
        RecordTable table = state.table("rows", RecordPlayer.COUNTERS, ROWS);
        long sum = table.row(row).add(RecordPlayer.TOTAL, 1 + random.nextInt(9));
        model.put("rows." + row, sum);
    }

    @Override
    public void read(State state, Map<String, Long> found) {
        if (!StructurePlayer.exists(state, "rows")) {
            return;
        }
        RecordTable table = state.table("rows", RecordPlayer.COUNTERS, ROWS);
        for (int row = 0; row < ROWS; row++) {
            StructurePlayer.putUnlessZero(found, "rows." + row, table.row(row).get(RecordPlayer.TOTAL));
        }
    }
}
