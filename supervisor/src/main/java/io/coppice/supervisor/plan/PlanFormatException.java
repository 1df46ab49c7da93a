package io.coppice.supervisor.plan;

/** A text that is not a plan: damaged, cut short, or written by another release. Nothing of it has been used. */
public final class PlanFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final String reason;

    PlanFormatException(int line, String reason) {
        super("plan line " + line + ": " + reason);
        this.line = line;
        this.reason = reason;
    }

    /** The line that is wrong, counted from 1. */
    public int line() {
        return line;
    }

    /** What is wrong with it and what was expected. */
    public String reason() {
        return reason;
    }
}
