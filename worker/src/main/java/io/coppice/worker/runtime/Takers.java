package io.coppice.worker.runtime;

import io.coppice.worker.Codec;
import io.coppice.worker.Transaction;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Who takes up the transactions that this process did not submit, by the name of their task. Loop thread only. */
final class Takers {
    private final Map<String, Taker<?>> takers = new HashMap<>();
    private final LongFunction<byte[]> stored;

    private record Taker<T>(Codec<T> result, Consumer<? super Transaction<T>> consumer) {}

    /** @param stored the input of that id in the table */
    Takers(LongFunction<byte[]> stored) {
        this.stored = stored;
    }

    /** @throws IllegalStateException if there is one already */
    <T> void add(String task, Codec<T> result, Consumer<? super Transaction<T>> consumer) {
        if (takers.putIfAbsent(task, new Taker<>(result, consumer)) != null) {
            throw new IllegalStateException("whenFound: of " + task + " somebody takes up transactions already");
        }
    }

    /** The daemon is started anew. */
    void clear() {
        takers.clear();
    }

    /**
     * Hands one over.
     *
     * @param taken told of it before its taker is
     * @return false if nobody takes up those of that task
     * @throws RuntimeException of the taker
     */
    boolean offer(String task, long id, Consumer<Submission<?>> taken) {
        return offer(takers.get(task), task, id, taken);
    }

    private <T> boolean offer(@Nullable Taker<T> taker, String task, long id, Consumer<Submission<?>> taken) {
        if (taker == null) {
            return false;
        }
        Submission<T> found = new Submission<>(task, taker.result(), stored, null);
        found.entered(id);
        taken.accept(found);
        taker.consumer().accept(found);
        return true;
    }
}
