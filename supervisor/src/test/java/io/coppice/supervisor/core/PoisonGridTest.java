package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The poison rule: way of dying × how far the incarnation came with its segment; and what follows how many deaths. */
class PoisonGridTest {
    private static final int KEEPS = 2;

    /** How many deaths are counted after two that counted, one more of this kind, and none of them asked for. */
    private static final String GRID = """
            way of dying         | a step committed | none did | segment not taken over
            exit 1               | 0                | 3        | 2
            exit 70, words       | 0                | 3        | 2
            exit 134             | 0                | 3        | 2
            signal 4             | 0                | 3        | 2
            signal 5             | 0                | 3        | 2
            signal 6             | 0                | 3        | 2
            signal 7             | 0                | 3        | 2
            signal 8             | 0                | 3        | 2
            signal 11            | 0                | 3        | 2
            signal 31            | 0                | 3        | 2
            hang                 | 0                | 3        | 2
            start timeout        | 0                | 3        | 2
            recover timeout      | 0                | 2        | 2
            migrate timeout      | 0                | 2        | 2
            crash in recover     | 0                | 2        | 2
            crash in migrate     | 0                | 2        | 2
            exit 74 in recover   | 0                | 3        | 2
            exit 0               | 0                | 2        | 2
            exit 71              | 0                | 2        | 2
            exit 72              | 0                | 2        | 2
            exit 73              | 0                | 2        | 2
            exit 74              | 0                | 3        | 2
            exit 75              | 0                | 2        | 2
            exit 75, words       | 0                | 2        | 2
            exit 125             | 0                | 2        | 2
            exit 129             | 0                | 2        | 2
            exit 130             | 0                | 2        | 2
            exit 143             | 0                | 2        | 2
            signal 1             | 0                | 2        | 2
            signal 9             | 0                | 2        | 2
            signal 15            | 0                | 2        | 2
            unknown              | 0                | 2        | 2
            operator kill        | 0                | 2        | 2
            operator SEGV        | 0                | 2        | 2
            restart asked        | 0                | 0        | 0
            """;

    private interface Way {
        void die(Driver driver, StepProgress progress);
    }

    private static final Map<String, Way> WAYS = new LinkedHashMap<>();

    static {
        WAYS.put("hang", (driver, progress) -> {
            driver.toReady(0).heartbeatLost(0).toDeadline();
            die(driver, new ExitStatus.Signaled(9, false), progress);
        });
        WAYS.put("start timeout", (driver, progress) -> {
            driver.toStarting(0).toDeadline().toDeadline();
            die(driver, new ExitStatus.Signaled(9, false), progress);
        });
        WAYS.put("recover timeout", (driver, progress) -> timeOutIn(driver, StartStage.RECOVER, progress));
        WAYS.put("migrate timeout", (driver, progress) -> timeOutIn(driver, StartStage.MIGRATE, progress));
        WAYS.put(
                "crash in recover",
                (driver, progress) -> die(
                        driver.toStarting(0).entered(0, StartStage.RECOVER),
                        new ExitStatus.Signaled(11, true),
                        progress));
        WAYS.put(
                "crash in migrate",
                (driver, progress) ->
                        die(driver.toStarting(0).entered(0, StartStage.MIGRATE), new ExitStatus.Exited(134), progress));
        WAYS.put(
                "exit 74 in recover",
                (driver, progress) ->
                        die(driver.toStarting(0).entered(0, StartStage.RECOVER), new ExitStatus.Exited(74), progress));
        WAYS.put(
                "exit 75, words",
                (driver, progress) -> driver.toStarting(0).died(0, new ExitStatus.Exited(75), "no", progress));
        WAYS.put(
                "exit 70, words",
                (driver, progress) -> driver.toReady(0).died(0, new ExitStatus.Exited(70), "no", progress));
        WAYS.put("unknown", (driver, progress) -> die(driver.toReady(0), new ExitStatus.Unknown(), progress));
        WAYS.put("operator kill", (driver, progress) -> {
            driver.toReady(0).kill(0, "KILL", 9);
            die(driver, new ExitStatus.Signaled(9, false), progress);
        });
        WAYS.put("operator SEGV", (driver, progress) -> {
            driver.toReady(0).kill(0, "SEGV", 11);
            die(driver, new ExitStatus.Signaled(11, true), progress);
        });
        WAYS.put("restart asked", (driver, progress) -> {
            driver.toReady(0).restart(0);
            die(driver, new ExitStatus.Signaled(11, true), progress);
        });
    }

