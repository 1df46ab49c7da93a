package io.coppice.worker.runtime;

import io.coppice.worker.Codec;
import io.coppice.worker.QuarantinedTransaction;
import io.coppice.worker.Task;
import io.coppice.worker.TaskType;
import io.coppice.worker.Transaction;
import io.coppice.worker.TransactionId;
import io.coppice.worker.Transactions;
import io.coppice.worker.future.Future;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** What a daemon asks of its transactions: checked, encoded, and handed to the {@link TransactionLedger}. Refuses every other thread than the loop's, which makes it. */
final class TransactionDesk implements Transactions {
    /** Of the name of a task's class, in UTF-8. */
    private static final int MAX_TASK_BYTES = 256;

    private final TransactionLedger ledger;
    private final TransactionPort port;
    private final TransactionLimits limits;
    private final Thread loop = Thread.currentThread();

    TransactionDesk(TransactionLedger ledger, TransactionPort port, TransactionLimits limits) {
        this.ledger = ledger;
        this.port = port;
        this.limits = limits;
    }

    @Override
    public Transaction<byte[]> submit(Class<? extends Task> task, byte[] input) {
        requireLoop("submit()");
        return submitted(submission(task, Codec.BYTES, input));
    }

    @Override
    public <I, O> Transaction<O> submit(TaskType<I, O> task, I input) {
        requireLoop("submit()");
        return submitted(submission(task.task(), task.result(), task.input().encode(input)));
    }

    @Override
    public Future<byte[]> submitWhenRoom(Class<? extends Task> task, byte[] input) {
        requireLoop("submitWhenRoom()");
        return submittedWhenRoom(submission(task, Codec.BYTES, input));
    }

    @Override
    public <I, O> Future<O> submitWhenRoom(TaskType<I, O> task, I input) {
        requireLoop("submitWhenRoom()");
        return submittedWhenRoom(
                submission(task.task(), task.result(), task.input().encode(input)));
    }

    private <T> Transaction<T> submitted(Submission<T> submission) {
        ledger.submit(submission);
        return submission;
    }

    private <T> Future<T> submittedWhenRoom(Submission<T> submission) {
        ledger.submitWhenRoom(submission);
        return submission.future();
    }

    private <T> Submission<T> submission(Class<? extends Task> task, Codec<T> result, byte[] input) {
        if (input.length > limits.inputBytes()) {
            throw new IllegalArgumentException(
                    "input of " + task.getName() + ": " + input.length + " bytes, expected at most "
                            + limits.inputBytes() + "; the manifest key is `transactions: {input: …}`");
        }
        return new Submission<>(nameOf(task), result, ledger::input, input.clone());
    }

    /** In another JVM nobody but that class's name is there to say how it is made. */
    private static String nameOf(Class<? extends Task> task) {
        String name = task.getName();
        if (task.isInterface() || Modifier.isAbstract(task.getModifiers()) || task.isHidden()) {
            throw new IllegalArgumentException(name + ": expected a class that can be made by its name");
        }
        if (Arrays.stream(task.getDeclaredConstructors()).noneMatch(made -> made.getParameterCount() == 0)) {
            throw new IllegalArgumentException(name + ": expected a class with a constructor without parameters");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_TASK_BYTES) {
            throw new IllegalArgumentException(name + ": expected a name of at most " + MAX_TASK_BYTES + " bytes");
        }
        return name;
    }

    @Override
    public int room() {
        requireLoop("room()");
        return ledger.room();
    }

    @Override
    public void whenFound(Class<? extends Task> task, Consumer<? super Transaction<byte[]>> taker) {
        requireLoop("whenFound()");
        ledger.whenFound(task.getName(), Codec.BYTES, taker);
    }

    @Override
    public <I, O> void whenFound(TaskType<I, O> task, Consumer<? super Transaction<O>> taker) {
        requireLoop("whenFound()");
        ledger.whenFound(task.task().getName(), task.result(), taker);
    }

    @Override
    public List<QuarantinedTransaction> quarantined() {
        requireLoop("quarantined()");
        RequestTable table = port.table();
        List<QuarantinedTransaction> quarantined = new ArrayList<>();
        for (int entry = 0; entry < table.entries(); entry++) {
            if (table.used(entry) && table.standing(entry) == Standing.QUARANTINED) {
                quarantined.add(new QuarantinedTransaction(
                        new TransactionId(table.id(entry)),
                        table.task(entry),
                        table.input(entry),
                        table.attempts(entry),
                        table.cause(entry),
                        Instant.ofEpochMilli(table.submittedAtEpochMs(entry))));
            }
        }
        quarantined.sort((one, other) -> one.id().compareTo(other.id()));
        return quarantined;
    }

    /** Another thread would change the table under the loop's hands, and its future could not be completed by the loop. */
    private void requireLoop(String call) {
        Thread caller = Thread.currentThread();
        if (caller != loop) {
            throw new IllegalStateException(
                    "transactions." + call + ": called on thread \"" + caller.getName()
                            + "\"; transactions are used on the thread of step() alone. Hand the input to that thread, by a queue that step() empties, and call it there");
        }
    }
}
