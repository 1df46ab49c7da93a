package io.coppice.state;

/** Another process (or another part of this one) holds the lock file of the segment. Nothing was mapped. */
public final class SegmentLockedException extends SegmentException {
    private final long pid;

    SegmentLockedException(String message, long pid) {
        super(message);
        this.pid = pid;
    }

    /** Process id that the lock file names, or -1 when it names none. */
    public long pid() {
        return pid;
    }
}
