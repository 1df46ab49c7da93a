package io.coppice.worker.jvm;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** None of the pools stands still, as {@link PoolProgress} defines that. A pool is the threads whose names match its glob. */
public final class PoolSign implements SignOfLife {
    /** Deep enough to tell places apart; each frame costs a look its time. */
    private static final int FRAMES = 32;

    /** Of a pool, so many threads are looked at: if all these stand still, the others are not likely to save it. */
    private static final int MOST_THREADS = 256;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final boolean cpuIsTold = threads.isThreadCpuTimeSupported() && threads.isThreadCpuTimeEnabled();
    private final Map<Pattern, PoolProgress> pools = new LinkedHashMap<>();

    /**
     * The pools of this JVM.
     *
     * @param globs each of a pool's thread names: {@code *} stands for any text, {@code ?} for any one character
     */
    public PoolSign(List<String> globs) {
        globs.forEach(glob -> pools.put(pattern(glob), new PoolProgress(glob)));
    }

    /** The glob as a pattern. */
    static Pattern pattern(String glob) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    @Override
    public @Nullable String fault() {
        @Nullable ThreadInfo[] all = threads.getThreadInfo(threads.getAllThreadIds());
        String fault = null;
        // All of them at each look: what one looked like is what the next look is compared with.
        for (Map.Entry<Pattern, PoolProgress> pool : pools.entrySet()) {
            String still = pool.getValue().look(threadsOf(pool.getKey(), all));
            fault = fault == null ? still : fault;
        }
        return fault;
    }

    private List<ThreadLook> threadsOf(Pattern names, @Nullable ThreadInfo[] all) {
        List<Long> ids = new ArrayList<>();
        for (ThreadInfo info : all) {
            // The looking thread's own progress is no pool's.
            if (info != null
                    && info.getThreadId() != Thread.currentThread().getId()
                    && ids.size() < MOST_THREADS
                    && names.matcher(info.getThreadName()).matches()) {
                ids.add(info.getThreadId());
            }
        }
        List<ThreadLook> looks = new ArrayList<>();
        long[] wanted = ids.stream().mapToLong(Long::longValue).toArray();
        for (ThreadInfo info : threads.getThreadInfo(wanted, FRAMES)) {
            if (info != null) {
                looks.add(new ThreadLook(
                        info.getThreadId(),
                        info.getThreadName(),
                        info.getThreadState(),
                        cpuIsTold ? threads.getThreadCpuTime(info.getThreadId()) : -1,
                        info.getWaitedCount() + info.getBlockedCount(),
                        List.of(info.getStackTrace())));
            }
        }
        return looks;
    }
}