    private static void timeOutIn(Driver driver, StartStage stage, StepProgress progress) {
        driver.toStarting(0).entered(0, stage).toDeadline().toDeadline();
        die(driver, new ExitStatus.Signaled(9, false), progress);
    }

    private static void die(Driver driver, ExitStatus status, StepProgress progress) {
        driver.died(0, status, null, progress);
    }

    @Test
    void shouldCountByTheGridOfWayOfDyingAndProgress() {
        List<String> wrong = new ArrayList<>();
        StepProgress[] columns = {StepProgress.MADE, StepProgress.NONE, StepProgress.UNKNOWN};
        for (String line : GRID.lines().skip(1).toList()) {
            String[] cells = line.split("\\|");
            for (int i = 0; i < columns.length; i++) {
                Driver driver = daemon(subject().poison(9).restart(RestartPolicy.ALWAYS));
                for (int death = 0; death < KEEPS; death++) {
                    poisonedDeath(driver);
                }
                way(cells[0].trim()).die(driver, columns[i]);
                int actual = driver.child(0).poison().deaths();
                if (actual != Integer.parseInt(cells[i + 1].trim())) {
                    wrong.add(cells[0].trim() + ", " + columns[i] + ": " + actual);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    private static Way way(String name) {
        Way known = WAYS.get(name);
        if (known != null) {
            return known;
        }
        String[] words = name.split(" ");
        int number = Integer.parseInt(words[1]);
        ExitStatus status =
                words[0].equals("exit") ? new ExitStatus.Exited(number) : new ExitStatus.Signaled(number, false);
        return (driver, progress) -> die(driver.toReady(0), status, progress);
    }

    @Test
    void shouldGiveUpAfterThatManyDeathsAndSayThatTheDataIsKept() {
        Driver driver = daemon(subject().poison(3));
        poisonedDeath(driver);
        poisonedDeath(driver);
        assertEquals(ChildPhase.SPAWNING, driver.phase(0));
        poisonedDeath(driver);
        assertEquals(ChildPhase.FAILED, driver.phase(0));
        assertEquals(
                "poisoned: 3 deaths in a row by its own doing before a step committed. Its data is kept: see `coppice"
                        + " state subject`; last: signal SEGV",
                driver.records().get(1).text());
    }

    @Test
    void shouldNeverGiveUpWithoutTheRule() {
        Driver driver = daemon(subject().poison(0));
        for (int i = 0; i < 100; i++) {
            poisonedDeath(driver);
        }
        assertEquals(ChildPhase.SPAWNING, driver.phase(0));
    }

    @Test
    void shouldFallBackStepByStepThenGiveUp() {
        Driver driver = daemon(subject().poison(2, Fallback.CHECKPOINT, Fallback.EMPTY));
        poisonedDeath(driver);
        poisonedDeath(driver);
        assertTrue(driver.recorded().contains(EventType.FALL_BACK));
        assertEquals(
                "2 deaths in a row by its own doing before a step committed: the next incarnation sets its contents"
                        + " aside and falls back to its newest other checkpoint",
                driver.records().get(1).text());
        assertEquals(List.of("release 0#3 checkpoint"), driver.spawned(0).did());
        die(driver.released(0).becameReady(0), new ExitStatus.Exited(1), StepProgress.NONE);
        assertEquals(List.of("release 0#4"), driver.spawned(0).did(), "told once");
        die(driver.released(0), new ExitStatus.Exited(1), StepProgress.NONE);
        assertEquals(List.of("release 0#5 empty"), driver.spawned(0).did());
        die(driver.released(0), new ExitStatus.Exited(1), StepProgress.NONE);
        poisonedDeath(driver);
        assertEquals(ChildPhase.FAILED, driver.phase(0));
    }

    @Test
    void shouldTellAgainIfTheFallBackWasCutOffFromOutside() {
        Driver driver = daemon(subject().poison(1, Fallback.EMPTY));
        poisonedDeath(driver);
        die(driver.toStarting(0), new ExitStatus.Signaled(9, false), StepProgress.NONE);
        assertEquals(Fallback.EMPTY, driver.child(0).poison().due());
        assertEquals(List.of("release 0#3 empty"), driver.spawned(0).did());
        driver.released(0).becameReady(0);
        assertNull(driver.child(0).poison().due());
    }

    /** The contents that it falls back to may let a step commit, and then kill it as those before did. */
    @Test
    void shouldNotFallBackToTheSameForEverThoughAStepCommitsEachTime() {
        Driver driver = daemon(subject().poison(2, Fallback.CHECKPOINT, Fallback.EMPTY));
        for (Fallback next : List.of(Fallback.CHECKPOINT, Fallback.EMPTY)) {
            poisonedDeath(driver);
            poisonedDeath(driver);
            assertEquals(next, driver.child(0).poison().due());
            die(driver.toReady(0), new ExitStatus.Exited(1), StepProgress.MADE);
            assertEquals(0, driver.child(0).poison().deaths());
        }
        poisonedDeath(driver);
        poisonedDeath(driver);
        assertEquals(ChildPhase.FAILED, driver.phase(0));
        assertEquals(
                "poisoned: 2 deaths in a row by its own doing before a step committed, after 2 fall-backs. Its data is"
                        + " kept: see `coppice state subject`; last: signal SEGV",
                driver.records().get(1).text());
    }

    @Test
    void shouldBeginAnewAlsoWithTheFallBacksAfterAnIncarnationThatLasted() {
        Driver driver = daemon(subject().poison(2, Fallback.EMPTY));
        poisonedDeath(driver);
        poisonedDeath(driver);
        driver.toReady(0).after(driver.child(0).spec().periodNs());
        die(driver, new ExitStatus.Exited(1), StepProgress.MADE);
        assertEquals(PoisonHistory.CLEAN, driver.child(0).poison());
        poisonedDeath(driver);
        poisonedDeath(driver);
        assertEquals(Fallback.EMPTY, driver.child(0).poison().due());
    }

    @Test
    void shouldNotCutOffAFallBackByMaxRestartsButCountItAsOne() {
        Driver driver =
                daemon(subject().poison(4, Fallback.CHECKPOINT, Fallback.EMPTY).maxRestarts(5));
        for (int i = 0; i < 8; i++) {
            poisonedDeath(driver);
            assertFalse(driver.phase(0) == ChildPhase.FAILED, "death " + (i + 1));
        }
        assertEquals(2, driver.child(0).failureCount());
    }

    @Test
    void shouldNotRestartAtAllForAFallBackIfItMustNeverRestart() {
        Driver driver = daemon(subject().poison(4, Fallback.EMPTY).maxRestarts(0));
        poisonedDeath(driver);
        assertEquals(ChildPhase.FAILED, driver.phase(0));
    }

    @Test
    void shouldForgetThePoisonWhenAnOperatorStartsIt() {
        Driver driver = daemon(subject().poison(1));
        poisonedDeath(driver);
        assertEquals(ChildPhase.FAILED, driver.phase(0));
        driver.start(0);
        assertEquals(PoisonHistory.CLEAN, driver.child(0).poison());
        assertEquals(ChildPhase.SPAWNING, driver.phase(0));
    }

    private static Specs subject() {
        return Specs.worker(0, "subject").backoff(Backoff.NONE).maxRestarts(ChildSpec.UNLIMITED);
    }

    private static Driver daemon(Specs spec) {
        return new Driver(spec.build()).begin();
    }

    private static void poisonedDeath(Driver driver) {
        die(driver.toStarting(0), new ExitStatus.Signaled(11, false), StepProgress.NONE);
    }
}
