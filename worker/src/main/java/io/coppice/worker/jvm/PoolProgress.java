package io.coppice.worker.jvm;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether a pool of threads makes progress, told from one look to the next. Pure.
 *
 * <p>A thread <em>stands still</em> if since the look before it has used no CPU time (or is blocked: to try a monitor again is no progress), has not begun
 * to wait anew, is in the same state at the very same place, and that place is none where a pool waits for work ({@link Idleness}). The pool stands still if all of its threads do.
 * So it does well if
 *
 * <ul>
 *   <li>one of them runs, however little, or is new;
 *   <li>one of them waits for work: whatever comes next will be done;
 *   <li>there are none, as before the pool's first task.
 * </ul>
 *
 * What this cannot know: whether there is work; whether a thread that burns CPU does any good (an endless loop counts as progress, and so
 * does a wait that times out and is begun again); whether what all threads wait for will come. The last is why a pool that stands still is
 * only silent: it has all of the heartbeat timeout to go on, and that is to be longer than the longest answer that its tasks wait for.
 */
final class PoolProgress {
    private static final int FRAMES_TOLD = 3;

    private final String pool;
    private Map<Long, ThreadLook> before = Map.of();

    /** @param pool its name for people */
    PoolProgress(String pool) {
        this.pool = pool;
    }

    /**
     * Takes in what a look found.
     *
     * @param threads those of the pool
     * @return how it stands still; null if it does well
     */
    @Nullable
    String look(List<ThreadLook> threads) {
        Map<Long, ThreadLook> now = new HashMap<>();
        boolean still = !threads.isEmpty();
        for (ThreadLook thread : threads) {
            now.put(thread.id(), thread);
            ThreadLook earlier = before.get(thread.id());
            still &= earlier != null && !thread.movedSince(earlier) && !Idleness.isIdle(thread.frames());
        }
        before = now;
        return still ? describe(threads) : null;
    }

    private String describe(List<ThreadLook> threads) {
        ThreadLook first = threads.get(0);
        StringBuilder text = new StringBuilder("pool `")
                .append(pool)
                .append("` stands still: ")
                .append(threads.size() == 1 ? "its thread" : "all of its " + threads.size() + " threads, such as")
                .append(" \"")
                .append(first.name())
                .append("\" (")
                .append(first.state())
                .append(')');
        first.frames().stream()
                .limit(FRAMES_TOLD)
                .forEach(frame -> text.append("\n  at ").append(frame));
        return text.toString();
    }
}
