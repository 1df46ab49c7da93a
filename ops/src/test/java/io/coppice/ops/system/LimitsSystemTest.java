package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.supervisor.limits.ControlGroups;
import io.coppice.supervisor.limits.Controller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
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
        String events = coppice.ask("events", "greedy").out();
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

    /** Once per process, of which the next says so again. */
    @Test
    void shouldTellThatTheLimitOfTasksWasMet() throws Exception {
        String whyNot = ControlGroups.ofThisProcess().whyNot(Controller.TASKS);
        assumeTrue(whyNot.isEmpty(), whyNot);
        coppice.manifest("""
                instance: shop
                daemons:
                  many:
                    command: 'for i in 1 2 3 4 5 6 7 8 9; do sleep 1000 & done; exit 3'
                    limits: {tasks: 5}
                    max_restarts: 1
                    backoff: none
                  few: {command: 'sleep 1000 & exit 0', limits: {tasks: 5}, restart: never}
                """);
        Coppice.Root root = coppice.startRoot();
        coppice.await("many", d -> d.state().equals("failed"));
        coppice.awaitState("few", "completed");
        List<String> met = coppice.ask("events")
                .out()
                .lines()
                .filter(line -> line.contains("tasks limit met"))
                .toList();
        assertEquals(2, met.size(), met::toString);
        for (String line : met) {
            assertTrue(line.contains("many"), line);
            assertTrue(line.contains("at 5 processes and threads the kernel made no more"), line);
        }
        assertEquals(0, root.stop(), root.stderr());
    }

    private static final String WEB = "instance: shop\ndaemons:\n  web: {command: 'while :; do sleep 1000; done'%s}\n"
            + "  other: {command: 'while :; do sleep 1000; done'}\n";

    private static @Nullable Object limit(Coppice.Daemon daemon, String name) {
        Map<?, ?> limits = (Map<?, ?>) daemon.fields().get("limits");
        return limits == null || limits.get(name) == null
                ? null
                : ((Map<?, ?>) Objects.requireNonNull(limits.get(name))).get("limit");
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldStartAnewWhatGetsOtherLimitsByAReload() throws Exception {
        coppice.manifest(WEB.formatted(""));
        Coppice.Root root = coppice.startRoot();
        coppice.await("web", d -> d.state().equals("ready"));
        long other = coppice.await("other", d -> d.state().equals("ready")).number("pid");
        assertNull(limit(coppice.daemon("web"), "tasks"));

        List<String> steps = List.of(
                ", limits: {tasks: 50}", ", limits: {tasks: 60, memory: 64MiB}", ", limits: {memory: 64MiB}", "");
        List<@Nullable Long> tasks = Arrays.asList(50L, 60L, null, null);
        for (int i = 0; i < steps.size(); i++) {
            coppice.manifest(WEB.formatted(steps.get(i)));
            Coppice.Result reload = coppice.run("reload");
            assertEquals(0, reload.exitCode(), reload.err());
            long incarnation = 2 + i;
            Coppice.Daemon web =
                    coppice.await("web", d -> d.state().equals("ready") && d.number("incarnation") == incarnation);
            assertEquals(tasks.get(i), limit(web, "tasks"));
            assertEquals(steps.get(i).contains("memory") ? 64L << 20 : null, limit(web, "memory"));
            // A command enters its group by itself, first of all that it does.
            boolean limited = !steps.get(i).isEmpty();
            Path groups = Path.of("/proc/" + web.number("pid") + "/cgroup");
            Coppice.await("its group, or none", () -> contains(groups, "/web." + incarnation) == limited);
        }
        assertEquals(other, coppice.daemon("other").number("pid"), "it was not touched");
        assertEquals(0, root.stop(), root.stderr());
    }
}
