package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: what a root does with control groups of version 2 holds on a real kernel: limits, the kill of a whole group, what another root goes on with. Method: a
 * real root in a group of its own with the controllers of tasks and processors; that of memory is often of version 1 where these can be had.
 */
class UnifiedLimitsSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    private static Object enforcedBy(Coppice.Daemon daemon, String limit) {
        Map<?, ?> limits = (Map<?, ?>) Objects.requireNonNull(daemon.fields().get("limits"));
        return Objects.requireNonNull(((Map<?, ?>) Objects.requireNonNull(limits.get(limit))).get("enforced_by"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Long> processesIn(Path group) {
        return read(group.resolve("cgroup.procs")).lines().map(Long::valueOf).toList();
    }

    @Test
    void shouldLimitAndKillWholeGroupsAndHandThemOn() throws Exception {
        try (UnifiedGroup group = UnifiedGroup.with(List.of("pids", "cpu"))) {
            coppice.manifest("""
                    instance: shop
                    daemons:
                      breeds:
                        command: 'n=0; while [ $$n -lt 60 ]; do setsid sleep 1000 & n=$$((n + 1)); done; sleep 1000'
                        limits: {tasks: 20}
                        max_restarts: 0
                      spins:
                        command: 'while :; do :; done'
                        limits: {cpu: 0.2}
                      leaves:
                        command: 'setsid sleep 1000 & sleep 1000; true'
                        limits: {tasks: 50}
                        backoff: none
                      ticker:
                        main: io.coppice.ops.system.daemons.Ticker
                        classpath: [$JAR]
                        jvm: {heap: 16MiB}
                        limits: {tasks: 200, cpu: 1}
                    """);
            Coppice.Root root = coppice.startRootIn(group.entry());
            coppice.awaitRoot(root);
            Coppice.Daemon ticker = coppice.awaitState("ticker", "ready");
            for (String limit : List.of("tasks", "cpu")) {
                assertEquals("cgroup2", enforcedBy(ticker, limit), limit);
            }
            assertEquals("200\n", read(group.of("ticker", 1).resolve("pids.max")));
            assertEquals("100000 100000\n", read(group.of("ticker", 1).resolve("cpu.max")));

            // It is refused its 21st process, and gives up; what left its process group goes with it.
            Coppice.Daemon breeds = coppice.awaitState("breeds", "failed");
            assertEquals("exit", breeds.lastExit().get("kind"));
            assertTrue(coppice.log("breeds").contains("fork"), coppice.log("breeds"));

            Path spins = group.of("spins", 1).resolve("cpu.stat");
            Coppice.await("the kernel to throttle it", () -> !read(spins).contains("nr_throttled 0\n"));

            Path left = group.of("leaves", 1);
            Coppice.await("a shell and two sleeps", () -> processesIn(left).size() == 3);
            List<Long> before = processesIn(left);
            long leader = coppice.await("leaves", d -> !d.isNull("pid")).number("pid");
            Coppice.kill(leader);
            Coppice.Daemon leaves = coppice.await("leaves", d -> d.number("incarnation") == 2 && !d.isNull("pid"));
            assertNotEquals(leader, leaves.number("pid"));
            // It is launched once nothing of its predecessor is left.
            for (long pid : before) {
                assertTrue(!Coppice.isAlive(pid), pid + " is alive");
            }

            // The root's death changes nothing, and its successor goes on with the groups.
            long pid = coppice.awaitState("ticker", "ready").number("pid");
            Coppice.kill(root.process.pid());
            root.awaitExit();
            Coppice.Root next = coppice.startRootIn(group.entryBesideItsGroups());
            coppice.awaitRoot(next);
            assertEquals(pid, coppice.awaitState("ticker", "ready").number("pid"));
            assertTrue(processesIn(group.of("ticker", 1)).contains(pid), "it is where it was");
            Coppice.kill(pid);
            coppice.await("ticker", d -> d.state().equals("ready") && d.number("incarnation") == 2);
            assertTrue(processesIn(group.of("ticker", 2))
                    .contains(coppice.daemon("ticker").number("pid")));
            assertEquals(0, next.stop(), next.stderr());
            assertEquals(List.of(), group.names());
        }
    }
}
