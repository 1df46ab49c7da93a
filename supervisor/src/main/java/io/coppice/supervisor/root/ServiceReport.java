package io.coppice.supervisor.root;

import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.PublishedState;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.os.ServiceNotifier;
import java.util.EnumMap;
import java.util.Map;

/**
 * What the service manager hears: READY=1 once every child is ready, completed or failed, a status line when it changes,
 * and the watchdog's ping. The ping comes from the duty cycle, which has really gone round by then, and from nowhere else.
 *
 * <p>Duty-cycle thread only.
 */
final class ServiceReport {
    private static final long NANOS_PER_MS = 1_000_000;

    private final ServiceNotifier notifier;
    private final Console console;
    private final long pingPeriodNs;
    private long nextPingNs;
    private boolean readyTold;
    private String lastStatus = "";

    ServiceReport(ServiceNotifier notifier, Console console) {
        this.notifier = notifier;
        this.console = console;
        this.pingPeriodNs = notifier.watchdogIntervalMs() * NANOS_PER_MS;
        this.nextPingNs = pingPeriodNs == 0 ? Long.MAX_VALUE : System.nanoTime();
    }

    long nextPingNs() {
        return nextPingNs;
    }

    void ping(long nowNs) {
        notifier.watchdog();
        complain();
        nextPingNs = nowNs + pingPeriodNs;
    }

    void report(SupervisorState state) {
        if (!notifier.enabled()) {
            return;
        }
        if (!readyTold && allSettled(state)) {
            readyTold = true;
            notifier.ready();
        }
        String status = status(state);
        if (!status.equals(lastStatus)) {
            lastStatus = status;
            notifier.status(status);
        }
        complain();
    }

    private void complain() {
        String complaint = notifier.takeComplaint();
        if (complaint != null) {
            console.warn(complaint);
        }
    }

    static boolean allSettled(SupervisorState state) {
        for (ChildState child : state.children()) {
            PublishedState s = child.state();
            if (s != PublishedState.READY && s != PublishedState.COMPLETED && s != PublishedState.FAILED) {
                return false;
            }
        }
        return true;
    }

    /** For example {@code 2 ready, 1 backoff}; the words of {@code coppice status}. */
    static String status(SupervisorState state) {
        Map<PublishedState, Integer> counts = new EnumMap<>(PublishedState.class);
        for (ChildState child : state.children()) {
            counts.merge(child.state(), 1, Integer::sum);
        }
        StringBuilder text = new StringBuilder();
        counts.forEach((published, count) -> text.append(text.isEmpty() ? "" : ", ")
                .append(count)
                .append(' ')
                .append(published.word()));
        return text.toString();
    }

    void stopping() {
        notifier.stopping();
    }
}
