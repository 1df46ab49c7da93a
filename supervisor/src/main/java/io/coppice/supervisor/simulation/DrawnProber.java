package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.MS;
import static io.coppice.supervisor.simulation.Draws.SECOND;

/** Of a child of which it is only known whether it is probed: looks come and find as is drawn. */
final class DrawnProber extends SimulatedProber {
    private static final String TARGET = "tcp 80";

    /** As its root was told last. */
    private boolean toldWell = true;

    DrawnProber(Simulation world, SimulatedProcess process) {
        super(world, process);
    }

    @Override
    void released() {
        if (process.spec.probed()) {
            world.agenda.in(world.endDraws.ns(10 * MS, SECOND), this::look);
        }
    }

    /** The next look finds it. */
    @Override
    void hung() {}

    /** It says again what was not listened to. */
    private void look() {
        if (!process.live()) {
            return;
        }
        Draws ends = world.endDraws;
        if (!world.isLookedAfter()) {
            world.agenda.in(ends.ns(SECOND, 20 * SECOND), this::look);
            return;
        }
        if (process.isReady() && toldWell != well()) {
            tellHealth();
        }
        if (process.isHung() || (process.isReady() && world.faults.strikes(ends, world.faults.probeFails))) {
            tellFailed(TARGET + ": refused, 3 times");
        } else if (process.isRunning() && !process.isReady()) {
            tellReady();
        } else if (process.isReady() && well() && world.faults.strikes(ends, world.faults.unwell)) {
            fallIll();
        }
        world.agenda.in(ends.ns(SECOND, 20 * SECOND), this::look);
    }

    @Override
    void fallIll() {
        if (!process.isReady() || !well() || !process.spec.probed()) {
            return;
        }
        setWell(false);
        process.stopServing();
        tellHealth();
        world.agenda.in(world.endDraws.ns(SECOND, 60 * SECOND), () -> {
            if (process.live() && !process.isHung()) {
                setWell(true);
                process.serve();
                tellHealth();
            }
        });
    }

    @Override
    void tellHealth() {
        if (world.isLookedAfter()) {
            toldWell = well();
            tellHealth(well() ? TARGET : TARGET + ": refused");
        }
    }
}
