package io.coppice.state;

/** A segment file did not pass validation. It was not changed. */
public final class SegmentRefusedException extends SegmentException {
    private final transient Validation validation;

    SegmentRefusedException(Validation validation) {
        super(validation.message());
        this.validation = validation;
    }

    /** Why it was refused; never {@link Validation.Valid}. */
    public Validation validation() {
        return validation;
    }
}
