package io.coppice.supervisor.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.core.Supervisor;
import java.util.List;
import org.junit.jupiter.api.Test;

class CellsTest {
    private static final long SEED = 1;

    @Test
    void shouldCountOnlyWhatCanCome() {
        Coverage coverage = new Coverage();
        assertEquals(151, coverage.possible());
        assertEquals(0, coverage.reached());
        assertEquals(151, coverage.unreached().trim().split(" ").length);

        coverage.met(ChildPhase.READY, new Event.HeartbeatLost(0, 1, 0));
        assertEquals(1, coverage.reached());
        assertEquals(150, coverage.unreached().trim().split(" ").length);
    }

    /** The first child is being spawned by then. */
    @Test
    void shouldFindAnEventThatCannotComeInItsPhase() {
        for (Event event : List.of(
                new Event.Exited(0, 1, new ExitStatus.Exited(1), null, StepProgress.UNKNOWN, 0),
                new Event.Released(0, 1, 0),
                new Event.ShutdownCommandEnded(0, 1, null, 0),
                new Event.Adopted(0, 1, 0))) {
            Simulation simulation = begun();
            simulation.root().post(SeenLater.at(event, simulation.startNs()));
            Violation found = assertThrows(
                    Violation.class, () -> simulation.runUntil(simulation.startNs() + 10 * Draws.MS), event::toString);
            assertEquals("EVENT_FITS_PHASE", found.predicate);
            assertTrue(String.valueOf(found.getMessage()).contains("SPAWNING"), found.getMessage());
        }
    }

    private static Simulation begun() {
        Simulation simulation =
                Simulation.of(RandomScenarios.LONG, SEED, new Coverage(), CrashPoints.at(), Supervisor::step);
        simulation.begin();
        return simulation;
    }
}
