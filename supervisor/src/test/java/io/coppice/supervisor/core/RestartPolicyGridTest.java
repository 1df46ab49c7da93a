package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The grid: restart type × way of dying, for workers and plain commands. {@code again} is SPAWNING, the next incarnation. */
class RestartPolicyGridTest {
    static final int SUBJECT = 1;

    private static final String GRID = """
            way of dying              | always | on-failure | never
            worker exit 0             | again  | completed  | completed
            worker exit 1             | again  | again      | failed
            worker exit 70, words     | again  | again      | failed
            worker exit 78, words     | failed | failed     | failed
            worker exit 125           | again  | again      | failed
            worker exit 143           | again  | again      | failed
            worker signal 11          | again  | again      | failed
            worker unknown            | again  | again      | failed
            worker hang               | again  | again      | failed
            worker start timeout      | again  | again      | failed
            worker spawn failure      | again  | again      | failed
            worker held, exit 0       | again  | again      | failed
            worker held, exit 125     | again  | again      | again
            worker held, signal 9     | again  | again      | failed
            worker operator kill      | again  | again      | failed
            worker operator TERM      | again  | again      | completed
            worker stopped            | stopped | stopped   | stopped
            worker restarted          | again  | again      | again
            command exit 0            | again  | completed  | completed
            command exit 1            | again  | again      | failed
            command exit 78           | again  | again      | failed
            command signal 15         | again  | again      | failed
            command spawn failure     | again  | again      | failed
            command probe failed      | again  | again      | failed
            worker probe failed       | again  | again      | failed
            command operator kill     | again  | again      | failed
            command stopped           | stopped | stopped   | stopped
            """;

    /** Ways of dying, of child {@value #SUBJECT}. */
    static final Map<String, Consumer<Driver>> WAYS = new LinkedHashMap<>();

    static {
        WAYS.put("exit 0", driver -> driver.toReady(SUBJECT).exited(SUBJECT, 0));
        WAYS.put("exit 1", driver -> driver.toReady(SUBJECT).exited(SUBJECT, 1));
        WAYS.put(
                "exit 70, words",
                driver -> driver.toReady(SUBJECT)
                        .died(SUBJECT, new ExitStatus.Exited(70), "java.lang.IllegalStateException: no"));
        WAYS.put(
                "exit 78, words",
                driver -> driver.toReady(SUBJECT)
                        .died(SUBJECT, new ExitStatus.Exited(78), "java.lang.IllegalStateException: no"));
        WAYS.put("exit 78", driver -> driver.toReady(SUBJECT).exited(SUBJECT, 78));
        WAYS.put("exit 125", driver -> driver.toReady(SUBJECT).exited(SUBJECT, 125));
        WAYS.put("exit 143", driver -> driver.toReady(SUBJECT).exited(SUBJECT, 143));
        WAYS.put("signal 11", driver -> driver.toReady(SUBJECT).signaled(SUBJECT, 11));
        WAYS.put("signal 15", driver -> driver.toReady(SUBJECT).signaled(SUBJECT, 15));
        WAYS.put("unknown", driver -> driver.toReady(SUBJECT).died(SUBJECT, new ExitStatus.Unknown(), null));
        WAYS.put(
                "hang",
                driver -> driver.toReady(SUBJECT)
                        .heartbeatLost(SUBJECT)
                        .toDeadline()
                        .signaled(SUBJECT, 9));
        WAYS.put(
                "start timeout",
                driver -> driver.toStarting(SUBJECT).toDeadline().toDeadline().signaled(SUBJECT, 9));
        WAYS.put(
                "probe failed",
                driver -> driver.toReady(SUBJECT)
                        .step(new Event.ProbeFailed(SUBJECT, 1, "tcp 80: refused", driver.nowNs))
                        .exited(SUBJECT, 0));
        WAYS.put("spawn failure", driver -> driver.spawnFailed(SUBJECT));
        WAYS.put("held, exit 0", driver -> driver.toHeld(SUBJECT).exited(SUBJECT, 0));
        WAYS.put("held, exit 125", driver -> driver.toHeld(SUBJECT).exited(SUBJECT, 125));
        WAYS.put("held, signal 9", driver -> driver.toHeld(SUBJECT).signaled(SUBJECT, 9));
        WAYS.put(
                "operator kill",
                driver -> driver.toReady(SUBJECT).kill(SUBJECT, "KILL", 9).signaled(SUBJECT, 9));
        WAYS.put(
                "operator TERM",
                driver -> driver.toReady(SUBJECT).kill(SUBJECT, "TERM", 15).exited(SUBJECT, 0));
        WAYS.put("stopped", driver -> driver.toReady(SUBJECT).stop(SUBJECT).signaled(SUBJECT, 15));
        WAYS.put("restarted", driver -> driver.toReady(SUBJECT).restart(SUBJECT).signaled(SUBJECT, 15));
    }

    @Test
    void shouldFollowTheGridOfRestartTypeAndWayOfDying() {
        List<String> wrong = new ArrayList<>();
        for (String line : GRID.lines().skip(1).toList()) {
            String[] cells = line.split("\\|");
            RestartPolicy[] policies = {RestartPolicy.ALWAYS, RestartPolicy.ON_FAILURE, RestartPolicy.NEVER};
            for (int i = 0; i < policies.length; i++) {
                String actual = afterDeath(cells[0].trim(), policies[i]);
                if (!actual.equals(cells[i + 1].trim())) {
                    wrong.add(cells[0].trim() + " under " + policies[i] + ": expected " + cells[i + 1].trim() + ", got "
                            + actual);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    private static String afterDeath(String way, RestartPolicy policy) {
        boolean worker = way.startsWith("worker ");
        Specs spec = worker ? Specs.worker(SUBJECT, "subject") : Specs.command(SUBJECT, "subject");
        Driver driver = new Driver(
                        Specs.command(0, "bystander").build(),
                        spec.restart(policy).build())
                .begin();
        WAYS.get(way.replaceFirst("worker |command ", "")).accept(driver);
        ChildState after = driver.child(SUBJECT);
        assertEquals(ChildPhase.SPAWNING, driver.phase(0), "the bystander is left alone: " + way);
        if (after.phase() == ChildPhase.SPAWNING) {
            assertEquals(2, after.incarnation(), way);
            return "again";
        }
        assertEquals(1, after.incarnation(), way);
        return after.state().word();
    }
}
