package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Goal: whatever a child was doing when its root died, the successor goes on rightly. Method: every state of the table of
 * states and events is what was recorded; its process is found alive or gone; then the root begins. {@link #TABLE} says what
 * follows, for child 1, all others being alive.
 */
class AdoptionTest {
    private static final int SUBJECT = 1;

    private static final String TABLE = """
            WAITING
              none -> same
            SPAWNING
              none -> SPAWNING: spawn 1#3
            HELD
              alive -> same
              gone gone125 -> SPAWNING: spawn 1#3
              goneHavingRun -> BACKOFF
            STARTING
              alive -> same
              gone gone125 goneHavingRun -> BACKOFF
            STARTING/recover
              alive -> same
              gone gone125 goneHavingRun -> BACKOFF
            READY
              alive -> same
              gone gone125 goneHavingRun -> BACKOFF
            ABANDONING/spawning/down
              none -> STOPPED
            ABANDONING/held/down
              alive -> same
              gone gone125 goneHavingRun -> STOPPED
            ABANDONING/held/up
              alive -> same
              gone gone125 goneHavingRun -> SPAWNING: spawn 1#3
            DUMPING/hang
              alive -> same
              gone gone125 goneHavingRun -> SPAWNING, restarts +1: spawn 1#2
            DUMPING/start-timeout
              alive -> same
              gone gone125 goneHavingRun -> BACKOFF
            STOPPING/down
              alive -> same: signal 1#1 TERM group
              gone gone125 goneHavingRun -> STOPPED
            STOPPING/up
              alive -> same: signal 1#1 TERM group
              gone gone125 goneHavingRun -> SPAWNING: spawn 1#2
            KILLING/hang
              alive -> same: kill 1#1
              gone gone125 goneHavingRun -> SPAWNING, restarts +1: spawn 1#2
            KILLING/down
              alive -> same: kill 1#1
              gone gone125 goneHavingRun -> STOPPED
            BACKOFF
              none -> same
            STOPPED
              none -> same
            FAILED
              none -> same
            COMPLETED
              none -> same
            shutdown: READY, needed
              alive -> same, wanted UP
              gone gone125 goneHavingRun -> SPAWNING, wanted UP, restarts +1: spawn 1#2
            shutdown: STARTING, needed
              alive -> same, wanted UP
              gone gone125 goneHavingRun -> SPAWNING, wanted UP, restarts +1: spawn 1#3
            shutdown: ABANDONING
              none -> SPAWNING, wanted UP: spawn 1#3
            shutdown: STOPPING
              alive -> same, wanted UP: signal 1#1 TERM group
              gone gone125 goneHavingRun -> SPAWNING, wanted UP: spawn 1#2
            shutdown: DUMPING
              alive -> same, wanted UP
              gone gone125 goneHavingRun -> SPAWNING, wanted UP, restarts +1: spawn 1#2
            shutdown: KILLING
              alive -> same, wanted UP: kill 1#1
              gone gone125 goneHavingRun -> WAITING, wanted UP
            shutdown: STOPPED
              none -> WAITING, wanted UP
            shutdown: FAILED
              none -> WAITING, wanted UP
            shutdown: COMPLETED
              none -> WAITING, wanted UP
            """;

    private static final Map<String, BiConsumer<Driver, Integer>> FOUND = new LinkedHashMap<>();

    static {
        FOUND.put("alive", (driver, child) -> driver.adopted(child));
        FOUND.put("gone", (driver, child) -> driver.died(child, new ExitStatus.Unwitnessed(), null));
        FOUND.put("gone125", (driver, child) -> driver.exited(child, 125));
        FOUND.put(
                "goneHavingRun",
                (driver, child) -> driver.died(child, new ExitStatus.Unwitnessed(), null, StepProgress.MADE));
    }

    @Test
    void shouldGoOnAsTheTableSays() {
        List<String> lines = new ArrayList<>();
        StateEventTableTest.STATES.forEach((name, toState) -> {
            if (!name.equals("done")) {
                lines.add(name);
                lines.addAll(answers(toState));
            }
        });
        assertEquals(TABLE, String.join("\n", lines) + "\n");
    }

    private static List<String> answers(Consumer<Driver> toState) {
        Map<String, String> answers = new LinkedHashMap<>();
        FOUND.forEach((found, tell) -> {
            Driver driver = StateEventTableTest.driver();
            toState.accept(driver);
            boolean process = driver.child(SUBJECT).hasProcess();
            if (!process && !found.equals("alive")) {
                return;
            }
            String answer = answer(driver, tell);
            answers.merge(answer, process ? found : "none", (one, other) -> one + " " + other);
        });
        List<String> lines = new ArrayList<>();
        answers.forEach((answer, found) -> lines.add("  " + found + " -> " + answer));
        return lines;
    }

    private static String answer(Driver driver, BiConsumer<Driver, Integer> tell) {
        ChildState recorded = driver.child(SUBJECT);
        driver.dieAndResume();
        List<String> did = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            if (driver.child(i).hasProcess()) {
                if (i == SUBJECT) {
                    tell.accept(driver, i);
                } else {
                    driver.adopted(i);
                }
                did.addAll(driver.did());
            }
        }
        driver.begin();
        did.addAll(driver.did());
        did.removeIf(command -> !command.contains(" " + SUBJECT + "#"));
        ChildState after = driver.child(SUBJECT);
        String phase = after.phase() == recorded.phase() && after.incarnation() == recorded.incarnation()
                ? "same"
                : after.phase().toString();
        return phase
                + (after.wanted() == recorded.wanted() ? "" : ", wanted " + after.wanted())
                + (after.restarts() == recorded.restarts()
                        ? ""
                        : ", restarts +" + (after.restarts() - recorded.restarts()))
                + (did.isEmpty() ? "" : ": " + String.join(", ", did));
    }

    private static Driver resumedWhileHeld(ChildSpec spec) {
        return new Driver(spec).begin().toHeld(0).dieAndResume();
    }

    @Test
    void shouldNotRunTwiceWhatRunsAtMostOnceAndPerhapsDid() {
        Driver driver = resumedWhileHeld(
                Specs.command(0, "once").restart(RestartPolicy.NEVER).build());
        driver.died(0, new ExitStatus.Unwitnessed(), null).begin();
        assertEquals(ChildPhase.FAILED, driver.phase(0));

        Driver hanging = resumedWhileHeld(
                Specs.command(0, "once").restart(RestartPolicy.NEVER).build());
        hanging.adopted(0).begin().toDeadline();
        assertEquals(List.of("kill 0#1"), hanging.did());
        hanging.signaled(0, Signals.KILL);
        assertEquals(ChildPhase.FAILED, hanging.phase(0));

        Driver unreleased = resumedWhileHeld(
                Specs.command(0, "once").restart(RestartPolicy.NEVER).build());
        unreleased.adopted(0).begin().exited(0, LastExits.NOT_RELEASED_CODE);
        assertEquals(ChildPhase.SPAWNING, unreleased.phase(0), "it surely did not run");
    }

    @Test
    void shouldGoOnWithOneThatTurnsOutToHaveBeenReleased() {
        Driver driver = resumedWhileHeld(Specs.worker(0, "db").build());
        driver.adopted(0).begin().entered(0, StartStage.RECOVER);
        assertEquals(ChildPhase.STARTING, driver.phase(0));
        driver.becameReady(0);
        assertEquals(ChildPhase.READY, driver.phase(0));
        driver.exited(0, 1);
        assertEquals(1, driver.child(0).failures().streak(), "from then on its end is a failure like any other");
    }

    @Test
    void shouldLaunchNothingBeforeEveryProcessIsToldOf() {
        Driver driver = Driver.running(
                Specs.command(0, "db").build(),
                Specs.command(1, "web").dependsOn(0, Dependency.Condition.READY).build());
        driver.exited(1, 1).dieAndResume();
        assertEquals(ChildPhase.WAITING, driver.phase(1));
        driver.died(0, new ExitStatus.Unwitnessed(), null);
        assertEquals(List.of(), driver.did());
        driver.begin();
        assertEquals(List.of("spawn 0#2"), driver.did());
        assertEquals("unknown: it ended while unsupervised", driver.lastExit(0).text());
    }

    /** A prober that lives on, or the next one, tells the new root what it does not know. */
    @Test
    void shouldGoOnWaitingForTheWordOfAProbe() {
        Driver driver = new Driver(Specs.command(0, "db").probed().build())
                .begin()
                .toStarting(0)
                .dieAndResume()
                .adopted(0)
                .begin();
        assertEquals(ChildPhase.STARTING, driver.phase(0));
        assertEquals(ChildPhase.READY, driver.becameReady(0).phase(0));
    }

    @Test
    void shouldTakeOverWhatWasUnwellAsUnwell() {
        Driver driver = new Driver(
                        Specs.command(0, "db").probed().build(),
                        Specs.command(1, "web")
                                .dependsOn(0, Dependency.Condition.HEALTHY)
                                .build())
                .begin()
                .toReady(0)
                .toReady(1);
        driver.step(new Event.HealthChanged(0, 1, false, "tcp: refused", driver.nowNs));
        driver.dieAndResume().adopted(0);
        driver.died(1, new ExitStatus.Unwitnessed(), null).begin();
        assertEquals(ChildPhase.WAITING, driver.phase(1));
        driver.step(new Event.HealthChanged(0, 1, true, "tcp", driver.nowNs));
        assertEquals(List.of("spawn 1#2"), driver.did());
    }
}
