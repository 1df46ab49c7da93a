package io.coppice.state;

/** A structure of that name exists with another type, layout or capacity. Nothing was changed. */
public final class LayoutMismatchException extends StateException {
    LayoutMismatchException(String message) {
        super(message);
    }
}
