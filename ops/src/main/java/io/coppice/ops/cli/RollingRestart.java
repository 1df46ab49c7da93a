package io.coppice.ops.cli;

import io.coppice.ops.view.DaemonStatus;
import io.coppice.ops.view.InstanceStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Restarts the replicas of a daemon one at a time: one that is ready is taken down only while all the others are ready, and
 * well, that shall be up. So those come first that are not ready, which cost nothing. It ends with the first that does not come back. The root knows
 * nothing of it; whoever ends this command in the middle leaves the rest as it is.
 */
final class RollingRestart {
    private final CoppiceCommand coppice;
    private final Daemons daemons;
    private final ControlClient client;
    private final StateWatch watch;
    private final Duration limit;
    private final boolean forEach;
    private long endNs;

    /**
     * Restarts nothing yet.
     *
     * @param timeout for all of it; null: the default, for each of them
     * @param endNs when that is over, by the caller's monotonic clock
     */
    RollingRestart(
            CoppiceCommand coppice,
            Daemons daemons,
            ControlClient client,
            StateWatch watch,
            @Nullable Duration timeout,
            long endNs) {
        this.coppice = coppice;
        this.daemons = daemons;
        this.client = client;
        this.watch = watch;
        this.limit = timeout == null ? StateRequest.DEFAULT_TIMEOUT : timeout;
        this.forEach = timeout == null;
        this.endNs = endNs;
    }

    /** Returns whether all of them have come back; what has not is told, and {@code watch} knows the exit code. */
    boolean roll(Target set) {
        int count = set.children().size();
        if (count != 1) {
            coppice.output()
                    .line(set.name() + ": "
                            + (count == 0 ? "no replicas" : "restarting " + count + " replicas, one at a time"));
            coppice.output().flush();
        }
        List<String> left = inOrder(set);
        while (!left.isEmpty()) {
            if (forEach) {
                endNs = watch.nowNs() + limit.toNanos();
            }
            String name = left.get(0);
            boolean asked = awaitOthers(set, name) && restart(name, count - left.size() + 1, count);
            left.remove(0);
            if (!asked || watch.exitCode() != ExitCode.DONE) {
                if (!left.isEmpty()) {
                    coppice.note("The restart of " + set.name() + " ends here; not touched: " + String.join(", ", left)
                            + ".");
                }
                return false;
            }
        }
        return true;
    }

    private List<String> inOrder(Target set) {
        InstanceStatus status = daemons.table();
        List<String> order = new ArrayList<>();
        for (boolean up : new boolean[] {false, true}) {
            for (String name : set.children()) {
                if (status.daemon(name).filter(RollingRestart::isUp).isPresent() == up) {
                    order.add(name);
                }
            }
        }
        return order;
    }

    /** What its probe finds unwell does no work, so it counts as down. */
    private static boolean isUp(DaemonStatus daemon) {
        return (daemon.is("ready") && !daemon.isUnhealthy()) || daemon.is("completed");
    }

    private boolean restart(String name, int number, int count) {
        ControlReply reply = client.ask("restart " + name);
        if (reply instanceof ControlReply.Refused refused) {
            watch.complain(refused.exitCode(), "Cannot restart " + name + ": " + refused.message());
            return false;
        }
        Map<String, Long> pending = new LinkedHashMap<>();
        pending.put(name, ((ControlReply.Done) reply).incarnation());
        watch.await(pending, endNs, limit, count == 1 ? "" : ", " + number + " of " + count);
        return true;
    }

    /** Until this one can go down without being one of two; at once if it is down anyway. */
    private boolean awaitOthers(Target set, String name) {
        while (true) {
            boolean late = watch.nowNs() - endNs >= 0;
            InstanceStatus status = daemons.table();
            if (status.readable()
                    && status.daemon(name).filter(RollingRestart::isUp).isEmpty()) {
                return true;
            }
            List<DaemonStatus> down = status.daemons().stream()
                    .filter(daemon -> set.children().contains(daemon.name()) && daemon.wantedUp() && !isUp(daemon))
                    .toList();
            if (status.readable() && down.isEmpty()) {
                return true;
            }
            boolean hopeless = down.stream().anyMatch(daemon -> daemon.is("failed"));
            if (late || hopeless || !status.root().running() || !Polling.pause(Polling.AWAIT_INTERVAL)) {
                daemons.noteProblems(status);
                watch.complain(
                        ExitCode.FAILED,
                        "Did not restart " + name
                                + (down.isEmpty()
                                        ? ": the root " + status.root().words() + "."
                                        : ", lest two are down: " + down.get(0).name() + " is "
                                                + down.get(0).stateWords() + "."));
                return false;
            }
        }
    }
}
