package io.coppice.ops.system.daemons;

import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import org.jspecify.annotations.Nullable;

/** Throws in its first incarnation, in the middle of a change; says what its successor finds, and is done. */
public final class Throws implements Daemon {
    private static final RecordLayout.Builder BUILDER = RecordLayout.named("value");
    private static final LongField VALUE = BUILDER.int64("value");
    private static final RecordLayout LAYOUT = BUILDER.build();

    private @Nullable Record record;
    private long incarnation;

    @Override
    public void start(DaemonContext context) {
        Record found = context.state().record("value", LAYOUT);
        record = found;
        incarnation = context.incarnation();
        System.out.println("found " + found.get(VALUE));
        if (incarnation == 1) {
            found.set(VALUE, 41);
        }
    }

    @Override
    public Next step() {
        Record changed = java.util.Objects.requireNonNull(record);
        changed.add(VALUE, 1);
        if (incarnation == 1) {
            changed.set(VALUE, -1);
            throw new IllegalStateException("the order book is crossed");
        }
        System.out.println("left " + changed.get(VALUE));
        return Next.DONE;
    }
}
