package io.coppice.worker.runtime;

import org.jspecify.annotations.Nullable;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Hears the question as SIGWINCH, on a thread that the JVM makes for each. Apart from the other sources because javac warns of each use of
 * {@code sun.misc}, although that is exported and supported (JEP 260), and no annotation keeps it from doing so.
 */
final class SignalEar implements Ear, SignalHandler {
    private static final String QUESTION = "WINCH";

    private volatile @Nullable Runnable answer;

    @Override
    public void listen(Runnable onQuestion) {
        answer = onQuestion;
        Signal.handle(new Signal(QUESTION), this);
    }

    @Override
    public void handle(Signal signal) {
        Runnable heard = answer;
        if (heard != null) {
            heard.run();
        }
    }
}
