package io.coppice.worker.jvm;

import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import org.jspecify.annotations.Nullable;

/**
 * No threads wait for each other in a circle, for monitors or for locks that have an owner ({@code ReentrantLock}, the writer's half of a
 * {@code ReentrantReadWriteLock}). Semaphores, latches and virtual threads have no owners that the JVM knows of, and are not seen.
 */
public final class Deadlocks implements SignOfLife {
    /** Of a circle, these are named. */
    private static final int NAMED = 6;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    @Override
    public @Nullable String fault() {
        long[] ids = threads.findDeadlockedThreads();
        return ids == null ? null : describe(threads.getThreadInfo(ids, 1));
    }

    /** @param infos null for threads that have gone */
    static @Nullable String describe(@Nullable ThreadInfo[] infos) {
        StringBuilder circle = new StringBuilder();
        StringBuilder places = new StringBuilder();
        int named = 0;
        for (ThreadInfo info : infos) {
            if (info == null || info.getLockInfo() == null || ++named > NAMED) {
                continue;
            }
            LockInfo lock = info.getLockInfo();
            circle.append(named == 1 ? "deadlock: \"" : ", \"")
                    .append(info.getThreadName())
                    .append("\" waits for ")
                    .append(simple(lock.getClassName()))
                    .append('@')
                    .append(Integer.toHexString(lock.getIdentityHashCode()))
                    .append(" of \"")
                    .append(info.getLockOwnerName())
                    .append('"');
            if (info.getStackTrace().length > 0) {
                places.append("\n  \"")
                        .append(info.getThreadName())
                        .append("\" at ")
                        .append(info.getStackTrace()[0]);
            }
        }
        return named == 0 ? null : circle.append(places).toString();
    }

    private static String simple(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }
}
