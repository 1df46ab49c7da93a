package io.coppice.ops.bench.job;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/** The smallest JVM there is: what starting one costs by itself. */
public final class Nothing {
    private Nothing() {}

    /** Writes a byte and waits to be killed. */
    public static void main(String[] args) throws IOException, InterruptedException {
        try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            out.write('u');
            Thread.sleep(Long.MAX_VALUE);
        }
    }
}
