package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What people are told of a step, line by line, in the order in which it is decided. */
class EventLogTest {
    private final Driver driver = Driver.running(
            Specs.worker(0, "db").build(),
            Specs.command(1, "web").restartedWith(0).build());

    private static List<String> told(Driver driver) {
        return driver.records().stream()
                .map(event -> event.type().word()
                        + (event.child() < 0 ? "" : " " + event.child())
                        + (event.text().isEmpty() ? "" : ": " + event.text()))
                .toList();
    }

    private static void assertTold(Driver driver, String... lines) {
        assertEquals(List.of(lines), told(driver));
    }

    @Test
    void shouldTellWhatOperatorsAskFor() {
        assertTold(driver.stop(1), "stop-requested 1", "stopping 1: signal TERM");
        assertTold(driver.start(1), "start-requested 1");
        assertTold(driver.signaled(1, 15), "exited 1: signal TERM", "spawning 1");
        assertTold(driver.toReady(1).kill(1, "HUP", 1), "kill-requested 1: signal HUP");
        assertTold(driver.restart(0), "restart-requested 0", "restarted-with 1: db", "stopping 1: signal TERM");
    }

    @Test
    void shouldTellOfAShutdownThatIsAskedForTwice() {
        assertTold(
                driver.shutdown(),
                "shutdown-requested: stopping every child, dependents first",
                "stopping 1: signal TERM");
        assertTold(
                driver.shutdown(),
                "shutdown-requested: asked for again: killing every child",
                "killed 0: shutdown was asked for again",
                "killed 1: shutdown was asked for again");
    }

    @Test
    void shouldTellOfWhatCameTooLateForAStop() {
        Driver late = new Driver(Specs.command(0, "a").build()).begin().stop(0);
        assertTold(late, "stop-requested 0", "abandoned 0: it will not be released");
        assertTold(late.spawned(0), "spawned 0: too late: it will not be released");
        assertEquals(Driver.pidOf(0), late.child(0).pid());
        assertEquals(late.nowNs + 10 * Specs.SECOND, late.child(0).deadlineNs());
        assertTold(late.released(0), "released 0: before it could be abandoned", "stopping 0: signal TERM");
    }

    @Test
    void shouldTellWhyNothingWasSpawned() {
        Driver failing = new Driver(
                        Specs.command(0, "a").restart(RestartPolicy.NEVER).build())
                .begin()
                .spawnFailed(0);
        assertTold(failing, "spawn-failed 0: no such file", "failed 0: no such file");
    }

    @Test
    void shouldTellThoseWhoWaitThatItWasStopped() {
        assertTold(
                driver.stop(1).signaled(1, 15).stop(0).exited(0, 143).start(1),
                "start-requested 1",
                "waiting 1: waits for db to be ready; it is stopped, and `coppice start db` starts it");
        driver.start(0).spawned(0);
        assertTold(driver.stop(0), "stop-requested 0", "abandoned 0: it will not be released");
        assertTold(
                driver.exited(0, 125),
                "exited 0: exit code 125 (before it was released)",
                "stopped 0: as asked",
                "waiting 1: waits for db to be ready; it is stopped, and `coppice start db` starts it");
    }

    /** Deaths that cost it nothing: by an operator's kill, and of an archive. */
    @Test
    void shouldTellWhatOneWaitsForThatIsLaunchedAgainAtNoCost() {
        for (boolean ofArchive : new boolean[] {false, true}) {
            Driver kept = Driver.running(
                    Specs.worker(0, "db").build(),
                    Specs.worker(1, "web")
                            .dependsOn(0, Dependency.Condition.READY)
                            .build());
            kept.stop(0).exited(0, 143);
            Event.Exited exited =
                    new Event.Exited(1, 1, new ExitStatus.Signaled(9, false), null, StepProgress.UNKNOWN, kept.nowNs);
            kept = ofArchive
                    ? kept.step(exited.byArchive())
                    : kept.kill(1, "KILL", 9).step(exited);
            assertTold(
                    kept,
                    "exited 1: signal KILL",
                    "waiting 1: waits for db to be ready; it is stopped, and `coppice start db` starts it");
            assertEquals(0, kept.child(1).failureCount());
        }
    }

    @Test
    void shouldTellHowManyWereTakenOver() {
        Driver three = Driver.running(
                Specs.command(0, "a").build(),
                Specs.command(1, "b").build(),
                Specs.command(2, "c").build());
        three.exited(1, 1).dieAndResume();
        assertTold(three.adopted(0), "adopted 0: ready");
        assertTold(
                three.adopted(2).begin(),
                "root-started: 3 children, 2 of them taken over from a root that died",
                "spawning 1");
    }

    @Test
    void shouldTellHowManyStartAnewAfterAReload() {
        Event.Replanned one = new Event.Replanned(
                List.of(
                        Specs.worker(0, "db").build(),
                        Specs.command(1, "web").launch(7).restartedWith(0).build()),
                List.of(0L, 0L),
                driver.nowNs);
        assertTold(
                driver.step(one),
                "reloaded: 2 children, 1 to start anew",
                "restart-requested 1: it would be started in another way now",
                "stopping 1: signal TERM");
        driver.signaled(1, 15).stop(1).exited(1, 125);
        driver.step(new Event.Replanned(List.of(Specs.worker(0, "db").build()), List.of(0L), driver.nowNs));
        assertTold(driver, "reloaded: 1 child, 0 to start anew");
    }

    @Test
    void shouldTellHowItIsAskedToEnd() {
        Driver asked = Driver.running(Specs.command(0, "db").shutdownCommand().build());
        assertTold(asked.stop(0), "stop-requested 0", "stopping 0: by its shutdown command");
    }

    @Test
    void shouldTellWhatADeadChildWaitsForWhileOthersAreLookedAt() {
        driver.dieAndResume().exited(1, 1);
        assertTold(driver, "exited 1: exit code 1", "waiting 1: until all others are looked at");
    }

    @Test
    void shouldTellOfAProbeWhyOneWaits() {
        Driver probed = Driver.running(
                Specs.command(0, "db").probed().build(),
                Specs.command(1, "web")
                        .dependsOn(0, Dependency.Condition.HEALTHY)
                        .build());
        probed.step(new Event.HealthChanged(0, 1, false, "tcp 80: refused", probed.nowNs))
                .exited(1, 1);
        assertTold(
                probed, "exited 1: exit code 1", "waiting 1: waits for db to be healthy; it is ready, but unhealthy");
        probed.stop(0).start(1);
        assertTold(probed, "start-requested 1");
    }
}
