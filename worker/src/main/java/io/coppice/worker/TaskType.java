package io.coppice.worker;

/**
 * A {@link TypedTask} as a daemon names it: its class, and how its input and its result become bytes. Any thread.
 *
 * @param task its class
 * @param input of the input
 * @param result of the result
 * @param <I> of the input
 * @param <O> of the result
 */
public record TaskType<I, O>(Class<? extends TypedTask<I, O>> task, Codec<I> input, Codec<O> result) {
    /** Of these. */
    public static <I, O> TaskType<I, O> of(Class<? extends TypedTask<I, O>> task, Codec<I> input, Codec<O> result) {
        return new TaskType<>(task, input, result);
    }
}
