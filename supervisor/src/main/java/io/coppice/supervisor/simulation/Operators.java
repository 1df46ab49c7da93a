package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import java.util.List;

/** The people at an instance: what they type and when, each request with a number of its own. */
final class Operators {
    private final Simulation world;
    /** Those that operators start and stop; slots are started and stopped by what is asked of them. */
    private final int children;

    private final int slots;
    private long lastRequest;
    private boolean oneLurks;

    /** @param specs slots come last */
    Operators(Simulation world, List<ChildSpec> specs) {
        this.world = world;
        slots = (int) specs.stream().filter(spec -> spec.slot() != null).count();
        children = specs.size() - slots;
    }

    /** For the time to come: commands at any time, and perhaps a shutdown, or two. */
    void plan() {
        Draws draws = world.draws;
        Faults faults = world.faults;
        long chaosNs = world.scenario.chaosNs;
        if (faults.operator > 0) {
            int count = (int) (draws.between(1, 60) * faults.operator) + 1;
            for (int i = 0; i < count; i++) {
                world.agenda.in(draws.ns(0, chaosNs), this::type);
            }
        }
        if (faults.strikes(draws, faults.shutdown)) {
            long atNs = draws.ns(0, chaosNs);
            world.agenda.in(atNs, () -> ask(new Event.ShutdownRequested(++lastRequest, nowNs())));
            if (draws.chance(0.5)) {
                world.agenda.in(
                        atNs + draws.ns(0, SECOND), () -> ask(new Event.ShutdownRequested(Event.NO_REQUEST, nowNs())));
            }
        }
    }

    /** At once, or at the worst moment: when something was spawned just now. */
    void typeSoon() {
        if (world.latestDraws.chance(0.5)) {
            oneLurks = true;
        } else {
            type();
        }
    }

    /** The worst moment. */
    void onSpawned(int child) {
        if (child >= children) {
            return;
        }
        if (world.faults.strikes(world.draws, world.faults.operator * 0.1) || (oneLurks && !world.faults.over)) {
            oneLurks = false;
            typeAt(child);
        }
    }

    /** Where all has given up or works without a fault, nothing happens any more unless somebody sees to it. */
    void stir(List<ChildState> committed) {
        for (ChildState child : committed) {
            int index = child.spec().index();
            if (child.spec().slot() != null) {
                continue;
            }
            if (!child.phase().occupied()) {
                ask(new Event.StartRequested(index, ++lastRequest, nowNs()));
            } else if (world.latestDraws.chance(0.5)) {
                ask(new Event.RestartRequested(index, ++lastRequest, nowNs()));
            }
        }
    }

    private void type() {
        if (slots > 0 && world.taskDraws.chance(0.2)) {
            int slot = children + world.taskDraws.between(0, slots - 1);
            ask(new Event.KillRequested(slot, "KILL", 9, ++lastRequest, nowNs()));
        }
        typeAt(world.draws.between(0, children - 1));
    }

    /** One command, or a burst of them. */
    private void typeAt(int child) {
        Draws draws = world.draws;
        int burst = draws.chance(0.3) ? draws.between(2, 5) : 1;
        for (int i = 0; i < burst; i++) {
            long nowNs = nowNs();
            long request = ++lastRequest;
            ask(
                    switch (draws.between(0, 5)) {
                        case 0, 1 -> new Event.StopRequested(child, request, nowNs);
                        case 2 -> new Event.StartRequested(child, request, nowNs);
                        case 3 -> new Event.RestartRequested(child, request, nowNs);
                        case 4 -> new Event.KillRequested(child, "KILL", 9, request, nowNs);
                        default ->
                            draws.chance(0.5)
                                    ? new Event.KillRequested(child, "TERM", 15, request, nowNs)
                                    : new Event.KillRequested(child, "SEGV", 11, request, nowNs);
                    });
        }
    }

    private void ask(Event request) {
        world.root().post(request);
    }

    private long nowNs() {
        return world.agenda.nowNs();
    }
}
