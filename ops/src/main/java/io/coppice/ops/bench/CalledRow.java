package io.coppice.ops.bench;

import io.coppice.ops.bench.job.EmptyTask;

/** Calls the empty task in this process: what there is without any isolation. */
record CalledRow(RowTimes times) implements RecoveryRow {
    @Override
    public void measure() {
        byte[] input = EmptyTask.input();
        long beganNs = System.nanoTime();
        byte[] result = EmptyTask.call(input);
        long tookNs = System.nanoTime() - beganNs;
        if (result.length == 0) {
            throw new IllegalStateException("the empty task has no result");
        }
        times.add(tookNs);
    }
}
