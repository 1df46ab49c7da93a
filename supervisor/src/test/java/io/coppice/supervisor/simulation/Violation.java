package io.coppice.supervisor.simulation;

/** A named predicate did not hold. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    final String predicate;

    Violation(String predicate, String detail) {
        super(predicate + ": " + detail);
        this.predicate = predicate;
    }
}
