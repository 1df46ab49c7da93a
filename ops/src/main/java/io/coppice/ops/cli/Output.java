package io.coppice.ops.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Standard output of a command: UTF-8, buffered, and, unlike {@code System.out}, it notices when a write fails. One thread.
 */
final class Output {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final Caller caller;
    private final OutputStream stream;
    private boolean broken;

    Output(Caller caller) {
        this.caller = caller;
        this.stream = new BufferedOutputStream(caller.out(), BUFFER_BYTES);
    }

    void line(String text) {
        text(text + "\n");
    }

    void lines(List<String> lines) {
        for (String line : lines) {
            line(line);
        }
    }

    void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        bytes(bytes, bytes.length);
    }

    void bytes(byte[] bytes, int length) {
        if (broken) {
            return;
        }
        try {
            stream.write(bytes, 0, length);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** All that remains in the buffer, which is used up. */
    void bytes(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        bytes(copy, copy.length);
    }

    /** Everything so far reaches the reader. */
    void flush() {
        if (broken) {
            return;
        }
        try {
            stream.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** As {@link #flush}, for a command that has failed already: a reader who has left changes nothing about that. */
    void flushIfOpen() {
        try {
            flush();
        } catch (OutputClosedException | CommandFailedException e) {
            broken = true;
        }
    }

    /** What a failed write of standard output means for the command. It has been told then, so nothing is written any more. */
    RuntimeException failure(IOException e) {
        broken = true;
        return caller.outKind() == Caller.OutputKind.FILE
                ? new CommandFailedException(ExitCode.FAILED, "Cannot write to standard output: " + e.getMessage())
                : new OutputClosedException(e);
    }

    /** A stream for generators: same buffer, failures as {@link IOException}; closing it only flushes. */
    OutputStream asStream() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                stream.write(b);
            }

            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                stream.write(bytes, from, length);
            }

            @Override
            public void flush() throws IOException {
                stream.flush();
            }

            @Override
            public void close() throws IOException {
                stream.flush();
            }
        };
    }
}
