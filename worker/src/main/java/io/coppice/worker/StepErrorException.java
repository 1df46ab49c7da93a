package io.coppice.worker;

/**
 * An {@link Error} that left a step and does not end the JVM (a stack overflow, a failed assertion, a missing class),
 * wrapped so that {@link Daemon#onException} has one type to look at. The error is the cause.
 */
public final class StepErrorException extends Exception {
    private static final long serialVersionUID = 1;

    public StepErrorException(Error cause) {
        super(cause);
    }
}
