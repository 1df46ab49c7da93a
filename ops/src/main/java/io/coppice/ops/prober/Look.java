package io.coppice.ops.prober;

/** A way to look whether a process is well. One look at a time; it may keep what it has read for the next one. */
interface Look {
    /**
     * Looks once, and takes no longer than the probe's timeout as far as that is in its power.
     *
     * @throws InterruptedException if the prober ends
     */
    LookResult look() throws InterruptedException;

    /**
     * Since when it looks, by {@link System#nanoTime}: what it has to get ready first does not count. Any thread.
     *
     * @param begunNs when it was asked to
     */
    default long sinceNs(long begunNs) {
        return begunNs;
    }
}
