package io.coppice.ops.torture.job;

/** A step has to wait for a receiver; it is rolled back and tried again. */
final class ChannelFullException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ChannelFullException() {
        super("a receiver is behind", null, false, false);
    }
}
