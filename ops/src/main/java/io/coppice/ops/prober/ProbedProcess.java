package io.coppice.ops.prober;

import io.coppice.ops.prober.ProbeCount.Standing;
import io.coppice.supervisor.plan.Probes;
import io.coppice.supervisor.root.ProbeVerdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The probes of one process, from when it is first seen until it is gone: which are due, and what they come to.
 *
 * <p>Startup holds the other two back until it has succeeded once. Readiness says when a plain command is ready, and after that whether it
 * is well. If liveness, or startup, fails, the process is to be ended, and nothing more is looked at. What a prober that died before knew
 * is found in the status table as far as it was told, and else found out again: nothing that it had counted is held against anybody.
 *
 * <p>Whatever the table does not show yet is still to be told; so nothing is lost with a root that died before it recorded it.
 */
final class ProbedProcess {
    private final Probes probes;
    private final long incarnation;
    private final @Nullable ProbeSchedule startup;
    private final @Nullable ProbeSchedule readiness;
    private final @Nullable ProbeSchedule liveness;
    private Seen seen;

    /** @param looks makes what looks at the process */
    ProbedProcess(Probes probes, Seen first, Looks looks) {
        this.probes = probes;
        this.incarnation = first.incarnation();
        this.seen = first;
        Standing known = !first.ready() ? Standing.UNKNOWN : first.unhealthy() ? Standing.UNWELL : Standing.WELL;
        startup = ProbeSchedule.of("startup", probes.startup(), first, Standing.UNKNOWN, looks);
        readiness = ProbeSchedule.of("readiness", probes.readiness(), first, known, looks);
        liveness = ProbeSchedule.of("liveness", probes.liveness(), first, Standing.WELL, looks);
    }

    /** Whether this is still the process, and still how it is looked at. */
    boolean isOf(Seen now, Probes wanted) {
        return now.incarnation() == incarnation && wanted.equals(probes);
    }

    void see(Seen now) {
        seen = now;
    }

    /** The prober itself stood still until now; see {@link ProbeSchedule#excuse}. */
    void excuse(long nowNs) {
        for (ProbeSchedule schedule : Arrays.asList(startup, readiness, liveness)) {
            if (schedule != null) {
                schedule.excuse(nowNs);
            }
        }
    }

    Seen seen() {
        return seen;
    }

    /** The probes that are looked at now, of which each says itself when it is due. */
    List<ProbeSchedule> active() {
        List<ProbeSchedule> active = new ArrayList<>(2);
        if (hasFailed(startup) || hasFailed(liveness)) {
            return active;
        }
        if (!isStarted()) {
            add(startup, active);
            return active;
        }
        if (readiness != null && !readiness.isSettled()) {
            active.add(readiness);
        }
        if (!seen.worker() || seen.ready()) {
            add(liveness, active);
        }
        return active;
    }

    private static void add(@Nullable ProbeSchedule schedule, List<ProbeSchedule> active) {
        if (schedule != null) {
            active.add(schedule);
        }
    }

    private boolean isStarted() {
        return startup == null || seen.ready() || startup.standing() == Standing.WELL;
    }

    private static boolean hasFailed(@Nullable ProbeSchedule schedule) {
        return schedule != null && schedule.standing() == Standing.UNWELL;
    }

    /** What the root is to know, and the table does not show; null if nothing. */
    @Nullable
    Tidings tidings() {
        if (startup != null && hasFailed(startup)) {
            return new Tidings(ProbeVerdict.FAILED, startup.inWords());
        }
        if (liveness != null && hasFailed(liveness)) {
            return new Tidings(ProbeVerdict.FAILED, liveness.inWords());
        }
        if (!seen.ready()) {
            return readyTidings();
        }
        if (readiness == null) {
            return seen.unhealthy() ? new Tidings(ProbeVerdict.HEALTHY, "nobody asks any more") : null;
        }
        if (readiness.standing() == Standing.UNWELL && !seen.unhealthy()) {
            return new Tidings(ProbeVerdict.UNHEALTHY, readiness.inWords());
        }
        return readiness.standing() == Standing.WELL && seen.unhealthy()
                ? new Tidings(ProbeVerdict.HEALTHY, readiness.inWords())
                : null;
    }

    private @Nullable Tidings readyTidings() {
        ProbeSchedule decides = readiness != null ? readiness : startup;
        return !seen.worker() && decides != null && isStarted() && decides.standing() == Standing.WELL
                ? new Tidings(ProbeVerdict.READY, decides.inWords())
                : null;
    }
}
