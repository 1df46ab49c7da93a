package io.coppice.worker.runtime;

import org.jspecify.annotations.Nullable;

/** The class named by the manifest's {@code main} cannot serve as a daemon. The message is for the operator. */
final class UnusableMainClassException extends Exception {
    private static final long serialVersionUID = 1;

    UnusableMainClassException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
