package io.coppice.ops.bench;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The steps of a child of {@code fork.c}, which draws these two words. */
final class ForkedSteps implements StepView {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final int PID_OFFSET = 0;
    private static final int COMMIT_OFFSET = PID_OFFSET + Long.BYTES;
    private static final int LENGTH = COMMIT_OFFSET + Long.BYTES;
    private static final long STEPS_MASK = 0xffff_ffffL;

    private final ByteBuffer words;

    private ForkedSteps(ByteBuffer words) {
        this.words = words;
    }

    static ForkedSteps of(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return new ForkedSteps(channel.map(FileChannel.MapMode.READ_ONLY, 0, LENGTH));
        }
    }

    @Override
    public long incarnation() {
        return commit() >>> Integer.SIZE;
    }

    @Override
    public long steps() {
        return commit() & STEPS_MASK;
    }

    @Override
    public int pid() {
        return (int) (long) LONGS.getAcquire(words, PID_OFFSET);
    }

    private long commit() {
        return (long) LONGS.getAcquire(words, COMMIT_OFFSET);
    }

    /** The JDK unmaps what nobody refers to any more. */
    @Override
    public void close() {}
}
