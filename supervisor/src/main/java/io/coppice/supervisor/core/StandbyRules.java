package io.coppice.supervisor.core;

import io.coppice.supervisor.core.Standby.Phase;
import org.jspecify.annotations.Nullable;

/**
 * How standbys come, wait, are assigned and go. They are a reserve: one that dies costs its child nothing, and whatever people wait for
 * comes before them.
 *
 * <pre>
 *  SPAWNING → BOOTING by StandbySpawned; gone by StandbySpawnFailed
 *  BOOTING  → PARKED by StandbyParked; ENDING at the boot timeout; gone by StandbyExited
 *  PARKED   → its child's process, in HELD, by a launch of the child; gone by StandbyExited
 *  each     → ENDING when the child is not wanted up, has failed or completed, is restarted, or would be started in another way now;
 *             or when the instance stops
 *  ENDING   → gone by StandbyExited
 * </pre>
 */
final class StandbyRules {
    /** From the moment that one is missing to its launch, so that a recovery has the machine for itself. */
    static final long REFILL_PAUSE_NS = 200_000_000L;

    /** After one that came to nothing; doubled for each more in a row. */
    static final long FIRST_FAILURE_PAUSE_NS = 1_000_000_000L;

    static final long LONGEST_FAILURE_PAUSE_NS = 60_000_000_000L;

    /** One that has been parked for that long has come to something, whatever ends it. */
    static final long LASTED_NS = 60_000_000_000L;

    /** From launch to parked; on a busy machine a JVM takes seconds. */
    static final long BOOT_TIMEOUT_NS = 60_000_000_000L;

    /** While the CPU is starved, another look is taken after that. */
    static final long STARVED_PAUSE_NS = 1_000_000_000L;

    /**
     * So often in a row is a refill put off. A machine that is busy for longer is busy as a rule, and a cold start would take longest
     * on it.
     */
    static final int MOST_STARVED_LOOKS = 15;

    private StandbyRules() {}

    /** What has become necessary: standbys that nobody needs end, boots make room for what people wait for. */
    static void settle(Transition transition) {
        boolean busy = isAnythingStarting(transition);
        for (int i = 0; i < transition.childCount(); i++) {
            StandbyPool pool = transition.standbysOf(i);
            if (!pool.standbys().isEmpty()) {
                endSurplus(transition, i, pool);
                pauseOrGoOn(transition, i, busy);
            }
        }
    }

    private static void endSurplus(Transition transition, int index, StandbyPool pool) {
        int wanted = wanted(transition, index);
        long launch = transition.specOf(index).launch();
        int kept = 0;
        for (Phase phase : new Phase[] {Phase.PARKED, Phase.BOOTING, Phase.SPAWNING}) {
            for (Standby standby : pool.standbys()) {
                if (standby.phase() == phase && (standby.launchedAs() != launch || ++kept > wanted)) {
                    end(transition, transition.child(index), standby, "not needed any more");
                }
            }
        }
    }

    /** How many there are to be as things are. */
    private static int wanted(Transition transition, int index) {
        int served = servedBy(transition.specOf(index));
        boolean needed = transition.phase == SupervisorState.Phase.RUNNING
                && transition.wantedOf(served) == Wanted.UP
                && transition.phaseOf(served) != ChildPhase.FAILED
                && transition.phaseOf(served) != ChildPhase.COMPLETED;
        return needed ? transition.specOf(index).standbys() : 0;
    }

    /** What is launched next is launched cold. */
    static void endAll(Transition transition, ChildDraft child, String why) {
        for (Standby standby : child.standbys.standbys()) {
            if (standby.phase() != Phase.ENDING) {
                end(transition, child, standby, why);
            }
        }
    }

    private static void end(Transition transition, ChildDraft child, Standby standby, String why) {
        child.standbys = child.standbys.with(
                standby.in(Phase.ENDING, transition.nowNs, transition.after(EndRules.KILL_REMINDER_NS)));
        transition.recordStandby(child, EventType.STANDBY_ENDED, standby, why);
        transition.command(new Command.EndStandby(child.index(), standby.id()));
    }

