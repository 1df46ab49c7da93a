package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.supervisor.limits.ControlGroups;
import io.coppice.supervisor.limits.Controller;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a daemon and a transaction that take more than their limits are killed for it, are said to be, and harm nobody else. Method: a real
 * root that makes control groups, and JVMs that take memory which no heap counts.
 */
class LimitsSystemTest {
    private static final String KILLED = "killed by the kernel: its memory limit of 256 MiB was reached";

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private final Submitter work = new Submitter(coppice);

    @BeforeEach
    void skipWhereThereAreNoGroups() {
        String whyNot = ControlGroups.ofThisProcess().whyNot(Controller.MEMORY);
        if (!whyNot.isEmpty()) {
            System.out.println("SKIPPED: " + getClass().getSimpleName() + ": " + whyNot);
        }
        assumeTrue(whyNot.isEmpty(), whyNot);
    }

    @Test
    void shouldKillADaemonAndATransactionThatTakeTooMuch() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  work:
                    main: io.coppice.ops.system.daemons.Submits
                    classpath: [$JAR]
                    jvm: {heap: 16MiB}
                    heartbeat: {timeout: 60s}
                    backoff: none
                    transactions: {slots: 1, retries: 1, timeout: 120s, limits: {memory: 256MiB}}
                  greedy:
                    main: io.coppice.ops.system.daemons.TakesAll
                    classpath: [$JAR]
                    jvm: {heap: 16MiB}
                    heartbeat: {timeout: 60s}
                    limits: {memory: 256MiB, tasks: 100}
                """);
        String check = coppice.run("check", "coppice.yaml").out();
        assertTrue(check.contains("memory: enforced by control groups of version "), check);
        Coppice.Root root = coppice.startRoot();
        coppice.awaitRoot(root);
        long pid = work.awaitReady().number("pid");

        Coppice.Daemon greedy = coppice.await("greedy", d -> d.state().equals("ready") && d.number("incarnation") == 2);
        assertEquals("signal", greedy.lastExit().get("kind"));
        assertEquals("KILL", greedy.lastExit().get("signal"));
        assertEquals(KILLED, greedy.lastExit().get("text"));
        Map<?, ?> limits = (Map<?, ?>) greedy.fields().get("limits");
        Map<?, ?> memory = (Map<?, ?>) limits.get("memory");
        assertEquals(256L << 20, memory.get("limit"));
        assertTrue(String.valueOf(memory.get("enforced_by")).startsWith("cgroup"), memory.toString());
        String events = coppice.run("events", "greedy").out();
        assertTrue(events.contains(KILLED), events);

        work.order("1 submit once native");
        String once = work.outcome(1);
        assertTrue(once.matches("ready: from 41 in attempt 2 of process .* after signal KILL"), once);
        work.order("2 submit always native");
        String always = work.outcome(2);
        assertTrue(always.matches("failed: .* failed after 2 attempts: " + KILLED), always);
        work.order("3 submit plain");
        assertTrue(work.outcome(3).startsWith("ready: from 0 in attempt 1 "), work.outcome(3));
        assertEquals(pid, coppice.daemon(Submitter.NAME).number("pid"));

        assertEquals(0, root.stop(), root.stderr());
        for (String line : Files.readAllLines(coppice.home().resolve("shop").resolve("limits"))) {
            assertFalse(line.startsWith("base ") && Files.exists(Path.of(line.substring(5))), line + " is still there");
        }
    }
}
