package io.coppice.supervisor.simulation;

/** When something happened, in nanoseconds, the earliest first. Immutable, so that what was committed is kept by keeping this. */
final class Times {
    static final Times NONE = new Times();

    private final long[] atNs;

    private Times(long... atNs) {
        this.atNs = atNs;
    }

    /**
     * With one more, without those that are out of the period by then.
     *
     * @param againAtNs not before the others
     */
    Times and(long againAtNs, long periodNs) {
        int kept = within(periodNs, againAtNs);
        long[] more = new long[kept + 1];
        System.arraycopy(atNs, atNs.length - kept, more, 0, kept);
        more[kept] = againAtNs;
        return new Times(more);
    }

    /** How often within the period that ends now. */
    int within(long periodNs, long nowNs) {
        int count = 0;
        for (long each : atNs) {
            count += nowNs - each < periodNs ? 1 : 0;
        }
        return count;
    }
}
