package io.coppice.ops.torture.job;

import io.coppice.state.LongField;
import io.coppice.state.Record;
import io.coppice.state.RecordLayout;
import io.coppice.worker.Task;
import io.coppice.worker.TransactionContext;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * Hashes its number a few times, slowly, with a checkpoint after each: an attempt that went on from anything but the last checkpoint has
 * another result.
 */
public final class TortureTask implements Task {
    private static final int ROUNDS = 5;
    private static final long ROUND_MS = 8;

    private static final RecordLayout.Builder BUILDER = RecordLayout.named("torture-task");
    private static final LongField ROUND = BUILDER.int64("round");
    private static final LongField HASH = BUILDER.int64("hash");
    private static final RecordLayout LAYOUT = BUILDER.build();

    static byte[] input(long seed, long number) {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(seed).putLong(number).array();
    }

    static long number(byte[] input) {
        return ByteBuffer.wrap(input).getLong(Long.BYTES);
    }

    static long result(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }

    /** The result of that number. Pure. */
    public static long expected(long seed, long number) {
        long hash = Mix.of(seed, number);
        for (int round = 0; round < ROUNDS; round++) {
            hash = Mix.of(hash, round);
        }
        return hash;
    }

    @Override
    public byte[] run(TransactionContext context, byte[] input) throws InterruptedException {
        Record progress = context.state().record("progress", LAYOUT);
        if (progress.get(ROUND) == 0) {
            progress.set(HASH, Mix.of(ByteBuffer.wrap(input).getLong(), number(input)));
        }
        while (progress.get(ROUND) < ROUNDS) {
            TimeUnit.MILLISECONDS.sleep(ROUND_MS);
            progress.set(HASH, Mix.of(progress.get(HASH), progress.get(ROUND)));
            progress.add(ROUND, 1);
            context.checkpoint();
        }
        return ByteBuffer.allocate(Long.BYTES).putLong(progress.get(HASH)).array();
    }
}
