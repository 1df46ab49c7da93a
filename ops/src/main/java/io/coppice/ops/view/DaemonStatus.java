package io.coppice.ops.view;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One daemon or command, as it is now. What does not exist is empty, never 0.
 *
 * @param kind {@code daemon}, {@code command}, {@code auxiliary} of what only serves the others, or {@code transaction} of a slot
 * @param state {@code held starting ready stopping backoff stopped failed completed}
 * @param wanted {@code up} or {@code down}
 * @param waitingFor what must happen before it starts: {@code rates} or {@code rates (completed)}
 * @param healthy whether it is well, as its readiness probe found last; empty without one, and while it is not ready
 * @param pid of its process, if that lives (under a living root: as recorded)
 * @param startTicks of that process
 * @param incarnation 0 before the first launch
 * @param commits of its segment, over all incarnations; empty for commands, before the first commit, and where unreadable
 * @param heartbeatAgeMs since the root last saw progress, rounded up; empty without a root, a process or a heartbeat
 * @param uptimeMs of its process
 * @param backoffMs until the next launch, in backoff
 * @param lastWords what it left in its segment, or its JVM in a report of a fault, to be told of its end, where no root has recorded that;
 *     may be many lines
 * @param standbyProcesses its processes in reserve that live
 * @param standbysWanted how many the plan wants to wait
 * @param slots of its transactions, in the order of their numbers
 * @param quarantined how many of its transactions are; empty where it has none, or that cannot be told at little cost
 * @param jvm figures of a program under the agent
 * @param limits of its process, those that the plan on record has
 * @param user the number of the user that its process is, where each has one of its own ({@code isolation: user}); empty of slots, whose processes have
 *     one each, and in other modes
 * @param problem what of it could not be read, in words
 */
public record DaemonStatus(
        String name,
        String kind,
        String state,
        String wanted,
        List<String> waitingFor,
        Optional<Boolean> healthy,
        OptionalLong pid,
        long startTicks,
        long incarnation,
        long restarts,
        OptionalLong commits,
        OptionalLong heartbeatAgeMs,
        OptionalLong uptimeMs,
        OptionalLong backoffMs,
        Optional<LastExit> lastExit,
        Optional<String> lastWords,
        List<StandbyProcess> standbyProcesses,
        int standbysWanted,
        List<SlotStatus> slots,
        OptionalLong quarantined,
        Optional<JvmStatus> jvm,
        List<LimitStatus> limits,
        OptionalLong user,
        Optional<String> problem) {

    /**
     * A process in reserve.
     *
     * @param phase {@code booting}, {@code parked} or {@code ending}
     */
    public record StandbyProcess(long pid, long startTicks, String phase) {}

    /** How many wait to take over. */
    public int standbys() {
        int parked = 0;
        for (StandbyProcess standby : standbyProcesses) {
            parked += standby.phase().equals("parked") ? 1 : 0;
        }
        return parked;
    }

    /** Whether a process of it lives, be it one in reserve or one of its slots'. */
    public boolean lives() {
        return pid.isPresent()
                || !standbyProcesses.isEmpty()
                || slots.stream().anyMatch(slot -> slot.process().lives());
    }

    /** Whether an operator wants it up. */
    public boolean wantedUp() {
        return wanted.equals("up");
    }

    /** Whether it is in this state. */
    public boolean is(String someState) {
        return state.equals(someState);
    }

    /** Whether its state is one of those in which a process lives: without one, it has ended, and nobody has recorded that. */
    public boolean shouldHaveAProcess() {
        return switch (state) {
            case "held", "starting", "ready", "stopping" -> true;
            default -> false;
        };
    }

    /** Whether the table has it alive, and it is not. */
    public boolean lacksItsProcess() {
        return pid.isEmpty() && shouldHaveAProcess();
    }

    /** Whether a probe found it unwell. */
    public boolean isUnhealthy() {
        return healthy.isPresent() && !healthy.get();
    }

    /** State in words for people, and why: {@code stopped, waiting for rates}; {@code ready, unhealthy}; {@code being launched}. */
    public String stateWords() {
        if (isUnhealthy()) {
            return state + ", unhealthy";
        }
        if (is("held")) {
            return "being launched";
        }
        return waitingFor.isEmpty() ? state : state + ", waiting for " + String.join(", ", waitingFor);
    }
}
