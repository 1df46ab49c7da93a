package io.coppice.worker.runtime;

import io.coppice.state.Parting;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a program under the agent ends of, by itself, and leaves that in the segment: an exception that left its main, or who called
 * {@link System#exit}. What only the kernel sees (a signal, {@code halt}, a fault) is the root's to tell.
 *
 * <p>The main thread gets an uncaught-exception handler, which takes a note and then does just what the JVM does without it; one that the
 * program sets, for this thread or for all, works as ever.
 */
final class AgentExit implements Runnable, Thread.UncaughtExceptionHandler {
    private static final int FRAMES = 6;

    private final AgentSegment segment;
    private volatile @Nullable Throwable thrown;

    AgentExit(AgentSegment segment) {
        this.segment = segment;
    }

    /** From here on it is noticed how that program ends. */
    void install(Thread main) {
        main.setUncaughtExceptionHandler(this);
        Runtime.getRuntime().addShutdownHook(new Thread(this, "coppice-agent-exit"));
    }

    /** The main thread's, at its end. */
    @Override
    public void uncaughtException(Thread main, Throwable uncaught) {
        thrown = uncaught;
        ThreadGroup group = main.getThreadGroup();
        if (group != null) {
            group.uncaughtException(main, uncaught);
        }
    }

    /** In the JVM's shutdown. */
    @Override
    public void run() {
        segment.ending();
        Map<Thread, StackTraceElement[]> threads = Thread.getAllStackTraces();
        String words = exitIn(threads);
        if (words != null) {
            segment.ending(LastWords.cut(words));
            return;
        }
        Throwable uncaught = thrown;
        if (uncaught != null && threads.keySet().stream().noneMatch(AgentExit::isOfSignal)) {
            segment.ending(LastWords.of(uncaught));
        }
    }

    /** The JVM handles a signal that ends it on a thread of that name. */
    private static boolean isOfSignal(Thread thread) {
        return thread.getName().startsWith("SIG") && thread.getName().endsWith(" handler");
    }

    /** Who called System.exit; null if it was none of these threads. */
    static @Nullable String exitIn(Map<Thread, StackTraceElement[]> threads) {
        for (Map.Entry<Thread, StackTraceElement[]> entry : threads.entrySet()) {
            String words = exitIn(entry.getKey().getName(), entry.getValue());
            if (words != null) {
                return words;
            }
        }
        return null;
    }

    /** Who called System.exit, if it was this thread; null if it was not. */
    static @Nullable String exitIn(String thread, StackTraceElement[] frames) {
        for (int i = frames.length - 1; i >= 0; i--) {
            boolean exit = frames[i].getMethodName().equals("exit")
                    && (frames[i].getClassName().equals("java.lang.Runtime")
                            || frames[i].getClassName().equals("java.lang.System"));
            if (exit) {
                return Parting.SYSTEM_EXIT + "thread \"" + thread + "\""
                        + Arrays.stream(frames)
                                .skip(i + 1L)
                                .limit(FRAMES)
                                .map(frame -> "\n  at " + frame)
                                .collect(Collectors.joining());
            }
        }
        return null;
    }
}
