package io.coppice.worker.runtime;

import io.coppice.state.OwnedSegment;
import org.jspecify.annotations.Nullable;

/**
 * Answers the root's question whether this JVM runs at all. The root asks, by SIGWINCH, only a worker whose loop is silent; the JVM has a
 * thread of its own start another one for each signal, and that counts up a word in the segment. If the loop alone hangs, the count moves;
 * if the JVM as a whole stands still, in a collection of garbage or another long safepoint, it does not, and that is an excuse.
 *
 * <p>So a worker that is not suspected has no thread for this and never wakes for it. SIGWINCH is what a process ignores that does not
 * listen: a signal that comes too early, or to a JVM whose daemon listens to it itself, does no harm but that there is no answer.
 */
final class Answers implements Runnable {
    /** Of sources that are compiled after these. */
    private static final String EAR = "io.coppice.worker.runtime.SignalEar";

    /** The JVM's thread without which nobody hears a signal; there is none under -Xrs. */
    private static final String HEARER = "Signal Dispatcher";

    private @Nullable OwnedSegment segment;
    private long count;

    /** One that hears nothing. */
    Answers() {}

    /** One that hears the root from now on; null where it would not. Costs a cold JVM just under a millisecond. */
    static @Nullable Answers listen(WorkerLog log) {
        if (!hasHearer()) {
            return null;
        }
        Answers answers = new Answers();
        try {
            Ear ear = Class.forName(EAR)
                    .asSubclass(Ear.class)
                    .getDeclaredConstructor()
                    .newInstance();
            ear.listen(answers);
            return answers;
        } catch (IllegalArgumentException | ReflectiveOperationException e) {
            log.log("if this JVM stands still for long, the root cannot know that: " + e, null);
            return null;
        }
    }

    private static boolean hasHearer() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        for (ThreadGroup above = group; above != null; above = above.getParent()) {
            group = above;
        }
        if (group == null) {
            return false;
        }
        Thread[] threads = new Thread[group.activeCount() + 8];
        int length = group.enumerate(threads, false);
        for (int i = 0; i < length; i++) {
            if (threads[i].getName().equals(HEARER)) {
                return true;
            }
        }
        return false;
    }

    /** From now on answers are counted there. Loop thread. */
    synchronized void countIn(OwnedSegment owned) {
        segment = owned;
        count = 1;
        owned.answers(count);
    }

    /** Before the segment is closed. */
    synchronized void stop() {
        segment = null;
    }

    /** On a thread that the JVM has made for it. */
    @Override
    public synchronized void run() {
        if (segment != null) {
            segment.answers(++count);
        }
    }
}
