package io.coppice.ops.bench;

import io.coppice.ops.hosted.RootWatch;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import java.util.function.BooleanSupplier;

/**
 * Whether no process of a daemon's slots is left from before. One thread.
 *
 * @param slots how many it has
 */
record SlotsAtRest(RootWatch root, String daemon, int slots) implements BooleanSupplier {
    @Override
    public boolean getAsBoolean() {
        for (int slot = 1; slot <= slots; slot++) {
            if (root.child(daemon + "@" + slot).filter(SlotsAtRest::isDown).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDown(ChildInfo slot) {
        return slot.pid() == 0 && slot.request() == 0;
    }
}
