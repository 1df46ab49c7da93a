package io.coppice.worker;

/**
 * A {@link Task} with values in place of bytes.
 *
 * <pre>{@code
 * public final class Thumbnail implements TypedTask<String, String> {
 *     public static final TaskType<String, String> TYPE = TaskType.of(Thumbnail.class, Codec.UTF_8, Codec.UTF_8);
 *
 *     public TaskType<String, String> type() {
 *         return TYPE;
 *     }
 *
 *     public String perform(TransactionContext context, String image) throws Exception {
 *         …
 *     }
 * }
 * }</pre>
 *
 * @param <I> of the input
 * @param <O> of the result
 */
public interface TypedTask<I, O> extends Task {
    /** How input and result become bytes: the same as what the daemon submits by. */
    TaskType<I, O> type();

    /**
     * As {@link Task#run}.
     *
     * @return never null
     * @throws Exception as {@link Task#run}
     */
    O perform(TransactionContext context, I input) throws Exception;

    /** Calls {@link #perform} between two codecs; not to be overridden. */
    @Override
    default byte[] run(TransactionContext context, byte[] input) throws Exception {
        TaskType<I, O> type = type();
        return type.result().encode(perform(context, type.input().decode(input)));
    }
}
