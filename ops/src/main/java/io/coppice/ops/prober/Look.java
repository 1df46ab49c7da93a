package io.coppice.ops.prober;

/** A way to look whether a process is well. One look at a time; it may keep what it has read for the next one. */
interface Look {
    /**
     * Looks once, and takes no longer than the probe's timeout as far as that is in its power.
     *
     * @throws InterruptedException if the prober ends
     */
    LookResult look() throws InterruptedException;
}