    private static void pauseOrGoOn(Transition transition, int index, boolean busy) {
        for (Standby standby : transition.standbysOf(index).standbys()) {
            if (standby.phase() == Phase.BOOTING && standby.paused() != busy) {
                ChildDraft child = transition.child(index);
                // The time that it stands still is not its own: the clock of its boot begins anew.
                long deadlineNs = busy ? ChildState.NEVER : transition.after(BOOT_TIMEOUT_NS);
                child.standbys = child.standbys.with(standby.withDeadline(deadlineNs, busy));
                transition.command(new Command.PauseStandby(index, standby.id(), busy));
            }
        }
    }

    /** Whether somebody waits for a start. */
    private static boolean isAnythingStarting(Transition transition) {
        for (int i = 0; i < transition.childCount(); i++) {
            if (isStarting(transition.phaseOf(i), transition.specOf(i))) {
                return true;
            }
        }
        return false;
    }

    /** One that nothing says the longest time of, as of a command that waits for its probe, may take for ever: it is not waited for. */
    private static boolean isStarting(ChildPhase phase, ChildSpec spec) {
        return switch (phase) {
            case SPAWNING, HELD -> true;
            case STARTING -> spec.startTimeouts().startNs() > 0;
            default -> false;
        };
    }

    /** When a launch of a standby may be due, {@link ChildState#NEVER} as long as none is. Allocates nothing. */
    static long nextRefillNs(SupervisorState state) {
        if (state.phase() != SupervisorState.Phase.RUNNING) {
            return ChildState.NEVER;
        }
        long nextNs = ChildState.NEVER;
        for (int i = 0; i < state.children().size(); i++) {
            ChildState child = state.child(i);
            if (isStarting(child.phase(), child.spec()) || child.standbys().isRefilling()) {
                return ChildState.NEVER;
            }
            if (lacksOne(state, child)) {
                nextNs = Math.min(nextNs, child.standbys().refillAtNs());
            }
        }
        return nextNs;
    }

    /** Also one that ends still has its memory. */
    private static boolean lacksOne(SupervisorState state, ChildState child) {
        ChildState served = state.child(servedBy(child.spec()));
        return served.phase() == ChildPhase.READY
                && served.wanted() == Wanted.UP
                && child.standbys().standbys().size() < child.spec().standbys();
    }

    /** At most one at a time in the whole instance, for the child that has waited longest. */
    static void refill(Transition transition, Event.RefillDue event) {
        SupervisorState before = transition.before();
        if (nextRefillNs(before) > transition.nowNs) {
            return;
        }
        int longest = -1;
        for (int i = 0; i < before.children().size(); i++) {
            boolean longer = longest < 0
                    || before.child(i).standbys().refillAtNs()
                            < before.child(longest).standbys().refillAtNs();
            if (lacksOne(before, before.child(i)) && longer) {
                longest = i;
            }
        }
        ChildDraft child = transition.child(longest);
        if (event.cpuStarved() && child.standbys.starved() < MOST_STARVED_LOOKS) {
            child.standbys = child.standbys.putOff(transition.after(STARVED_PAUSE_NS));
            return;
        }
        Standby standby = Standby.spawning(child.standbys.lastId() + 1, child.spec.launch(), transition.nowNs);
        child.standbys = child.standbys.plus(standby);
        transition.command(new Command.SpawnStandby(child.index(), standby.id()));
    }

    static void spawned(Transition transition, Event.StandbySpawned event) {
        ChildDraft child = transition.child(event.child());
        Standby standby = child.standbys.find(event.standby());
        if (standby == null || standby.hasProcess()) {
            return;
        }
        Standby known = standby.withProcess(event.pid(), event.startTicks());
        if (standby.phase() == Phase.SPAWNING) {
            known = known.in(Phase.BOOTING, transition.nowNs, transition.after(BOOT_TIMEOUT_NS));
            transition.command(new Command.WarmStandby(child.index(), standby.id()));
        } else {
            transition.command(new Command.EndStandby(child.index(), standby.id()));
        }
        child.standbys = child.standbys.with(known);
    }

    static void spawnFailed(Transition transition, Event.StandbySpawnFailed event) {
        ChildDraft child = transition.child(event.child());
        Standby standby = child.standbys.find(event.standby());
        if (standby != null && !standby.hasProcess()) {
            lost(transition, child, standby, event.reason());
        }
    }

    static void parked(Transition transition, Event.StandbyParked event) {
        ChildDraft child = transition.child(event.child());
        Standby standby = child.standbys.find(event.standby());
        if (standby != null && standby.phase() == Phase.BOOTING) {
            Standby parked = standby.in(Phase.PARKED, transition.nowNs, ChildState.NEVER);
            child.standbys = child.standbys.with(parked);
            transition.recordStandby(child, EventType.STANDBY_PARKED, parked, "");
        }
    }

