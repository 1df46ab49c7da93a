package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The grid: way of ending × list that names it × restart type. A cell says what follows, one letter for each restart type, always, on-failure
 * and never: {@code r} restarted, {@code c} completed, {@code f} failed.
 */
class ExitListGridTest {
    private static final int CODE = 3;
    private static final int TERM = 15;
    private static final ExitSet NAMED = new ExitSet(List.of(0, CODE, 78), List.of(TERM));

    private static final String GRID = """
            way of ending     | none | success | prevent | force | success, prevent | success, force | prevent, force
            command exit 0    | rcc  | rcc     | ccc     | rrr   | ccc              | rrr            | ccc
            command exit 3    | rrf  | rcc     | fff     | rrr   | ccc              | rrr            | fff
            command exit 4    | rrf  | rrf     | rrf     | rrf   | rrf              | rrf            | rrf
            command signal 15 | rrf  | rcc     | fff     | rrr   | ccc              | rrr            | fff
            command signal 9  | rrf  | rrf     | rrf     | rrf   | rrf              | rrf            | rrf
            worker exit 78    | fff  | fff     | fff     | fff   | fff              | fff            | fff
            held exit 3       | rrf  | rrf     | rrf     | rrf   | rrf              | rrf            | rrf
            probe exit 0      | rrf  | rrf     | fff     | rrr   | fff              | rrr            | fff
            """;

    @Test
    void shouldFollowTheGridOfWayOfEndingAndListAndRestartType() {
        List<String> wrong = new ArrayList<>();
        List<String> lines = GRID.lines().toList();
        String[] lists = lines.get(0).split("\\|");
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split("\\|");
            for (int i = 1; i < cells.length; i++) {
                String actual = "";
                for (RestartPolicy policy :
                        List.of(RestartPolicy.ALWAYS, RestartPolicy.ON_FAILURE, RestartPolicy.NEVER)) {
                    actual += outcome(cells[0].trim(), rules(lists[i]), policy);
                }
                if (!actual.equals(cells[i].trim())) {
                    wrong.add(cells[0].trim() + ", " + lists[i].trim() + ": expected " + cells[i].trim() + ", got "
                            + actual);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** Found by the simulator: such a kill counted as a failure where only the list, and not the restart type, asks for the restart. */
    @Test
    void shouldNotCountAnOperatorsKill() {
        Driver driver = new Driver(Specs.command(0, "subject")
                        .exits(new ExitRules(ExitSet.EMPTY, ExitSet.EMPTY, new ExitSet(List.of(), List.of(9))))
                        .restart(RestartPolicy.NEVER)
                        .maxRestarts(1)
                        .build())
                .begin()
                .toReady(0);
        for (int i = 0; i < 3; i++) {
            driver.kill(0, "KILL", 9).signaled(0, 9);
            assertEquals(ChildPhase.SPAWNING, driver.phase(0));
            assertEquals(0, driver.child(0).failureCount());
            driver.toReady(0);
        }
    }

    private static ExitRules rules(String lists) {
        return new ExitRules(
                lists.contains("success") ? NAMED : ExitSet.EMPTY,
                lists.contains("prevent") ? NAMED : ExitSet.EMPTY,
                lists.contains("force") ? NAMED : ExitSet.EMPTY);
    }

    private static String outcome(String way, ExitRules rules, RestartPolicy policy) {
        String[] words = way.split(" ");
        Specs specs = words[0].equals("worker") ? Specs.worker(0, "subject") : Specs.command(0, "subject");
        Driver driver = new Driver(specs.exits(rules).restart(policy).probed().build()).begin();
        int number = Integer.parseInt(words[2]);
        if (words[0].equals("held")) {
            driver.toHeld(0);
        } else {
            driver.toReady(0);
        }
        if (words[0].equals("probe")) {
            driver.step(new Event.ProbeFailed(0, 1, "tcp 5432: refused", driver.nowNs));
        }
        if (words[1].equals("signal")) {
            driver.signaled(0, number);
        } else {
            driver.exited(0, number);
        }
        return switch (driver.phase(0)) {
            case SPAWNING -> "r";
            case COMPLETED -> "c";
            case FAILED -> "f";
            default -> driver.phase(0).toString();
        };
    }
}
