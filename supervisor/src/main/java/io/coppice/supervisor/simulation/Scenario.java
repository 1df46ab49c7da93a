package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.plan.Probes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a run is of: children, what befalls them, and for how long. */
final class Scenario {
    /** Makes one from a run's draws, the same from the same. */
    @FunctionalInterface
    interface Source {
        /**
         * Draws the run's scenario.
         *
         * @param rootDeaths whether the root may die when it is drawn
         */
        Scenario draw(RunDraws draws, boolean rootDeaths);
    }

    static final int NOBODY = -1;

    final List<GroupSpec> groups;
    final List<ChildSpec> specs;

    /** Of each child, by index; empty where it is only known which are probed. */
    private final List<Probes> probes;

    final Faults faults;

    /** Those that complete by themselves, if their policy lets them. */
    final BitSet finite;

    /** How many commits a daemon that completes takes to do so, by index. */
    final List<Long> work;

    /** What a reload may make of each child, by index: one of another kind, or null; empty where none changes. */
    final List<@Nullable ChildSpec> others;

    /** Index of the child that looks after the probed ones, {@link #NOBODY} where they are looked after without one. */
    final int looksAfter;

    /** Reloads may change how many standbys there are. */
    final boolean standbysVary;

    /** How long faults strike. */
    final long chaosNs;

    /** Faults strike on until the core has made so many steps, and if the root has ended by then it is run again. */
    final long minSteps;

    /** From one step of a daemon to the next at most; the longer, the faster a simulated hour is over. */
    final long slowestStepNs;

    Scenario(
            List<GroupSpec> groups,
            List<ChildSpec> specs,
            List<Probes> probes,
            Faults faults,
            BitSet finite,
            List<Long> work,
            List<@Nullable ChildSpec> others,
            int looksAfter,
            boolean standbysVary,
            long chaosNs,
            long minSteps,
            long slowestStepNs) {
        this.groups = List.copyOf(groups);
        this.specs = List.copyOf(specs);
        this.probes = List.copyOf(probes);
        this.faults = faults;
        this.finite = finite;
        this.work = List.copyOf(work);
        this.others = Collections.unmodifiableList(new ArrayList<>(others));
        this.looksAfter = looksAfter;
        this.standbysVary = standbysVary;
        this.chaosNs = chaosNs;
        this.minSteps = minSteps;
        this.slowestStepNs = slowestStepNs;
    }

    /** Who looks after a process. */
    SimulatedProber prober(Simulation world, SimulatedProcess process) {
        return probes.isEmpty()
                ? new DrawnProber(world, process)
                : new DeclaredProber(world, process, probes.get(process.spec.index()));
    }
}