    static void exited(Transition transition, Event.StandbyExited event) {
        ChildDraft child = transition.child(event.child());
        Standby standby = child.standbys.find(event.standby());
        if (standby == null) {
            return;
        }
        if (standby.phase() == Phase.ENDING) {
            child.standbys = child.standbys.without(standby.id());
        } else {
            lost(transition, child, standby, LastExits.statusText(event.status()));
        }
    }

    /** It came to nothing, or its time was over: nothing that its child would be blamed for. */
    private static void lost(Transition transition, ChildDraft child, Standby standby, String why) {
        StandbyPool pool = child.standbys.without(standby.id());
        if (standby.phase() == Phase.ENDING) {
            child.standbys = pool;
            return;
        }
        boolean lasted = standby.phase() == Phase.PARKED && transition.nowNs - standby.sinceNs() >= LASTED_NS;
        int failures = lasted ? 1 : pool.failures() + 1;
        child.standbys = pool.refillAt(transition.after(failurePauseNs(failures)), failures);
        transition.recordStandby(child, EventType.STANDBY_LOST, standby, why);
    }

    /** @param failures 1 or more */
    static long failurePauseNs(int failures) {
        int doublings = Math.min(failures - 1, 6);
        return Math.min(LONGEST_FAILURE_PAUSE_NS, FIRST_FAILURE_PAUSE_NS << doublings);
    }

    static void tick(Transition transition, int index) {
        for (Standby standby : transition.childBefore(index).standbys().standbys()) {
            if (standby.deadlineNs() > transition.nowNs) {
                continue;
            }
            ChildDraft child = transition.child(index);
            if (standby.phase() == Phase.ENDING) {
                child.standbys =
                        child.standbys.with(standby.withDeadline(transition.after(EndRules.KILL_REMINDER_NS), false));
                transition.command(new Command.EndStandby(index, standby.id()));
            } else {
                int failures = child.standbys.failures() + 1;
                child.standbys = child.standbys.refillAt(transition.after(failurePauseNs(failures)), failures);
                end(transition, child, standby, "not parked after " + DurationText.of(BOOT_TIMEOUT_NS));
            }
        }
    }

    /** Takes one out of the pool to become the child's process; null if none is parked. */
    static @Nullable Standby take(Transition transition, ChildDraft child) {
        ChildDraft owner = transition.child(poolOf(child.spec));
        Standby standby = owner.standbys.firstParked(child.spec.launch());
        if (standby != null) {
            owner.standbys = owner.standbys.without(standby.id()).refillAt(transition.after(REFILL_PAUSE_NS), 0);
        }
        return standby;
    }

    /** Whose standbys a child is given: its own, or those that all slots of a daemon share. */
    static int poolOf(ChildSpec spec) {
        return spec.slot() == null ? spec.index() : spec.slot().pool();
    }

    /** Whose being up the standbys of a child are kept for: slots are down as long as nothing is asked of them. */
    private static int servedBy(ChildSpec spec) {
        return spec.slot() == null ? spec.index() : spec.slot().daemon();
    }

    /** A dead root's standby lives. Only of a parked one it is known what it would do with its line. */
    static void adopted(Transition transition, Event.StandbyAdopted event) {
        ChildDraft child = transition.child(event.child());
        Standby standby = child.standbys.find(event.standby());
        if (standby == null || transition.phase != SupervisorState.Phase.ADOPTING) {
            return;
        }
        switch (standby.phase()) {
            case PARKED -> transition.recordStandby(child, EventType.ADOPTED, standby, "standby");
            case BOOTING -> end(transition, child, standby, "the root that launched it died while it booted");
            case ENDING -> transition.command(new Command.EndStandby(child.index(), standby.id()));
            case SPAWNING -> throw new IllegalStateException("a standby without a process is adopted: " + standby);
        }
    }

    /** As a dead root had recorded them: what had no process yet ends by itself, as its pipe is closed. */
    static StandbyPool resume(StandbyPool recorded) {
        StandbyPool pool = recorded;
        for (Standby standby : recorded.standbys()) {
            if (!standby.hasProcess()) {
                pool = pool.without(standby.id());
            }
        }
        return pool;
    }
}
