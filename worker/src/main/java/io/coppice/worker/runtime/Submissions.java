package io.coppice.worker.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The submissions of this process, and what a rollback means to them: one that was made since the last commit has never been, one that waited
 * before that waits again. All of it is on the heap. Loop thread only.
 */
final class Submissions {
    /** In the table, by id. */
    private final Map<Long, Submission<?>> entered = new HashMap<>();

    /** For room; first come, first served. */
    private final Deque<Submission<?>> waiting = new ArrayDeque<>();

    /** In the table since the last commit, in this order. */
    private final List<Submission<?>> uncommitted = new ArrayList<>();

    /** Made since the last commit. */
    private final List<Submission<?>> born = new ArrayList<>();

    /** Never to be, and yet to be told so. */
    private final Deque<Submission<?>> dropped = new ArrayDeque<>();

    /** One that a step makes; it is put into the table, or waits. */
    void born(Submission<?> submission) {
        born.add(submission);
    }

    void wait(Submission<?> submission) {
        waiting.add(submission);
    }

    /** Who waits longest; null if nobody does. */
    @Nullable
    Submission<?> longestWaiting() {
        return waiting.peek();
    }

    /** Takes it out of the line. @return false if it does not wait */
    boolean stopWaiting(Submission<?> submission) {
        return waiting.remove(submission);
    }

    /** It has been put into the table. */
    void entered(Submission<?> submission, long id) {
        submission.entered(id);
        entered.put(id, submission);
        uncommitted.add(submission);
    }

    /** It was in the table before. */
    void found(Submission<?> submission) {
        entered.put(submission.value(), submission);
    }

    /** Who wants to hear of it; null if nobody does. */
    @Nullable
    Submission<?> of(long id) {
        return entered.get(id);
    }

    /** It is told of its outcome next. */
    void forget(long id) {
        entered.remove(id);
    }

    void committed() {
        if (!uncommitted.isEmpty()) {
            uncommitted.forEach(Submission::committed);
            uncommitted.clear();
        }
        born.clear();
    }

    /** What is in the table is what was committed. */
    void rolledBack() {
        for (int i = uncommitted.size() - 1; i >= 0; i--) {
            Submission<?> submission = uncommitted.get(i);
            entered.remove(submission.value());
            submission.entered(0);
            if (submission.isPending()) {
                waiting.addFirst(submission);
            }
        }
        uncommitted.clear();
        for (Submission<?> submission : born) {
            waiting.remove(submission);
            dropped.add(submission);
        }
        born.clear();
    }

    /** There is another table, and nothing of this one is in it. */
    void forgetAll() {
        dropped.addAll(entered.values());
        entered.clear();
        uncommitted.clear();
        born.clear();
    }

    /** Whether there is something to be done for them. */
    boolean areIdle() {
        return waiting.isEmpty() && dropped.isEmpty();
    }

    /**
     * Tells those that will never be.
     *
     * @throws RuntimeException of a callback; the others are told next time
     */
    void abandonDropped() {
        Submission<?> next;
        while ((next = dropped.poll()) != null) {
            next.abandon();
        }
    }
}
