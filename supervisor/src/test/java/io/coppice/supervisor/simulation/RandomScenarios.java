package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.GroupSpec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The project's own runs: random children, and a random mix of all faults at every turn. */
final class RandomScenarios implements Scenario.Source {
    private static final long CHAOS_NS = 30 * SECOND;
    private static final long MIN_STEPS = 1_000;

    /** At least a thousand events a run. */
    static final RandomScenarios LONG = new RandomScenarios(MIN_STEPS, true, true, true);

    /** Thirty seconds of faults. */
    static final RandomScenarios SHORT = new RandomScenarios(0, true, true, true);

    /** As the seeds that were found first meant them. */
    static final RandomScenarios FIRST = new RandomScenarios(0, false, false, false);

    /** As those meant them that were found before reloads changed kinds, and before any child only served others. */
    static final RandomScenarios OF_ONE_KIND = new RandomScenarios(MIN_STEPS, true, false, false);

    /** As those meant them that were found before there were transactions. */
    static final RandomScenarios WITHOUT_TASKS = new RandomScenarios(MIN_STEPS, true, true, false);

    private final long minSteps;
    private final boolean withLatest;
    private final boolean withKinds;
    private final boolean withTasks;

    private RandomScenarios(long minSteps, boolean withLatest, boolean withKinds, boolean withTasks) {
        this.minSteps = minSteps;
        this.withLatest = withLatest;
        this.withKinds = withKinds;
        this.withTasks = withTasks;
    }

    @Override
    public Scenario draw(RunDraws all, boolean rootDeaths) {
        Draws draws = all.main;
        Faults faults = new Faults(all, rootDeaths, withLatest);
        List<ChildSpec> specs = new ArrayList<>(RandomSpecs.draw(draws));
        boolean withStandbys = all.standbys.chance(0.5);
        specs.replaceAll(spec -> withStandbys && spec.hasSegment()
                ? ChangedSpecs.withStandbys(spec, all.standbys.oneOf(0, 1, 1, 2, ChildSpec.MAX_STANDBYS))
                : spec);
        BitSet finite = new BitSet();
        List<Long> work = new ArrayList<>();
        boolean allFinite = draws.chance(0.1);
        for (ChildSpec spec : specs) {
            finite.set(spec.index(), allFinite || draws.chance(0.3));
            work.add((long) draws.between(1, 200));
        }
        List<GroupSpec> groups = List.of(GroupSpec.INSTANCE);
        if (withLatest && all.together.chance(0.5)) {
            List<GroupSpec> drawn = RandomGroups.draw(all.together, all.ends);
            specs.replaceAll(spec -> RandomGroups.member(spec, drawn, all.together, all.ends));
            groups = drawn;
        }
        int looksAfter = Scenario.NOBODY;
        if (withKinds && all.kinds.chance(0.35)) {
            looksAfter = specs.size();
            specs.add(RandomKinds.prober(looksAfter));
            work.add(1L);
        }
        List<@Nullable ChildSpec> others =
                withKinds && all.kinds.chance(0.5) ? RandomKinds.others(specs, all.kinds) : List.of();
        if (withTasks && all.tasks.chance(0.4)) {
            List<ChildSpec> slots = RandomSlots.draw(specs, others, all.tasks);
            specs.addAll(slots);
            slots.forEach(slot -> work.add(1L));
            if (!others.isEmpty()) {
                others = new ArrayList<>(others);
                others.addAll(Collections.nCopies(slots.size(), null));
            }
        }
        return new Scenario(
                groups, specs, List.of(), faults, finite, work, others, looksAfter, true, CHAOS_NS, minSteps, 400 * MS);
    }
}
