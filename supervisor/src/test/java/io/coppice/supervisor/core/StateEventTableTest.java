package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Goal: every state of a child has an answer to every event. Method: {@link #TABLE} says it cell by cell, a row per state,
 * a line per answer; the subject is child 1, a worker that needs child 0 to be ready and that child 2 needs to be started.
 * A cell that is missing, named twice, or different fails.
 */
class StateEventTableTest {
    private static final int SUBJECT = 1;

    /** Columns. */
    private static final Map<String, Consumer<Driver>> EVENTS = new LinkedHashMap<>();

    /** Rows. */
    static final Map<String, Consumer<Driver>> STATES = new LinkedHashMap<>();

    static {
        EVENTS.put("Begin", Driver::begin);
        EVENTS.put("Spawned", driver -> driver.spawned(SUBJECT));
        EVENTS.put("SpawnFailed", driver -> driver.spawnFailed(SUBJECT));
        EVENTS.put("Released", driver -> driver.released(SUBJECT));
        EVENTS.put("StageEntered", driver -> driver.entered(SUBJECT, StartStage.RECOVER));
        EVENTS.put("BecameReady", driver -> driver.becameReady(SUBJECT));
        EVENTS.put("Exited0", driver -> driver.exited(SUBJECT, 0));
        EVENTS.put("Exited1", driver -> driver.exited(SUBJECT, 1));
        EVENTS.put("Exited78", driver -> driver.exited(SUBJECT, 78));
        EVENTS.put("Exited125", driver -> driver.exited(SUBJECT, 125));
        EVENTS.put("Signaled9", driver -> driver.signaled(SUBJECT, 9));
        EVENTS.put(
                "Stale",
                driver -> driver.step(new Event.Exited(
                        SUBJECT,
                        driver.child(SUBJECT).incarnation() - 1,
                        new ExitStatus.Exited(1),
                        null,
                        StepProgress.NONE,
                        driver.nowNs)));
        EVENTS.put("HeartbeatLost", driver -> driver.heartbeatLost(SUBJECT));
        EVENTS.put("TickEarly", Driver::tick);
        EVENTS.put("TickAtDeadline", driver -> {
            long deadlineNs = driver.child(SUBJECT).deadlineNs();
            driver.nowNs = deadlineNs == ChildState.NEVER ? driver.nowNs + Specs.SECOND : deadlineNs;
            driver.tick();
        });
        EVENTS.put("Stop", driver -> driver.stop(SUBJECT));
        EVENTS.put("Start", driver -> driver.start(SUBJECT));
        EVENTS.put("Restart", driver -> driver.restart(SUBJECT));
        EVENTS.put("Kill", driver -> driver.kill(SUBJECT, "KILL", 9));
        EVENTS.put("Shutdown", Driver::shutdown);

        STATES.put(
                "WAITING",
                driver -> driver.stop(0).exited(0, 0).restart(SUBJECT).exited(SUBJECT, 0));
        STATES.put("SPAWNING", driver -> driver.exited(SUBJECT, 1));
        STATES.put("HELD", driver -> driver.exited(SUBJECT, 1).toHeld(SUBJECT));
        STATES.put("STARTING", driver -> driver.exited(SUBJECT, 1).toStarting(SUBJECT));
        STATES.put(
                "STARTING/recover",
                driver -> driver.exited(SUBJECT, 1).toStarting(SUBJECT).entered(SUBJECT, StartStage.RECOVER));
        STATES.put("READY", driver -> driver.exited(SUBJECT, 1).toReady(SUBJECT));
        STATES.put(
                "ABANDONING/spawning/down", driver -> driver.exited(SUBJECT, 1).stop(SUBJECT));
        STATES.put(
                "ABANDONING/held/down",
                driver -> driver.exited(SUBJECT, 1).toHeld(SUBJECT).stop(SUBJECT));
        STATES.put(
                "ABANDONING/held/up",
                driver -> driver.exited(SUBJECT, 1).toHeld(SUBJECT).restart(SUBJECT));
        STATES.put("DUMPING/hang", driver -> driver.heartbeatLost(SUBJECT));
        STATES.put(
                "DUMPING/start-timeout",
                driver -> driver.exited(SUBJECT, 1).toStarting(SUBJECT).toDeadline());
        STATES.put("STOPPING/down", driver -> driver.stop(SUBJECT));
        STATES.put("STOPPING/up", driver -> driver.restart(SUBJECT));
        STATES.put("KILLING/hang", driver -> driver.heartbeatLost(SUBJECT).toDeadline());
        STATES.put("KILLING/down", driver -> driver.stop(SUBJECT).toDeadline());
        STATES.put(
                "BACKOFF", driver -> driver.exited(SUBJECT, 1).toReady(SUBJECT).exited(SUBJECT, 1));
        STATES.put("STOPPED", driver -> driver.stop(SUBJECT).exited(SUBJECT, 0));
        STATES.put("FAILED", driver -> driver.exited(SUBJECT, 78));
        STATES.put("COMPLETED", driver -> driver.exited(SUBJECT, 0));
        STATES.put("shutdown: READY, needed", Driver::shutdown);
        STATES.put(
                "shutdown: STARTING, needed",
                driver -> driver.exited(SUBJECT, 1).toStarting(SUBJECT).shutdown());
        STATES.put("shutdown: ABANDONING", driver -> driver.exited(SUBJECT, 1).shutdown());
        STATES.put("shutdown: STOPPING", driver -> driver.shutdown().exited(2, 0));
        STATES.put("shutdown: DUMPING", driver -> driver.heartbeatLost(SUBJECT).shutdown());
        STATES.put("shutdown: KILLING", driver -> driver.shutdown().shutdown());
        STATES.put(
                "shutdown: STOPPED",
                driver -> driver.stop(SUBJECT).exited(SUBJECT, 0).shutdown());
        STATES.put("shutdown: FAILED", driver -> driver.exited(SUBJECT, 78).shutdown());
        STATES.put("shutdown: COMPLETED", driver -> driver.exited(SUBJECT, 0).shutdown());
        STATES.put(
                "done",
                driver -> driver.shutdown().exited(2, 0).exited(SUBJECT, 0).exited(0, 0));
    }

    private static final String TABLE = """
            WAITING
              Begin Spawned SpawnFailed Released StageEntered BecameReady Exited0 Exited1 Exited78 Exited125 Signaled9 Stale HeartbeatLost TickEarly TickAtDeadline -> same
              Stop -> STOPPED, wanted down: ok 1
              Start Restart -> same: ok 1
              Kill -> same: error
              Shutdown -> STOPPED, wanted down
            SPAWNING
              Begin Released StageEntered BecameReady Stale HeartbeatLost TickEarly TickAtDeadline -> same
              Spawned -> HELD: release 1#2
              SpawnFailed Exited0 Exited1 Exited125 Signaled9 -> BACKOFF
              Exited78 -> FAILED
              Stop -> ABANDONING, wanted down: abandon 1#2, ok 2
              Start -> same: ok 2
              Restart -> ABANDONING: abandon 1#2, ok 2
              Kill -> same: error
              Shutdown -> ABANDONING, wanted down: abandon 1#2
            HELD
              Begin Spawned SpawnFailed Stale HeartbeatLost TickEarly TickAtDeadline -> same
              Released StageEntered -> STARTING
              BecameReady -> READY
              Exited0 Exited1 Exited125 Signaled9 -> BACKOFF
              Exited78 -> FAILED
              Stop -> ABANDONING, wanted down: abandon 1#2, ok 2
              Start -> same: ok 2
              Restart -> ABANDONING: abandon 1#2, ok 2
              Kill -> same: signal 1#2 KILL, ok 2
              Shutdown -> ABANDONING, wanted down: abandon 1#2
            STARTING
              Begin Spawned SpawnFailed Released StageEntered Stale HeartbeatLost TickEarly -> same
              BecameReady -> READY
              Exited0 -> COMPLETED
              Exited1 Exited125 Signaled9 -> BACKOFF
              Exited78 -> FAILED
              TickAtDeadline -> DUMPING: dump 1#2
              Stop -> STOPPING, wanted down: signal 1#2 TERM group, ok 2
              Start -> same: ok 2
              Restart -> STOPPING: signal 1#2 TERM group, ok 2
              Kill -> same: signal 1#2 KILL, ok 2
              Shutdown -> same, wanted down
            STARTING/recover
              Begin Spawned SpawnFailed Released StageEntered Stale HeartbeatLost TickEarly -> same
              BecameReady -> READY
              Exited0 -> COMPLETED
              Exited1 Exited125 Signaled9 -> BACKOFF
              Exited78 -> FAILED
              TickAtDeadline -> DUMPING: dump 1#2
              Stop -> STOPPING, wanted down: signal 1#2 TERM group, ok 2
              Start -> same: ok 2
              Restart -> STOPPING: signal 1#2 TERM group, ok 2
              Kill -> same: signal 1#2 KILL, ok 2
              Shutdown -> same, wanted down
            READY
              Begin Spawned SpawnFailed Released StageEntered BecameReady Stale TickEarly TickAtDeadline -> same
              Exited0 -> COMPLETED
              Exited1 Exited125 Signaled9 -> BACKOFF
              Exited78 -> FAILED
              HeartbeatLost -> DUMPING: dump 1#2
              Stop -> STOPPING, wanted down: signal 1#2 TERM group, ok 2
              Start -> same: ok 2
              Restart -> STOPPING: signal 1#2 TERM group, ok 2
              Kill -> same: signal 1#2 KILL, ok 2
              Shutdown -> same, wanted down
            ABANDONING/spawning/down
              Begin Released StageEntered BecameReady Stale HeartbeatLost TickEarly TickAtDeadline Shutdown -> same
              Spawned -> same: abandon 1#2
              SpawnFailed Exited0 Exited1 Exited78 Exited125 Signaled9 -> STOPPED
              Stop -> same: ok 2
              Start Restart -> same, wanted up: ok 2
              Kill -> same: error
            ABANDONING/held/down
              Begin Spawned SpawnFailed Stale HeartbeatLost TickEarly Shutdown -> same
              Released StageEntered BecameReady -> STOPPING: signal 1#2 TERM group
              Exited0 Exited1 Exited78 Exited125 Signaled9 -> STOPPED
              TickAtDeadline -> KILLING: kill 1#2
              Stop -> same: ok 2
              Start Restart -> same, wanted up: ok 2
              Kill -> same: signal 1#2 KILL, ok 2
            ABANDONING/held/up
              Begin Spawned SpawnFailed Stale HeartbeatLost TickEarly -> same
              Released StageEntered BecameReady -> STOPPING: signal 1#2 TERM group
              Exited0 Exited1 Exited78 Exited125 Signaled9 -> SPAWNING: spawn 1#3
              TickAtDeadline -> KILLING: kill 1#2
              Stop -> same, wanted down: ok 2
              Start Restart -> same: ok 2
              Kill -> same: signal 1#2 KILL, ok 2
              Shutdown -> same, wanted down
            DUMPING/hang
              Begin Spawned SpawnFailed Released StageEntered BecameReady Stale HeartbeatLost TickEarly -> same
              Exited0 -> COMPLETED
              Exited1 Exited125 Signaled9 -> SPAWNING: spawn 1#2
              Exited78 -> FAILED
              TickAtDeadline -> KILLING: kill 1#1
              Stop -> same, wanted down: ok 1
              Start Restart -> same: ok 1
              Kill -> same: signal 1#1 KILL, ok 1
              Shutdown -> same, wanted down
            DUMPING/start-timeout
              Begin Spawned SpawnFailed Released StageEntered BecameReady Stale HeartbeatLost TickEarly -> same
              Exited0 -> COMPLETED
              Exited1 Exited125 Signaled9 -> BACKOFF
              Exited78 -> FAILED
              TickAtDeadline -> KILLING: kill 1#2
              Stop -> same, wanted down: ok 2
              Start Restart -> same: ok 2
              Kill -> same: signal 1#2 KILL, ok 2
              Shutdown -> same, wanted down
            STOPPING/down
              Begin Spawned SpawnFailed Released StageEntered BecameReady Stale HeartbeatLost TickEarly Shutdown -> same
              Exited0 Exited1 Exited78 Exited125 Signaled9 -> STOPPED
              TickAtDeadline -> KILLING: kill 1#1
              Stop -> same: ok 1
              Start Restart -> same, wanted up: ok 1
              Kill -> same: signal 1#1 KILL, ok 1
            STOPPING/up
              Begin Spawned SpawnFailed Released StageEntered BecameReady Stale HeartbeatLost TickEarly -> same
              Exited0 Exited1 Exited78 Exited125 Signaled9 -> SPAWNING: spawn 1#2
              TickAtDeadline -> KILLING: kill 1#1
              Stop -> same, wanted down: ok 1
              Start Restart -> same: ok 1
              Kill -> same: signal 1#1 KILL, ok 1
              Shutdown -> same, wanted down
            KILLING/hang
              Begin Spawned SpawnFailed Released StageEntered BecameReady Stale HeartbeatLost TickEarly -> same
              Exited0 -> COMPLETED
              Exited1 Exited125 Signaled9 -> SPAWNING: spawn 1#2
              Exited78 -> FAILED
              TickAtDeadline -> same: kill 1#1
              Stop -> same, wanted down: ok 1
              Start Restart -> same: ok 1
              Kill -> same: signal 1#1 KILL, ok 1
              Shutdown -> same, wanted down
            KILLING/down
              Begin Spawned SpawnFailed Released StageEntered BecameReady Stale HeartbeatLost TickEarly Shutdown -> same
              Exited0 Exited1 Exited78 Exited125 Signaled9 -> STOPPED
              TickAtDeadline -> same: kill 1#1
              Stop -> same: ok 1
              Start Restart -> same, wanted up: ok 1
              Kill -> same: signal 1#1 KILL, ok 1
            BACKOFF
              Begin Spawned SpawnFailed Released StageEntered BecameReady Exited0 Exited1 Exited78 Exited125 Signaled9 Stale HeartbeatLost TickEarly -> same
              TickAtDeadline -> SPAWNING: spawn 1#3
              Stop -> STOPPED, wanted down: ok 2
              Start Restart -> SPAWNING: spawn 1#3, ok 2
              Kill -> same: error
              Shutdown -> STOPPED, wanted down
            STOPPED
              Begin Spawned SpawnFailed Released StageEntered BecameReady Exited0 Exited1 Exited78 Exited125 Signaled9 Stale HeartbeatLost TickEarly TickAtDeadline Shutdown -> same
              Stop -> same: ok 1
              Start Restart -> SPAWNING, wanted up: spawn 1#2, ok 1
              Kill -> same: error
            FAILED
              Begin Spawned SpawnFailed Released StageEntered BecameReady Exited0 Exited1 Exited78 Exited125 Signaled9 Stale HeartbeatLost TickEarly TickAtDeadline -> same
              Stop -> same, wanted down: ok 1
              Start Restart -> SPAWNING: spawn 1#2, ok 1
              Kill -> same: error
              Shutdown -> same, wanted down
            COMPLETED
              Begin Spawned SpawnFailed Released StageEntered BecameReady Exited0 Exited1 Exited78 Exited125 Signaled9 Stale HeartbeatLost TickEarly TickAtDeadline -> same
              Stop -> same, wanted down: ok 1
              Start Restart -> SPAWNING: spawn 1#2, ok 1
              Kill -> same: error
              Shutdown -> same, wanted down
            shutdown: READY, needed
              Begin Spawned SpawnFailed Released StageEntered BecameReady Stale TickEarly TickAtDeadline -> same
              Exited0 -> COMPLETED
              Exited1 Exited78 Exited125 Signaled9 -> STOPPED
              HeartbeatLost -> DUMPING: dump 1#1
              Stop -> same: ok 1
              Start Restart -> same: error
              Kill -> same: signal 1#1 KILL, ok 1
              Shutdown -> KILLING: kill 1#1
            shutdown: STARTING, needed
              Begin Spawned SpawnFailed Released StageEntered Stale HeartbeatLost TickEarly -> same
              BecameReady -> READY
              Exited0 -> COMPLETED
              Exited1 Exited78 Exited125 Signaled9 -> STOPPED
              TickAtDeadline -> DUMPING: dump 1#2
              Stop -> same: ok 2
              Start Restart -> same: error
              Kill -> same: signal 1#2 KILL, ok 2
              Shutdown -> KILLING: kill 1#2
            shutdown: ABANDONING
              Begin Released StageEntered BecameReady Stale HeartbeatLost TickEarly TickAtDeadline Shutdown -> same
              Spawned -> same: abandon 1#2
              SpawnFailed Exited0 Exited1 Exited78 Exited125 Signaled9 -> STOPPED
              Stop -> same: ok 2
              Start Restart Kill -> same: error
            shutdown: STOPPING
              Begin Spawned SpawnFailed Released StageEntered BecameReady Stale HeartbeatLost TickEarly -> same
              Exited0 Exited1 Exited78 Exited125 Signaled9 -> STOPPED
              TickAtDeadline Shutdown -> KILLING: kill 1#1
              Stop -> same: ok 1
              Start Restart -> same: error
              Kill -> same: signal 1#1 KILL, ok 1
            shutdown: DUMPING
              Begin Spawned SpawnFailed Released StageEntered BecameReady Stale HeartbeatLost TickEarly -> same
              Exited0 -> COMPLETED
              Exited1 Exited78 Exited125 Signaled9 -> STOPPED
              TickAtDeadline Shutdown -> KILLING: kill 1#1
              Stop -> same: ok 1
              Start Restart -> same: error
              Kill -> same: signal 1#1 KILL, ok 1
            shutdown: KILLING
              Begin Spawned SpawnFailed Released StageEntered BecameReady Stale HeartbeatLost TickEarly -> same
              Exited0 Exited1 Exited78 Exited125 Signaled9 -> STOPPED
              TickAtDeadline Shutdown -> same: kill 1#1
              Stop -> same: ok 1
              Start Restart -> same: error
              Kill -> same: signal 1#1 KILL, ok 1
            shutdown: STOPPED
              Begin Spawned SpawnFailed Released StageEntered BecameReady Exited0 Exited1 Exited78 Exited125 Signaled9 Stale HeartbeatLost TickEarly TickAtDeadline Shutdown -> same
              Stop -> same: ok 1
              Start Restart Kill -> same: error
            shutdown: FAILED
              Begin Spawned SpawnFailed Released StageEntered BecameReady Exited0 Exited1 Exited78 Exited125 Signaled9 Stale HeartbeatLost TickEarly TickAtDeadline Shutdown -> same
              Stop -> same: ok 1
              Start Restart Kill -> same: error
            shutdown: COMPLETED
              Begin Spawned SpawnFailed Released StageEntered BecameReady Exited0 Exited1 Exited78 Exited125 Signaled9 Stale HeartbeatLost TickEarly TickAtDeadline Shutdown -> same
              Stop -> same: ok 1
              Start Restart Kill -> same: error
            done
              Begin Spawned SpawnFailed Released StageEntered BecameReady Exited0 Exited1 Exited78 Exited125 Signaled9 Stale HeartbeatLost TickEarly TickAtDeadline Shutdown -> same
              Stop -> same: ok 1
              Start Restart Kill -> same: error
            """;

    static Driver driver() {
        return Driver.running(
                Specs.command(0, "db").build(),
                Specs.worker(SUBJECT, "subject")
                        .dependsOn(0, Dependency.Condition.READY)
                        .build(),
                Specs.command(2, "web")
                        .dependsOn(SUBJECT, Dependency.Condition.STARTED)
                        .build());
    }

    /** The subject's next phase, and whether what is wanted changed, and all that was commanded about it or the root. */
    private static String answer(String state, String event) {
        Driver driver = driver();
        STATES.get(state).accept(driver);
        ChildState before = driver.child(SUBJECT);
        EVENTS.get(event).accept(driver);
        ChildState after = driver.child(SUBJECT);
        String commands = driver.did().stream()
                .filter(command -> !command.matches(".* [02]#.*"))
                .collect(Collectors.joining(", "));
        return (after.phase() == before.phase() ? "same" : after.phase().toString())
                + (after.wanted() == before.wanted()
                        ? ""
                        : ", wanted " + after.wanted().word())
                + (commands.isEmpty() ? "" : ": " + commands);
    }

    @Test
    void shouldReachTheStateThatEachRowNames() {
        for (String state : STATES.keySet()) {
            Driver driver = driver();
            STATES.get(state).accept(driver);
            String phase = driver.phase(SUBJECT).toString();
            assertTrue(
                    state.equals("done") || state.replaceFirst("shutdown: ", "").startsWith(phase),
                    state + " is " + phase);
        }
        for (ChildPhase phase : ChildPhase.values()) {
            assertTrue(
                    STATES.keySet().stream().anyMatch(state -> state.startsWith(phase.toString())),
                    phase + " has no row");
        }
    }

    @Test
    void shouldAnswerEveryEventInEveryStateAsTheTableSays() {
        Map<String, String> expected = parse();
        List<String> wrong = new ArrayList<>();
        for (String state : STATES.keySet()) {
            for (String event : EVENTS.keySet()) {
                String cell = state + " × " + event;
                String stated = expected.remove(cell);
                String actual = answer(state, event);
                if (!actual.equals(stated)) {
                    wrong.add(cell + ": table says " + stated + ", core says " + actual);
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertEquals(Map.of(), expected, "cells of no state or event");
    }

    private static Map<String, String> parse() {
        Map<String, String> cells = new TreeMap<>();
        String state = "";
        for (String line : TABLE.lines().toList()) {
            if (!line.startsWith(" ")) {
                state = line;
                continue;
            }
            String[] sides = line.split(" -> ");
            for (String event : sides[0].trim().split(" ")) {
                String twice = cells.put(state + " × " + event, sides[1]);
                assertEquals(null, twice, state + " × " + event + " is there twice");
            }
        }
        return cells;
    }

    /** Prints the table as the core has it, to be read before it is believed. */
    public static void main(String[] arguments) {
        for (String state : STATES.keySet()) {
            Map<String, List<String>> byAnswer = new LinkedHashMap<>();
            for (String event : EVENTS.keySet()) {
                byAnswer.computeIfAbsent(answer(state, event), ignored -> new ArrayList<>())
                        .add(event);
            }
            System.out.println(state);
            byAnswer.forEach((answer, events) -> System.out.println("  " + String.join(" ", events) + " -> " + answer));
        }
    }
}
