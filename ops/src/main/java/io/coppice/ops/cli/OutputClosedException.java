package io.coppice.ops.cli;

/** The reader of our output has gone ({@code coppice events | head}): nobody is left to tell anything, so we end quietly. */
final class OutputClosedException extends RuntimeException {
    OutputClosedException(Throwable cause) {
        super(cause);
    }
}
