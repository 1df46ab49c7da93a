package io.coppice.supervisor.root;

import io.coppice.supervisor.os.EventFd;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.TerminationSignals;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The signals to the root that it has not answered yet. Opened before anything else: a root that a signal ended in the middle of its start
 * would leave what a dead one has left to nobody once more, although it was asked to stop it.
 *
 * <p>Signals arrive on threads of the JVM; all else is the duty cycle's.
 */
final class SignalInbox implements AutoCloseable {
    static final int NONE = 0;
    static final int HANGUP = 1;

    private final EventFd arrived;
    private final AtomicInteger last = new AtomicInteger(NONE);

    private SignalInbox(EventFd arrived) {
        this.arrived = arrived;
    }

    /** From here on SIGTERM, SIGINT and SIGHUP end nothing by themselves; see {@link TerminationSignals}. */
    static SignalInbox open() throws OsException {
        SignalInbox inbox = new SignalInbox(EventFd.create());
        TerminationSignals.deliverTo(inbox.arrived, inbox.last);
        return inbox;
    }

    /** The descriptor to watch for reading: readable once a signal has arrived. */
    int fd() {
        return arrived.fd();
    }

    /** Whether the root has been asked to end, and has not taken it. */
    boolean isEndAsked() {
        int signal = last.get();
        return signal != NONE && signal != HANGUP;
    }

    /** The one that counts most of those that have arrived, or {@link #NONE}. */
    int take() {
        arrived.drain();
        return last.getAndSet(NONE);
    }

    @Override
    public void close() {
        arrived.close();
    }
}
