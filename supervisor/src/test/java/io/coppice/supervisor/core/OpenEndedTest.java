package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** An instance that is there for more than its children: it waits for others, and ends when it is asked to. */
class OpenEndedTest {
    private static final List<String> EXIT = List.of("exit 0");

    private static GroupSpec instance(boolean openEnded) {
        return new GroupSpec(
                GroupSpec.OUTERMOST,
                "",
                GroupSpec.NO_PARENT,
                Strategy.ONE_FOR_ONE,
                ChildSpec.UNLIMITED,
                60 * Specs.SECOND,
                Backoff.NONE,
                AutoShutdown.NEVER,
                false,
                true,
                openEnded);
    }

    @Test
    void shouldStayWithoutAnyChildUntilItIsAskedToEnd() {
        assertEquals(EXIT, new Driver(List.of(instance(false))).begin().did());
        Driver driver = new Driver(List.of(instance(true))).begin();
        assertEquals(List.of(), driver.did());
        assertEquals(
                EXIT,
                driver.step(new Event.ShutdownRequested(Event.NO_REQUEST, driver.nowNs))
                        .did());
    }

    @Test
    void shouldStayWhenAllHaveCompletedAndEndOnceNothingIsExpectedAnyMore() {
        ChildSpec job = Specs.command(0, "job").build();
        Driver driver =
                new Driver(List.of(instance(true)), job).begin().toReady(0).exited(0, 0);
        assertEquals(ChildPhase.COMPLETED, driver.phase(0));
        assertEquals(List.of(), driver.did());
        driver.step(new Event.Replanned(List.of(job), List.of(0L), List.of(instance(false)), driver.nowNs));
        assertEquals(EXIT, driver.did());
    }

    @Test
    void shouldNotBeSaidOfAGroupWithin() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new GroupSpec(
                        1,
                        "edge",
                        GroupSpec.OUTERMOST,
                        Strategy.ONE_FOR_ONE,
                        0,
                        1,
                        Backoff.NONE,
                        AutoShutdown.NEVER,
                        false,
                        true,
                        true));
    }
}
