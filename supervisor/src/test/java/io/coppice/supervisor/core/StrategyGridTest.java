package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The grid: restart type × way of dying × strategy. The subject is the second of three members of a group, between two children outside of
 * it. A cell says which others are ended because of its death, one letter each for one-for-one, rest-for-one and one-for-all: {@code -} none,
 * {@code r} the one that comes after it, {@code a} both, of the outsiders never one.
 */
class StrategyGridTest {
    private static final int SUBJECT = RestartPolicyGridTest.SUBJECT;

    private static final String GRID = """
            way of dying              | always | on-failure | never
            worker exit 0             | -ra    | ---        | ---
            worker exit 1             | -ra    | -ra        | ---
            worker exit 70, words     | -ra    | -ra        | ---
            worker exit 78, words     | ---    | ---        | ---
            worker exit 143           | -ra    | -ra        | ---
            worker signal 11          | -ra    | -ra        | ---
            worker unknown            | -ra    | -ra        | ---
            worker hang               | -ra    | -ra        | ---
            worker start timeout      | -ra    | -ra        | ---
            worker spawn failure      | -ra    | -ra        | ---
            worker held, exit 0       | -ra    | -ra        | ---
            worker held, exit 125     | ---    | ---        | ---
            worker held, signal 9     | -ra    | -ra        | ---
            worker operator kill      | -ra    | -ra        | ---
            worker operator TERM      | -ra    | -ra        | ---
            worker stopped            | ---    | ---        | ---
            worker restarted          | ---    | ---        | ---
            command exit 0            | -ra    | ---        | ---
            command exit 1            | -ra    | -ra        | ---
            command exit 78           | -ra    | -ra        | ---
            command signal 15         | -ra    | -ra        | ---
            command spawn failure     | -ra    | -ra        | ---
            command probe failed      | -ra    | -ra        | ---
            worker probe failed       | -ra    | -ra        | ---
            command operator kill     | -ra    | -ra        | ---
            command stopped           | ---    | ---        | ---
            """;

    @Test
    void shouldFollowTheGridOfRestartTypeAndWayOfDyingAndStrategy() {
        List<String> wrong = new ArrayList<>();
        RestartPolicy[] policies = {RestartPolicy.ALWAYS, RestartPolicy.ON_FAILURE, RestartPolicy.NEVER};
        for (String line : GRID.lines().skip(1).toList()) {
            String[] cells = line.split("\\|");
            for (int i = 0; i < policies.length; i++) {
                String actual = "";
                for (Strategy strategy : List.of(Strategy.ONE_FOR_ONE, Strategy.REST_FOR_ONE, Strategy.ONE_FOR_ALL)) {
                    actual += endedWithIt(cells[0].trim(), policies[i], strategy);
                }
                if (!actual.equals(cells[i + 1].trim())) {
                    wrong.add(cells[0].trim() + " under " + policies[i] + ": expected " + cells[i + 1].trim() + ", got "
                            + actual);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    private static String endedWithIt(String way, RestartPolicy policy, Strategy strategy) {
        GroupSpec group = new GroupSpec(
                1,
                "group",
                GroupSpec.OUTERMOST,
                strategy,
                ChildSpec.UNLIMITED,
                60 * Specs.SECOND,
                Backoff.NONE,
                AutoShutdown.NEVER,
                false,
                true,
                false);
        Specs subject =
                way.startsWith("worker ") ? Specs.worker(SUBJECT, "subject") : Specs.command(SUBJECT, "subject");
        Driver driver = new Driver(
                        List.of(GroupSpec.INSTANCE, group),
                        Specs.command(0, "first").in(1).build(),
                        subject.restart(policy).in(1).build(),
                        Specs.command(2, "third").in(1).build(),
                        Specs.command(3, "outsider").build())
                .begin();
        driver.toReady(0).toReady(2).toReady(3);
        RestartPolicyGridTest.WAYS.get(way.replaceFirst("worker |command ", "")).accept(driver);
        assertEquals(ChildPhase.READY, driver.phase(3), "the outsider: " + way);
        boolean first = driver.phase(0) == ChildPhase.STOPPING;
        boolean third = driver.phase(2) == ChildPhase.STOPPING;
        return first ? (third ? "a" : "f") : third ? "r" : "-";
    }
}
