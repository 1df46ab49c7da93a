package io.coppice.worker.jvm;

import org.jspecify.annotations.Nullable;

/** One thing that shows whether a program does what it is there for. */
public interface SignOfLife {
    /**
     * Looks once. The agent's thread only; may block for about a heartbeat timeout.
     *
     * @return what is the matter, the most telling first, as it may be cut; null if all is well
     */
    @Nullable
    String fault();
}
