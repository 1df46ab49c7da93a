package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ExitRules;
import io.coppice.supervisor.core.ExitSet;
import io.coppice.supervisor.core.ExitStatus;
import java.util.ArrayList;
import java.util.List;

/** What a process ends with when nobody asked it to end, drawn according to what it dies of. */
final class DrawnEnds {
    static final ExitStatus SEGV = new ExitStatus.Signaled(11, true);
    static final ExitStatus KILLED = new ExitStatus.Signaled(9, false);

    private static final ExitStatus ABORTED = new ExitStatus.Signaled(6, true);

    private final Simulation world;
    private final ChildSpec spec;
    private final Draws draws;

    DrawnEnds(Simulation world, ChildSpec spec, Draws draws) {
        this.world = world;
        this.spec = spec;
        this.draws = draws;
    }

    /**
     * Of a crash that was drawn at its spawn.
     *
     * @param running whether it may end with 78: only what runs does
     */
    ExitStatus ofCrash(boolean running) {
        ExitStatus how = draws.oneOf(
                SEGV,
                new ExitStatus.Exited(1),
                new ExitStatus.Exited(70),
                KILLED,
                new ExitStatus.Unknown(),
                running && draws.chance(0.2) ? new ExitStatus.Exited(78) : SEGV);
        ExitStatus usual = world.stageDraws.chance(0.1) ? new ExitStatus.Exited(75) : how;
        return spec.exits().equals(ExitRules.NONE) || world.endDraws.chance(0.5) ? usual : named();
    }

    /** One of those that its lists name, and so one that means something. */
    private ExitStatus named() {
        List<ExitStatus> named = new ArrayList<>();
        for (ExitSet set : List.of(
                spec.exits().success(), spec.exits().prevent(), spec.exits().force())) {
            set.codes().forEach(code -> named.add(new ExitStatus.Exited(code)));
            set.signals().forEach(signal -> named.add(new ExitStatus.Signaled(signal, false)));
        }
        return named.get(world.endDraws.between(0, named.size() - 1));
    }

    /** Of a crash that strikes so and so often an hour. */
    ExitStatus ofCrashInTime() {
        return world.latestDraws.oneOf(SEGV, KILLED, new ExitStatus.Exited(1), ABORTED);
    }

    ExitStatus ofPoison() {
        return draws.oneOf(
                SEGV, ABORTED, new ExitStatus.Exited(1), new ExitStatus.Exited(70), new ExitStatus.Exited(134));
    }
}
