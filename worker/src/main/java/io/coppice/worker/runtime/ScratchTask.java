package io.coppice.worker.runtime;

import io.coppice.state.BytesField;
import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.State;
import io.coppice.state.StringLongMap;
import io.coppice.worker.Task;
import io.coppice.worker.TransactionContext;

/**
 * The task of a {@link ScratchTransaction}: structures of the types that tasks keep their progress in, a checkpoint, and a short result.
 * No rings, which are for others to read, as nobody reads a slot.
 */
final class ScratchTask implements Task {
    /** The first byte of the input if the first attempt is to fail. */
    static final byte FAIL_FIRST = 1;

    private static final RecordLayout.Builder FIELDS = RecordLayout.named("scratch");
    private static final LongField NUMBER = FIELDS.int64("number");
    private static final BytesField TEXT = FIELDS.bytes("text", 64);
    private static final RecordLayout LAYOUT = FIELDS.build();
    private static final int FEW = 8;
    private static final byte[] ENTRY = new byte[16];

    @Override
    public byte[] run(TransactionContext context, byte[] input) {
        State state = context.state();
        Record record = state.record("record", LAYOUT);
        record.add(NUMBER, context.attempt());
        record.set(TEXT, context.id() + " " + context.name());
        state.longLongMap("numbers", FEW).put(context.attempt(), 1);
        state.stringLongMap("names", FEW, 16, FEW * StringLongMap.poolBytes(16)).add("key " + context.attempt(), 1);
        state.longRecordMap("records", FEW, LAYOUT).put(context.attempt()).set(NUMBER, 1);
        state.table("table", LAYOUT, FEW).at(1).set(NUMBER, context.attempt());
        state.queue("queue", LAYOUT, FEW).add().set(NUMBER, 1);
        state.counters("counters", FEW).counter("steps").add(1);
        context.checkpoint();
        state.appendLog("log", FEW, 1024).append(ENTRY, 0, ENTRY.length);
        if (input[0] == FAIL_FIRST && context.attempt() == 1) {
            throw new UnsupportedOperationException("scratch");
        }
        return new byte[] {(byte) (context.stopRequested() ? 1 : 0)};
    }
}
