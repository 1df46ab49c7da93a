package io.coppice.supervisor.simulation;

/** A text is no choice of faults; the message says what was expected. */
public final class FaultFormatException extends Exception {
    private static final long serialVersionUID = 1;

    FaultFormatException(String message) {
        super(message);
    }
}
