package io.coppice.ops.system.daemons;

import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.state.State;
import io.coppice.state.StateView;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Counts to 6; with the argument {@code wide}, in a record that has one more field. Its migration can be told to throw. */
public final class Relaid implements Daemon {
    private static final RecordLayout.Builder NARROW = RecordLayout.named("value");
    private static final LongField VALUE = NARROW.int64("value");
    private static final RecordLayout NARROW_LAYOUT = NARROW.build();

    private static final RecordLayout.Builder WIDE = RecordLayout.named("value");
    private static final LongField WIDE_VALUE = WIDE.int64("value");
    private static final LongField DOUBLED = WIDE.int64("doubled");
    private static final RecordLayout WIDE_LAYOUT = WIDE.build();

    private @Nullable Record record;
    private LongField counted = VALUE;

    @Override
    public void start(DaemonContext context) {
        boolean wide = context.args().contains("wide");
        counted = wide ? WIDE_VALUE : VALUE;
        record = context.state().record("value", wide ? WIDE_LAYOUT : NARROW_LAYOUT);
    }

    @Override
    public void migrate(StateView old, State state) {
        if ("throws".equals(System.getenv("MIGRATION"))) {
            throw new IllegalStateException("no way from 6");
        }
        long value = old.record("value", NARROW_LAYOUT).get(VALUE);
        Record wide = state.record("value", WIDE_LAYOUT);
        wide.set(WIDE_VALUE, value);
        wide.set(DOUBLED, 2 * value);
    }

    @Override
    public Next step() {
        Record value = Objects.requireNonNull(record);
        if (value.get(counted) == 6) {
            return Next.after(Duration.ofSeconds(1));
        }
        value.add(counted, 1);
        return Next.AGAIN;
    }
}
