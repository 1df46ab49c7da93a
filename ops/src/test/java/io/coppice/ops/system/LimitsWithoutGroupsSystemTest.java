package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: where no control group can be made, what rlimits can enforce is enforced, and of the rest everybody is told that it is not. Method: a root in a mount
 * namespace that shows no control groups.
 */
class LimitsWithoutGroupsSystemTest {
    private static final List<String> WITHOUT_GROUPS = List.of(
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs -o mode=755 none /sys/fs/cgroup && exec \"$@\"",
            "sh");

    @RegisterExtension
    final Coppice coppice = new Coppice();

    @BeforeEach
    void skipWhereTheyCannotBeHidden() throws Exception {
        List<String> command = new ArrayList<>(WITHOUT_GROUPS);
        command.add("true");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        boolean may = process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        String why = "hiding control groups needs the right to make a user and a mount namespace";
        if (!may) {
            System.out.println("SKIPPED: " + getClass().getSimpleName() + ": " + why);
        }
        assumeTrue(may, why);
    }

    private static String enforcedBy(Coppice.Daemon daemon, String limit) {
        Map<?, ?> limits = (Map<?, ?>) Objects.requireNonNull(daemon.fields().get("limits"));
        return String.valueOf(((Map<?, ?>) Objects.requireNonNull(limits.get(limit))).get("enforced_by"));
    }

    @Test
    void shouldEnforceWhatRlimitsCanAndTellOfTheRest() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  greedy:
                    command: [perl, -e, 'while (1) { push @a, "x" x 1048576 }']
                    limits: {memory: 64MiB, cpu: 0.5, tasks: 50}
                    max_restarts: 0
                  ticker:
                    main: io.coppice.ops.system.daemons.Ticker
                    classpath: [$JAR]
                    jvm: {heap: 16MiB}
                    limits: {memory: 512MiB}
                  large:
                    command: [perl, -e, '$$a = "x" x 268435456; print "it has it\\n"; sleep 1000']
                    ulimits: {as: 128MiB}
                    max_restarts: 0
                  files:
                    command: 'exec 10</dev/null; exec 11</dev/null || exit 3'
                    ulimits: {nofile: 11}
                    max_restarts: 0
                """);
        String check = coppice.runIn(WITHOUT_GROUPS, "check", "coppice.yaml").out();
        assertTrue(
                check.contains(
                        "  memory: NOT enforced of ticker, JVMs of ours, which would take a lower RLIMIT_AS or RLIMIT_DATA for a fault;"
                                + " of greedy only the private data of each single process (RLIMIT_DATA), not all together: "),
                check);
        assertTrue(check.contains("  cpu: NOT enforced of greedy (`nice` says who goes first): "), check);
        assertTrue(
                check.contains("  tasks: NOT enforced of greedy (`ulimits: {nproc: …}` limits all processes of a user"),
                check);

        Coppice.Root root = coppice.startRootIn(WITHOUT_GROUPS);
        Coppice.Daemon greedy = coppice.await("greedy", d -> d.state().equals("failed"));
        assertEquals("exit", greedy.lastExit().get("kind"), "it was refused memory, and ended itself");
        assertEquals("rlimit", enforcedBy(greedy, "memory"));
        assertEquals("none", enforcedBy(greedy, "cpu"));
        assertEquals("none", enforcedBy(greedy, "tasks"));
        coppice.await("large", d -> d.state().equals("failed"));
        assertEquals(
                "",
                coppice.ask("logs", "large")
                        .out()
                        .lines()
                        .filter("it has it"::equals)
                        .findAny()
                        .orElse(""));
        coppice.await("files", d -> d.state().equals("failed"));
        Coppice.Daemon ticker = coppice.await("ticker", d -> d.state().equals("ready"));
        assertEquals("none", enforcedBy(ticker, "memory"));
        String status = coppice.run("status").out();
        assertTrue(
                status.contains("\ngreedy: cpu, tasks NOT enforced (`limits`), memory of each process by itself\n"),
                status);
        assertTrue(status.contains("\nticker: memory NOT enforced (`limits`)\n"), status);
        String events = coppice.ask("events").out();
        for (String told : List.of(
                "the limit `memory` of ticker is not enforced: ",
                "the limit `memory` of greedy holds for the private data of each single process (RLIMIT_DATA), not for all together: ",
                "the limit `cpu` of greedy is not enforced: ",
                "the limit `tasks` of greedy is not enforced: ")) {
            assertTrue(events.contains(told), () -> told + " is not in " + events);
        }
        assertEquals(0, root.stop(), root.stderr());
    }
}
