package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Standby;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The manifest as it is changed, and the plan that was made of it and that a root has written down. */
final class SimulatedManifest {
    private final Simulation world;

    /** As it is now; the root may not have heard of it yet. */
    private final List<ChildSpec> specs;

    /** What a reload may make of each; see {@link Scenario#others}. */
    private final List<@Nullable ChildSpec> others;

    /** As the root that last took a plan over, or began with one, has written it down. */
    private List<ChildSpec> onRecord;

    SimulatedManifest(Simulation world, Scenario scenario) {
        this.world = world;
        specs = new ArrayList<>(scenario.specs);
        others = new ArrayList<>(scenario.others);
        onRecord = scenario.specs;
    }

    /** What it says now; the list does not change with it. */
    List<ChildSpec> plan() {
        return List.copyOf(specs);
    }

    ChildSpec spec(int child) {
        return specs.get(child);
    }

    List<ChildSpec> onRecord() {
        return onRecord;
    }

    /** A root has taken a plan over, or has begun with it. */
    void recorded(List<ChildSpec> plan) {
        onRecord = plan;
    }

    /** For the time to come. */
    void planReloads() {
        if (world.faults.reload > 0) {
            int count = (int) (world.stageDraws.between(1, 8) * world.faults.reload) + 1;
            for (int i = 0; i < count; i++) {
                world.agenda.in(world.stageDraws.ns(0, world.scenario.chaosNs), this::reload);
            }
        }
    }

    /** Some children are to be started in another way now; now and then two reloads follow at once, and then none changes. */
    void reload() {
        for (int i = 0; i < specs.size(); i++) {
            if (world.stageDraws.chance(0.4)) {
                specs.set(i, ChangedSpecs.launchedAs(specs.get(i), world.stageDraws.between(1, 3)));
            }
            if (world.scenario.standbysVary && specs.get(i).standbys() > 0 && world.standbyDraws.chance(0.3)) {
                specs.set(
                        i,
                        ChangedSpecs.withStandbys(specs.get(i), world.standbyDraws.between(1, ChildSpec.MAX_STANDBYS)));
            }
        }
        if (others.isEmpty()) {
            List<Long> noIncarnations = Collections.nCopies(specs.size(), 0L);
            world.root().post(new Event.Replanned(specs, noIncarnations, world.scenario.groups, world.agenda.nowNs()));
            return;
        }
        for (int i = 0; i < specs.size(); i++) {
            ChildSpec other = others.get(i);
            if (other != null && world.kindDraws.chance(0.25)) {
                others.set(i, specs.set(i, other));
            }
        }
        askForReload();
    }

    private void askForReload() {
        SimulatedRoot root = world.root();
        if (!root.ended() && !root.reload(plan())) {
            world.agenda.in(SECOND, this::askForReload);
        }
    }

    /** Whether that is what it says now. */
    boolean isAsPlanned(ChildSpec spec) {
        return spec.equals(specs.get(spec.index()));
    }

    /** How many of a child's standbys wait that were started as it says now. */
    int parkedAsPlanned(ChildState child) {
        int count = 0;
        for (Standby standby : child.standbys().standbys()) {
            count += standby.phase() == Standby.Phase.PARKED
                            && standby.launchedAs()
                                    == specs.get(child.spec().index()).launch()
                    ? 1
                    : 0;
        }
        return count;
    }

    /** What its children may take to come up or down, one after another, beyond what is usual. */
    long longestWaitNs() {
        long sumNs = 0;
        for (ChildSpec spec : specs) {
            sumNs += Math.max(0, spec.startTimeouts().startNs() - 10 * SECOND)
                    + Math.max(0, spec.startTimeouts().recoverNs() - 10 * SECOND)
                    + Math.max(0, spec.startTimeouts().migrateNs() - 10 * SECOND)
                    + Math.max(0, spec.shutdownTimeoutNs() - 3 * SECOND)
                    + Math.max(0, spec.heartbeatTimeoutNs() - 3 * SECOND)
                    + Math.max(0, spec.backoff().maxNs() - 3 * SECOND)
                    + (spec.slot() == null
                            ? 0
                            : (spec.maxRestarts() + 1) * spec.slot().timeoutNs());
        }
        return sumNs;
    }

    /** Within what time each of its children is found hung by its heartbeats; 0 if none has any. */
    long longestHangNs() {
        long longestNs = 0;
        for (ChildSpec spec : specs) {
            longestNs = Math.max(longestNs, 2 * spec.heartbeatTimeoutNs());
        }
        return longestNs;
    }
}
