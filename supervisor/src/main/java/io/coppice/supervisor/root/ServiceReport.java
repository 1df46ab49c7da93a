package io.coppice.supervisor.root;

import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.PublishedState;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.os.ServiceNotifier;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What the service manager hears: READY=1 once every child is ready, completed or failed, a status line when it changes,
 * and the watchdog's ping. The ping comes from the duty cycle, which has really gone round by then, and from nowhere else.
 *
 * <p>Duty-cycle thread only.
 */
final class ServiceReport {
    private static final long NANOS_PER_MS = 1_000_000;

    /** As many as fit into a line beside the counts. */
    private static final int MOST_NAMED = 3;

    private final ServiceNotifier notifier;
    private final Console console;
    private final Chore pinging;
    private boolean readyTold;
    private String lastStatus = "";

    ServiceReport(ServiceNotifier notifier, Console console) {
        this.notifier = notifier;
        this.console = console;
        long periodNs = notifier.watchdogIntervalMs() * NANOS_PER_MS;
        this.pinging = periodNs == 0 ? Chore.none() : new Chore(periodNs, System.nanoTime());
    }

    long nextPingNs() {
        return pinging.nextNs();
    }

    boolean isPingDue(long nowNs) {
        return pinging.isDue(nowNs);
    }

    void ping(long nowNs) {
        notifier.watchdog();
        complain();
        pinging.done(nowNs);
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
            if (child.spec().ungrouped()) {
                continue;
            }
            if (s != PublishedState.READY && s != PublishedState.COMPLETED && s != PublishedState.FAILED) {
                return false;
            }
        }
        return true;
    }

    /** For example {@code 2 ready, 1 failed (web)}; the words of {@code coppice status}, and whom a person must see to. */
    static String status(SupervisorState state) {
        Map<PublishedState, Integer> counts = new EnumMap<>(PublishedState.class);
        List<String> failed = new ArrayList<>();
        for (ChildState child : state.children()) {
            if (child.spec().ungrouped()) {
                continue;
            }
            counts.merge(child.state(), 1, Integer::sum);
            if (child.state() == PublishedState.FAILED) {
                failed.add(child.spec().name());
            }
        }
        StringBuilder text = new StringBuilder();
        counts.forEach((published, count) -> text.append(text.isEmpty() ? "" : ", ")
                .append(count)
                .append(' ')
                .append(published.word())
                .append(published == PublishedState.FAILED ? " (" + named(failed) + ")" : ""));
        return text.toString();
    }

    private static String named(List<String> names) {
        return names.size() <= MOST_NAMED
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, MOST_NAMED)) + ", …";
    }

    void stopping() {
        notifier.stopping();
    }
}
