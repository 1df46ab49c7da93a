package io.coppice.worker.future;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A value that is not there yet, seen from who wants it. It is PENDING, and then, once and for ever, READY, FAILED or DISCARDED.
 * Used by the thread that made it only.
 *
 * <p>What is to be done at an outcome is called by whoever brings it about, at once; if it is there already, by who asks.
 * Each is called once at most, in the order in which they were asked for, and forgotten then. An exception that leaves one keeps no
 * other from being called; the first is thrown to who completed the future, with the others suppressed in it.
 *
 * <p><b>Discarding.</b> {@link #discard} asks the provider to give up. The future stays PENDING until he does, or does not: it may
 * still become READY. A request travels from a future made by {@link #then}, {@link #map}, {@link #repair} or {@link #recover} to the
 * one that it was made of, but for what is {@link #undiscardable}.
 *
 * @param <T> of the value; never null
 */
public final class Future<T> {
    enum State {
        PENDING,
        READY,
        FAILED,
        DISCARDED
    }

    private final Thread owner = Thread.currentThread();
    private State state = State.PENDING;
    private @Nullable T value;
    private @Nullable Exception failure;
    private boolean discardAsked;
    private boolean abandoned;

    private List<Consumer<Future<T>>> atOutcome = new ArrayList<>();
    private List<Runnable> atDiscard = new ArrayList<>();
    private List<Runnable> atAbandonment = new ArrayList<>();

    Future() {}

    /** One that is READY. */
    public static <T> Future<T> ready(T value) {
        Future<T> future = new Future<>();
        future.complete(State.READY, value, null);
        return future;
    }

    /** One that has FAILED. */
    public static <T> Future<T> failed(Exception cause) {
        Future<T> future = new Future<>();
        future.complete(State.FAILED, null, cause);
        return future;
    }

    /** Whether there is no outcome yet; also of one that is {@linkplain #isAbandoned abandoned}. */
    public boolean isPending() {
        return is(State.PENDING);
    }

    /** Whether there is a value. */
    public boolean isReady() {
        return is(State.READY);
    }

    /** Whether there is a cause why there will be no value. */
    public boolean isFailed() {
        return is(State.FAILED);
    }

    /** Whether the provider gave up, as asked or by himself. */
    public boolean isDiscarded() {
        return is(State.DISCARDED);
    }

    /** Whether it is pending, and nobody is left who could complete it. */
    public boolean isAbandoned() {
        return abandoned;
    }

    /** Whether somebody has asked to discard it. */
    public boolean hasDiscard() {
        return discardAsked;
    }

    /**
     * The value.
     *
     * @throws IllegalStateException if it is not READY
     */
    public T value() {
        if (!isReady()) {
            throw new IllegalStateException("no value: the future is " + this);
        }
        return Objects.requireNonNull(value);
    }

    /**
     * Why there is no value.
     *
     * @throws IllegalStateException if it has not FAILED
     */
    public Exception failure() {
        if (!isFailed()) {
            throw new IllegalStateException("no failure: the future is " + this);
        }
        return Objects.requireNonNull(failure);
    }

    /**
     * Asks the provider to give up. Nothing more: what becomes of it is his to say.
     *
     * @return whether this was the first request, made while it was pending
     */
    public boolean discard() {
        if (!isPending() || discardAsked) {
            return false;
        }
        discardAsked = true;
        List<Runnable> due = atDiscard;
        atDiscard = new ArrayList<>();
        callAll(due);
        return true;
    }

    /** To be called at any outcome, with this future. Returns it. */
    public Future<T> onAny(Consumer<? super Future<T>> callback) {
        if (isPending()) {
            atOutcome.add(callback::accept);
        } else {
            callback.accept(this);
        }
        return this;
    }

    /** To be called with the value. Returns this future. */
    public Future<T> onReady(Consumer<? super T> callback) {
        return onAny(outcome -> {
            if (outcome.isReady()) {
                callback.accept(outcome.value());
            }
        });
    }

    /** To be called with the cause of a failure. Returns this future. */
    public Future<T> onFailed(Consumer<? super Exception> callback) {
        return onAny(outcome -> {
            if (outcome.isFailed()) {
                callback.accept(outcome.failure());
            }
        });
    }

    /** To be called when the provider has given up. Returns this future. */
    public Future<T> onDiscarded(Runnable callback) {
        return onAny(outcome -> {
            if (outcome.isDiscarded()) {
                callback.run();
            }
        });
    }

    /** To be called when somebody asks to discard it: at once if that has happened; never once there is an outcome. Returns this future. */
    public Future<T> onDiscard(Runnable callback) {
        if (discardAsked && isPending()) {
            callback.run();
        } else if (isPending()) {
            atDiscard.add(callback);
        }
        return this;
    }

    /** To be called when nobody is left who could complete it. Returns this future. */
    public Future<T> onAbandoned(Runnable callback) {
        if (isPending() && abandoned) {
            callback.run();
        } else if (isPending()) {
            atAbandonment.add(callback);
        }
        return this;
    }

    /**
     * Goes on with the value, when it is there, to what takes time again. If somebody has asked to discard before that, it is
     * not called, and the new future is DISCARDED, also if the value came all the same.
     *
     * @param next an exception that leaves it makes the new future FAILED
     * @return of what {@code next} gives; of this one's failure or discard otherwise
     */
    public <R> Future<R> then(Function<? super T, Future<R>> next) {
        Promise<R> promise = new Promise<>();
        onAny(outcome -> {
            if (outcome.isFailed()) {
                promise.fail(outcome.failure());
            } else if (outcome.isDiscarded() || outcome.hasDiscard()) {
                promise.discard();
            } else {
                goOn(promise, next, outcome.value());
            }
        });
        return linked(promise).future();
    }

    /** As {@link #then}, where the next value is there at once. */
    public <R> Future<R> map(Function<? super T, ? extends R> next) {
        return then(known -> ready(next.apply(known)));
    }

    /**
     * Goes on after a failure, and after nothing else.
     *
     * @param other is given this future; an exception that leaves it makes the new future FAILED
     */
    public Future<T> repair(Function<? super Future<T>, Future<T>> other) {
        Promise<T> promise = new Promise<>();
        onAny(outcome -> {
            if (outcome.isFailed()) {
                goOn(promise, other, outcome);
            } else {
                promise.associate(outcome);
            }
        });
        return linked(promise).future();
    }

    /**
     * Goes on after whatever is no value: a failure, a discard, or that nobody is left. A request to discard that came before does
     * not reach what {@code other} gives; a later one does.
     *
     * @param other is given this future; an exception that leaves it makes the new future FAILED
     */
    public Future<T> recover(Function<? super Future<T>, Future<T>> other) {
        Promise<T> promise = new Promise<>();
        onAny(outcome -> {
            if (outcome.isReady()) {
                promise.associate(outcome);
            } else {
                promise.future().discardAsked = false;
                goOn(promise, other, outcome);
            }
        });
        onAbandoned(() -> {
            promise.future().discardAsked = false;
            goOn(promise, other, this);
        });
        promise.future().onDiscard(this::discard);
        return promise.future();
    }

    /** One with the same outcome that cannot be asked to be discarded: the request goes no further than to it. */
    public Future<T> undiscardable() {
        Promise<T> promise = new Promise<>();
        onAny(promise::associate);
        onAbandoned(promise::abandon);
        return promise.future();
    }

    /** A request to discard it comes here, and if nobody is left here, nobody is there. */
    private <R> Promise<R> linked(Promise<R> promise) {
        onAbandoned(promise::abandon);
        promise.future().onDiscard(this::discard);
        return promise;
    }

    private static <A, R> void goOn(Promise<R> promise, Function<? super A, Future<R>> next, A argument) {
        Future<R> following;
        try {
            following = next.apply(argument);
        } catch (RuntimeException e) {
            promise.fail(e);
            return;
        }
        promise.associate(following);
    }

    /** Gives it an outcome. @return false if there is one already */
    boolean complete(State outcome, @Nullable T result, @Nullable Exception cause) {
        if (!isPending()) {
            return false;
        }
        state = outcome;
        value = outcome == State.READY ? Objects.requireNonNull(result, "value") : null;
        failure = outcome == State.FAILED ? Objects.requireNonNull(cause, "cause") : null;
        abandoned = false;
        List<Consumer<Future<T>>> due = atOutcome;
        atOutcome = new ArrayList<>();
        atDiscard = new ArrayList<>();
        atAbandonment = new ArrayList<>();
        callAll(due.stream()
                .map(callback -> (Runnable) () -> callback.accept(this))
                .toList());
        return true;
    }

    /** Nobody is left. @return false if there is an outcome, or that is known already */
    boolean abandon() {
        if (!isPending() || abandoned) {
            return false;
        }
        abandoned = true;
        List<Runnable> due = atAbandonment;
        atAbandonment = new ArrayList<>();
        callAll(due);
        return true;
    }

    private static void callAll(List<Runnable> due) {
        RuntimeException first = null;
        for (Runnable callback : due) {
            try {
                callback.run();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private boolean is(State asked) {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("a future of thread " + owner.getName() + ", used by thread "
                    + Thread.currentThread().getName() + ": it is no means to pass something between threads");
        }
        return state == asked;
    }

    /** {@code pending}, {@code pending, discard asked for}, {@code abandoned}, {@code ready}, {@code failed: …} or {@code discarded}. */
    @Override
    public String toString() {
        return switch (state) {
            case PENDING -> (abandoned ? "abandoned" : "pending") + (discardAsked ? ", discard asked for" : "");
            case READY -> "ready";
            case FAILED -> "failed: " + failure;
            case DISCARDED -> "discarded";
        };
    }
}
