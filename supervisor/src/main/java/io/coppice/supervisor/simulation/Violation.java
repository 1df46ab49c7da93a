package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.Event;
import org.jspecify.annotations.Nullable;

/** A named predicate did not hold. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    final String predicate;
    final long step;

    /** @param event the latest that the core was told of, null for none */
    Violation(String predicate, double atSeconds, long step, @Nullable Event event, String detail) {
        super(predicate + ": at " + atSeconds + " s, step " + step + ", event " + event + ": " + detail);
        this.predicate = predicate;
        this.step = step;
    }
}
