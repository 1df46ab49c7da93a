package io.coppice.ops.demo.job;

import org.jspecify.annotations.Nullable;

/** A word finds no room in the daemon's state; the message names it. A restart would find none either. */
public final class StateTooSmallException extends Exception {
    private static final long serialVersionUID = 1;

    StateTooSmallException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
