package io.coppice.worker.jvm;

import java.util.List;
import java.util.Set;

/**
 * Whether a thread waits where pools wait for work: for the next task of a queue, for a selector's next event, for the next connection.
 * Told by its innermost frames, by rules that name the JDK's own places, and by how queues are called everywhere. Pure.
 *
 * <p>A task that itself waits for a queue looks the same, and counts as idle: better a hang that is not found than a kill for nothing.
 */
final class Idleness {
    /** The waiting itself takes a few frames; what is further out is the thread's own business. */
    private static final int INNERMOST = 10;

    private static final Set<String> PLACES = Set.of(
            "java.util.concurrent.ThreadPoolExecutor.getTask",
            "java.util.concurrent.ForkJoinPool.awaitWork",
            "sun.nio.ch.SelectorImpl.select",
            "sun.nio.ch.SelectorImpl.lockAndDoSelect",
            "sun.nio.ch.EPoll.wait",
            "sun.nio.ch.Net.accept",
            "sun.nio.ch.NioSocketImpl.accept",
            "sun.nio.ch.ServerSocketChannelImpl.accept",
            "java.net.ServerSocket.accept",
            "java.util.TimerThread.mainLoop",
            "io.netty.channel.epoll.Native.epollWait",
            "org.eclipse.jetty.util.thread.QueuedThreadPool.idleJobPoll",
            "org.eclipse.jetty.util.thread.ReservedThreadExecutor$ReservedThread.reservedWait");

    private Idleness() {}

    static boolean isIdle(List<StackTraceElement> frames) {
        return frames.stream().limit(INNERMOST).anyMatch(Idleness::waitsForWork);
    }

    private static boolean waitsForWork(StackTraceElement frame) {
        String type = frame.getClassName();
        String method = frame.getMethodName();
        boolean queue = type.endsWith("Queue") || type.endsWith("Deque");
        return PLACES.contains(type + "." + method)
                || (queue && (method.startsWith("take") || method.startsWith("poll")));
    }
}
