package io.coppice.ops.torture.job;

/** A message whose bytes contradict themselves. */
public final class TornMessageException extends Exception {
    private static final long serialVersionUID = 1;

    TornMessageException(String message) {
        super(message);
    }
}
