package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.Event;

/** What a root hears of a process that does nothing any more, or only seems so: again and again, for as long as it lives. */
final class HangReports {
    /** What a root hears nothing of, of one that only serves others; the soonest since it was silent before. */
    private static final long SOONEST_SILENCE_NS = 5 * SECOND;

    private static final long LONGEST_SILENCE_NS = 70 * SECOND;

    private final Simulation world;
    private final SimulatedProcess process;
    private final ChildSpec spec;
    private final Draws draws;

    HangReports(Simulation world, SimulatedProcess process, Draws draws) {
        this.world = world;
        this.process = process;
        this.draws = draws;
        spec = process.spec;
    }

    /** From now on it hangs. */
    void begin() {
        if (spec.heartbeatTimeoutNs() > 0) {
            world.agenda.in(spec.heartbeatTimeoutNs(), this::watchHang);
        } else if (spec.auxiliary()) {
            world.agenda.in(draws.ns(SOONEST_SILENCE_NS, LONGEST_SILENCE_NS), this::watchSilence);
        }
    }

    private void watchHang() {
        if (process.live()) {
            tellOfHang();
            world.agenda.in(spec.heartbeatTimeoutNs(), this::watchHang);
        }
    }

    private void watchSilence() {
        if (process.live()) {
            tellOfSilence();
            world.agenda.in(LONGEST_SILENCE_NS, this::watchSilence);
        }
    }

    /** Of one that only serves others. */
    void tellOfSilence() {
        if (process.live()) {
            world.root()
                    .post(new Event.ProbeFailed(
                            spec.index(),
                            process.incarnation(),
                            "it has not said that it does its work",
                            world.agenda.nowNs()));
        }
    }

    /** Of a daemon; now and then a second time, late, when it is perhaps dead and replaced. */
    void tellOfHang() {
        if (process.live()) {
            heartbeatLost();
            if (world.faults.strikes(draws, world.faults.lateWord)) {
                world.agenda.in(draws.ns(0, SECOND), this::heartbeatLost);
            }
        }
    }

    private void heartbeatLost() {
        world.root().post(new Event.HeartbeatLost(spec.index(), process.incarnation(), world.agenda.nowNs()));
    }
}
