package io.coppice.ops.system.daemons;

import io.coppice.state.CapacityExceededException;
import io.coppice.state.StringLongMap;
import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import org.jspecify.annotations.Nullable;

/** Puts keys into its map until it is full, then one that is too long; says what it was told, and is done. */
public final class FillsItsMap implements Daemon {
    private @Nullable StringLongMap map;

    @Override
    public void start(DaemonContext context) {
        map = context.state().stringLongMap("words", 100, 64, 4096);
    }

    @Override
    public Next step() {
        StringLongMap words = java.util.Objects.requireNonNull(map);
        for (int i = 0; i <= 100; i++) {
            try {
                words.put("key-" + i, i);
            } catch (CapacityExceededException e) {
                System.out.println("at " + words.size() + ": " + e.getMessage());
            }
        }
        try {
            words.put("x".repeat(65), 1);
        } catch (CapacityExceededException e) {
            System.out.println("too long: " + e.getMessage());
        }
        System.out.println("holds " + words.size());
        return Next.DONE;
    }
}
