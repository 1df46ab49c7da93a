package io.coppice.worker.runtime;

import io.coppice.worker.Codec;
import io.coppice.worker.Transaction;
import io.coppice.worker.TransactionId;
import io.coppice.worker.future.Future;
import io.coppice.worker.future.Promise;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** A transaction that this process wants to hear of: submitted by it, waiting to be, or taken up from a predecessor. Loop thread only. */
final class Submission<T> implements Transaction<T> {
    private final String task;
    private final Codec<T> codec;
    private final Promise<T> promise = new Promise<>();
    private final LongFunction<byte[]> stored;
    private byte @Nullable [] input;
    private long id;

    /**
     * @param stored the input of that id in the table
     * @param input null if it is in the table already
     */
    Submission(String task, Codec<T> codec, LongFunction<byte[]> stored, byte @Nullable [] input) {
        this.task = task;
        this.codec = codec;
        this.stored = stored;
        this.input = input;
    }

    /** One that waits for room is known by its future alone, so that nobody asks it. */
    @Override
    public TransactionId id() {
        if (id == 0) {
            throw new IllegalStateException("a transaction of " + task
                    + " has no id: the step that submitted it was rolled back, so it was never submitted");
        }
        return new TransactionId(id);
    }

    @Override
    public Future<T> future() {
        return promise.future();
    }

    String task() {
        return task;
    }

    /** As it is stored; 0 while it waits for room. */
    long value() {
        return id;
    }

    /** It is in the table now, under that id; or, with 0, not any more. */
    void entered(long as) {
        id = as;
    }

    @Override
    public byte[] input() {
        if (!isPending()) {
            throw new IllegalStateException(this + ": its input is not kept any more");
        }
        byte[] present = input;
        return present == null ? stored.apply(id) : present.clone();
    }

    /** Its input need not be kept on the heap any more. */
    void committed() {
        input = null;
    }

    boolean isPending() {
        return promise.future().isPending();
    }

    /** What its result says: to be called before anything is completed. */
    T decode(byte[] result) {
        return codec.decode(result);
    }

    /** @throws RuntimeException of a callback */
    void complete(Object value) {
        @SuppressWarnings("unchecked")
        T decoded = (T) value;
        promise.set(decoded);
    }

    /** @throws RuntimeException of a callback */
    void fail(Exception cause) {
        promise.fail(cause);
    }

    /** @throws RuntimeException of a callback */
    void discarded() {
        promise.discard();
    }

    /** @throws RuntimeException of a callback */
    void abandon() {
        promise.abandon();
    }

    @Override
    public String toString() {
        return "transaction " + (id == 0 ? "without an id" : id().toString()) + " of " + task + ": " + promise.future();
    }
}
