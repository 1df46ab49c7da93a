package io.coppice.worker.future;

/**
 * The side of a future that completes it, once. All later attempts are told that they changed nothing. Used by the thread
 * that made it only.
 *
 * <p>A provider that can give up early listens to its future:
 *
 * <pre>{@code
 * Promise<Image> promise = new Promise<>();
 * promise.future().onDiscard(promise::discard);
 * }</pre>
 *
 * @param <T> of the value; never null
 */
public final class Promise<T> {
    private final Future<T> future = new Future<>();

    /** Whether another future completes this one, and nobody else does. */
    private boolean associated;

    /** Of a pending future. */
    public Promise() {}

    /** The other side; always the same object. */
    public Future<T> future() {
        return future;
    }

    /**
     * Makes it READY.
     *
     * @return false if it was not pending, or is {@linkplain #associate associated}; then nothing has changed
     * @throws RuntimeException the first one that left what was to be done then; all of it has been called
     */
    public boolean set(T value) {
        return isOurs() && future.complete(Future.State.READY, value, null);
    }

    /**
     * Makes it FAILED.
     *
     * @param cause for people and programs
     * @return as {@link #set}
     */
    public boolean fail(Exception cause) {
        return isOurs() && future.complete(Future.State.FAILED, null, cause);
    }

    /**
     * Makes it DISCARDED: the value will never be known, and that is nobody's failure. Not to be mistaken for {@link
     * Future#discard}, which asks for this.
     *
     * @return as {@link #set}
     */
    public boolean discard() {
        return isOurs() && future.complete(Future.State.DISCARDED, null, null);
    }

    /**
     * Nobody will ever complete it. It stays pending, and whoever {@linkplain Future#recover recovers} from that does.
     *
     * @return as {@link #set}
     */
    public boolean abandon() {
        return isOurs() && future.abandon();
    }

    /**
     * From now on it is as the other future is, or will be; and who asks to discard it asks the other one.
     *
     * @return as {@link #set}
     */
    public boolean associate(Future<T> other) {
        if (!isOurs() || !future.isPending()) {
            return false;
        }
        associated = true;
        future.onDiscard(other::discard);
        other.onAny(this::follow);
        other.onAbandoned(future::abandon);
        return true;
    }

    private boolean isOurs() {
        return !associated && !future.isAbandoned();
    }

    private void follow(Future<T> outcome) {
        if (outcome.isReady()) {
            future.complete(Future.State.READY, outcome.value(), null);
        } else if (outcome.isFailed()) {
            future.complete(Future.State.FAILED, null, outcome.failure());
        } else {
            future.complete(Future.State.DISCARDED, null, null);
        }
    }

    /** As its future, for people. */
    @Override
    public String toString() {
        return "promise (" + (associated ? "associated, " : "") + future + ")";
    }
}
