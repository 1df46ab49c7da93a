package io.coppice.worker;

import java.time.Duration;

/**
 * What a step wants next. {@link #AGAIN} and {@link #DONE} are constants; a daemon that waits in the same way each
 * time keeps its {@link #after} in a constant of its own, and then its steps allocate nothing.
 */
public final class Next {
    /** Step again at once. */
    public static final Next AGAIN = new Next("again", 0);

    /** All work is done: {@link Daemon#stop}, a last commit, and exit code 0; the root calls it completed. Transactions without an outcome end with it. */
    public static final Next DONE = new Next("done", 0);

    private final String what;
    private final long delayNs;

    private Next(String what, long delayNs) {
        this.what = what;
        this.delayNs = delayNs;
    }

    /**
     * Step again after a pause. A stop request ends the pause early, and so does the outcome of a {@link Transaction}; meanwhile the worker wakes now and then to bump
     * the heartbeat, so the pause may be longer than the heartbeat timeout.
     *
     * @param delay zero or more; more than 292 years counts as that
     */
    public static Next after(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("delay: " + delay + " must be zero or more");
        }
        return delay.isZero() ? AGAIN : new Next("after " + delay, saturatedNs(delay));
    }

    /** The pause in nanoseconds; zero for {@link #AGAIN} and {@link #DONE}. */
    public long delayNs() {
        return delayNs;
    }

    private static long saturatedNs(Duration delay) {
        return delay.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0 ? Long.MAX_VALUE : delay.toNanos();
    }

    @Override
    public String toString() {
        return what;
    }
}
