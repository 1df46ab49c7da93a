package io.coppice.worker.runtime;

/** Hears the root's question. Any thread. */
interface Ear {
    /**
     * From now on each question runs that, on a thread that is not the loop's.
     *
     * @throws IllegalArgumentException if the JVM does not let it
     */
    void listen(Runnable onQuestion);
}
