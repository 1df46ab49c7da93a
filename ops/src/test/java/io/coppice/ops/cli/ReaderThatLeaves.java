package io.coppice.ops.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** A reader of standard output that goes away, as `head` does, once it has seen what it wanted. */
final class ReaderThatLeaves extends OutputStream {
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private final Predicate<String> enough;

    ReaderThatLeaves(Predicate<String> enough) {
        this.enough = enough;
    }

    synchronized String text() {
        return seen.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) throws IOException {
        if (enough.test(text())) {
            throw new IOException("Broken pipe");
        }
        seen.write(bytes, from, length);
    }
}
