package io.coppice.ops.bench.job;

import io.coppice.worker.Task;
import io.coppice.worker.TransactionContext;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/** The smallest task there is: what running one costs by itself. In a transaction, in a JVM made for it, or called. */
public final class EmptyTask implements Task {
    private static final byte[] INPUT = {'i'};

    /** Runs it in this process. */
    public static byte[] call(byte[] input) {
        return new byte[] {(byte) (input[0] + 1)};
    }

    /** What it is given. */
    public static byte[] input() {
        return INPUT.clone();
    }

    @Override
    public byte[] run(TransactionContext context, byte[] input) {
        return call(input);
    }

    /** Writes its result and ends. */
    public static void main(String[] args) throws IOException {
        try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            out.write(call(input()));
        }
    }
}
