package io.coppice.worker;

import io.coppice.worker.future.Future;
import java.util.List;
import java.util.function.Consumer;

/**
 * Hands risky work to child JVMs. Loop thread only, and every other one gets an {@link IllegalStateException}; nothing here blocks.
 *
 * <p>A submit is a change of the daemon's state as any other: it takes effect with the commit of the step. From then on the transaction
 * survives: its own JVM's death, of which it is restarted as the manifest's {@code transactions: {retries: …}} say; the daemon's death,
 * whose successor finds it; the root's. Its result is adopted exactly once.
 *
 * <pre>{@code
 * public void start(DaemonContext context) {
 *     transactions = context.transactions();
 *     transactions.whenFound(Thumbnail.TYPE, this::take); // those of a predecessor
 * }
 *
 * public Next step() {
 *     take(transactions.submit(Thumbnail.TYPE, "cat.png"));
 *     …
 * }
 *
 * private void take(Transaction<String> thumbnail) {
 *     thumbnail.future().onReady(file -> done.add(1)).onFailed(e -> System.out.println(e.getMessage()));
 * }
 * }</pre>
 */
public interface Transactions {
    /**
     * Submits a task.
     *
     * @param task found by its name in the transaction's JVM
     * @param input copied; at most the manifest's {@code input}
     * @throws io.coppice.state.CapacityExceededException if all slots and the queue are taken; nothing has changed
     * @throws IllegalArgumentException if the input is longer than declared, or the class is none that a transaction can make
     */
    Transaction<byte[]> submit(Class<? extends Task> task, byte[] input);

    /**
     * The same with values.
     *
     * @throws RuntimeException what the input's codec throws
     */
    <I, O> Transaction<O> submit(TaskType<I, O> task, I input);

    /**
     * Submits a task as soon as there is room, first come, first served. Until then it waits on the heap and has not taken effect: it ends
     * with this process, and where the step that called this is rolled back the future is abandoned.
     *
     * @throws IllegalArgumentException as {@link #submit}
     */
    Future<byte[]> submitWhenRoom(Class<? extends Task> task, byte[] input);

    /**
     * The same with values.
     *
     * @throws RuntimeException what the input's codec throws
     */
    <I, O> Future<O> submitWhenRoom(TaskType<I, O> task, I input);

    /** How many may be submitted now. */
    int room();

    /**
     * Who takes up the transactions of a task that this process did not submit: a predecessor's, and what was quarantined and is
     * retried by command. To be called in {@link Daemon#start}. A result that nobody takes up is kept, and with it its slot; what fails
     * goes to quarantine all the same.
     *
     * @param taker called with each, before the next step; what it changes is committed at once, and an exception in it is handled as one of
     *     a step
     * @throws IllegalStateException if there is one for this task already
     */
    void whenFound(Class<? extends Task> task, Consumer<? super Transaction<byte[]>> taker);

    /** The same with values. */
    <I, O> void whenFound(TaskType<I, O> task, Consumer<? super Transaction<O>> taker);

    /** What failed for good and is kept, oldest first. */
    List<QuarantinedTransaction> quarantined();
}
