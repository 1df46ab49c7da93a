package io.coppice.supervisor.root;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Outcome;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.os.SignalNumbers;
import org.jspecify.annotations.Nullable;

/** Between the control protocol's words and the core's events. Pure. */
final class ControlEvents {
    private static final int USAGE = 2;
    private static final int NO_SUCH_DAEMON = 3;
    static final int NOT_FOUND = -1;

    private ControlEvents() {}

    /** The event that a request asks for, or null if it can be answered at once by {@link #immediateReply}. */
    static @Nullable Event eventOf(long requestId, ControlRequest request, SupervisorState state, long nowNs) {
        if (request instanceof ControlRequest.Shutdown) {
            return new Event.ShutdownRequested(requestId, nowNs);
        }
        int child = indexOf(nameIn(request), state);
        if (child == NOT_FOUND) {
            return null;
        }
        if (request instanceof ControlRequest.Stop) {
            return new Event.StopRequested(child, requestId, nowNs);
        }
        if (request instanceof ControlRequest.Start) {
            return new Event.StartRequested(child, requestId, nowNs);
        }
        if (request instanceof ControlRequest.Restart) {
            return new Event.RestartRequested(child, requestId, nowNs);
        }
        if (request instanceof ControlRequest.Probed probed) {
            return eventOf(child, probed, state.child(child), nowNs);
        }
        if (request instanceof ControlRequest.Kill kill && isSignal(kill.signal())) {
            int number = SignalNumbers.of(kill.signal());
            return new Event.KillRequested(child, SignalNumbers.name(number), number, requestId, nowNs);
        }
        return null;
    }

    /** Null where nobody else may say that it is ready: of a worker, and of what has not been let go. */
    private static @Nullable Event eventOf(int child, ControlRequest.Probed probed, ChildState known, long nowNs) {
        return switch (probed.verdict()) {
            case READY ->
                known.spec().hasSegment() || known.phase() == ChildPhase.HELD
                        ? null
                        : new Event.BecameReady(child, probed.incarnation(), nowNs);
            case HEALTHY -> new Event.HealthChanged(child, probed.incarnation(), true, probed.text(), nowNs);
            case UNHEALTHY -> new Event.HealthChanged(child, probed.incarnation(), false, probed.text(), nowNs);
            case FAILED -> new Event.ProbeFailed(child, probed.incarnation(), probed.text(), nowNs);
        };
    }

    /** Whether the core gives no answer to a request, although it is an event: nobody waits for what follows. */
    static boolean isTidings(ControlRequest request) {
        return request instanceof ControlRequest.Probed;
    }

    /** The answer to a request that is no event. */
    static String immediateReply(ControlRequest request, SupervisorState state) {
        if (request instanceof ControlRequest.Ping) {
            return "ok";
        }
        if (request instanceof ControlRequest.Malformed malformed) {
            return "error " + malformed.exitCode() + " " + malformed.message();
        }
        String name = nameIn(request);
        if (indexOf(name, state) == NOT_FOUND) {
            return "error " + NO_SUCH_DAEMON + " no daemon is named `" + name + "`; there are: " + names(state);
        }
        if (request instanceof ControlRequest.Probed) {
            return "error " + USAGE + " " + name + ": nobody else says that it is ready, or it has not been let go";
        }
        String signal = request instanceof ControlRequest.Kill kill ? kill.signal() : "";
        return "error " + USAGE + " no signal is named `" + signal + "`; expected a name like KILL, or a number";
    }

    static String replyText(Outcome outcome) {
        if (outcome instanceof Outcome.Ok ok) {
            return ok.incarnation() == Outcome.NO_INCARNATION ? "ok" : "ok " + ok.incarnation();
        }
        Outcome.Error error = (Outcome.Error) outcome;
        return "error " + error.exitCode() + " " + error.text();
    }

    private static boolean isSignal(String word) {
        try {
            SignalNumbers.of(word);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String nameIn(ControlRequest request) {
        if (request instanceof ControlRequest.Stop stop) {
            return stop.name();
        }
        if (request instanceof ControlRequest.Start start) {
            return start.name();
        }
        if (request instanceof ControlRequest.Restart restart) {
            return restart.name();
        }
        if (request instanceof ControlRequest.Probed probed) {
            return probed.name();
        }
        if (request instanceof ControlRequest.Order order) {
            return order.name();
        }
        return request instanceof ControlRequest.Kill kill ? kill.name() : "";
    }

    static int indexOf(String name, SupervisorState state) {
        for (ChildState child : state.children()) {
            if (child.spec().name().equals(name)) {
                return child.spec().index();
            }
        }
        return NOT_FOUND;
    }

    private static String names(SupervisorState state) {
        StringBuilder names = new StringBuilder();
        for (ChildState child : state.children()) {
            names.append(names.isEmpty() ? "" : ", ").append(child.spec().name());
        }
        return names.toString();
    }
}
