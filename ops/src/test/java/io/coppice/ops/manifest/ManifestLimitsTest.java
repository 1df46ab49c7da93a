package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the keys {@code limits} and {@code transactions.limits} are read, and what they come to. */
class ManifestLimitsTest {
    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
    }

    private ChildPlan slot(String... lines) {
        return shop.compiled(Workshop.daemonWith(lines)).plan().children().stream()
                .filter(child -> child.slot() == 1)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldTakeEachLimitOfACommand() {
        ChildPlan it = shop.child(Workshop.commandWith("limits: {memory: 512MiB, cpu: 1.5, tasks: 200}"));
        assertEquals(new Limits(512L << 20, 1500, 200), it.limits());
        assertEquals(List.of("sleep", "60"), it.argv());
        assertEquals(Limits.NONE, shop.child(Workshop.commandWith()).limits());
        assertEquals(
                new Limits(0, 2000, 0),
                shop.child(Workshop.commandWith("limits: {cpu: 2}")).limits());
    }

    @Test
    void shouldGiveADaemonItsOwnAndItsSlotsTheirs() {
        String[] lines = {
            "limits: {memory: 1GiB}", "transactions: {slots: 1, limits: {memory: 512MiB, cpu: 0.25, tasks: 64}}"
        };
        ChildPlan slot = slot(lines);
        assertEquals(new Limits(512L << 20, 250, 64), slot.limits());
        assertEquals(
                new Limits(1L << 30, 0, 0),
                shop.compiled(Workshop.daemonWith(lines))
                        .plan()
                        .children()
                        .get(0)
                        .limits());
        assertEquals(
                Limits.NONE,
                slot("limits: {memory: 1GiB}", "transactions: {slots: 1}").limits());
    }

    @Test
    void shouldStartAnewWhatHasOtherLimits() {
        long plain = shop.child(Workshop.daemonWith()).launch();
        long limited = shop.child(Workshop.daemonWith("limits: {memory: 1GiB}")).launch();
        assertNotEquals(plain, limited);
        assertEquals(
                limited,
                shop.child(Workshop.daemonWith("limits: {memory: 1024MiB}")).launch());
        assertEquals(
                slot("transactions: {slots: 1}").launch(),
                slot("limits: {tasks: 99}", "transactions: {slots: 1}").launch());
        assertNotEquals(
                slot("transactions: {slots: 1}").launch(),
                slot("transactions: {slots: 1, limits: {tasks: 99}}").launch());
    }

    @Test
    void shouldRefuseLessMemoryThanTheManifestGivesTheJvm() {
        List<String> errors = shop.errors(Workshop.daemonWith("limits: {memory: 128MiB}", "jvm: {heap: 64MiB}"));
        assertEquals(1, errors.size(), errors.toString());
        assertTrue(
                errors.get(0).contains("128MiB is less than what its JVM may take by this manifest, "), errors.get(0));
        for (String part :
                List.of("64MiB heap", "64MiB metaspace", "32MiB code cache", "16MiB direct", "its segment")) {
            assertTrue(errors.get(0).contains(part), errors.get(0));
        }
        List<String> ofSlots = shop.errors(Workshop.daemonWith("transactions: {slots: 1, limits: {memory: 64MiB}}"));
        assertEquals(1, ofSlots.size(), ofSlots.toString());
        assertTrue(ofSlots.get(0).contains("transactions.limits.memory"), ofSlots.get(0));
        // What a command takes is not declared.
        assertEquals(
                new Limits(1 << 20, 0, 0),
                shop.child(Workshop.commandWith("limits: {memory: 1MiB}")).limits());
    }

    private String report(String yaml) {
        String report = CheckReport.of(Path.of("shop.yaml"), shop.compiled(yaml));
        int at = report.indexOf("process limits");
        return at < 0
                ? ""
                : report.substring(at).replace(shop.surroundings().systemRoot().toString(), "");
    }

    @Test
    void shouldWarnOfFewerTasksThanAJvmHasThreads() {
        List<String> warnings = shop.compiled(
                        Workshop.daemonWith("limits: {tasks: 19}", "transactions: {slots: 1, limits: {tasks: 14}}"))
                .warnings();
        assertEquals(2, warnings.size(), warnings::toString);
        assertTrue(
                warnings.get(0)
                        .contains(
                                ":5:21: daemons.it.limits.tasks: warning: 19 is few for a JVM: it has 14 threads before it"
                                        + " does anything"),
                warnings.get(0));
        assertTrue(
                warnings.get(1).contains("daemons.it.transactions.limits.tasks: warning: 14 is few"), warnings.get(1));
        assertEquals(
                List.of(),
                shop.compiled(Workshop.daemonWith("limits: {tasks: 20}")).warnings());
        assertEquals(
                List.of(),
                shop.compiled(Workshop.commandWith("limits: {tasks: 2}")).warnings());
    }

    @Test
    void shouldSayByWhatEachIsEnforcedHere() throws IOException {
        shop.system("/proc/self/cgroup", "2:pids:/\n1:memory:/box\n0::/\n");
        shop.system(
                "/proc/self/mountinfo",
                "31 23 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                        + "32 23 0:28 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
                        + "33 23 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
        shop.system("/sys/fs/cgroup/memory/box/cgroup.procs", "");
        for (String file : List.of("procs", "subtree_control", "controllers")) {
            shop.system("/sys/fs/cgroup/unified/cgroup." + file, "");
        }
        assertEquals(
                """
                process limits, each of a process and all that comes of it, standbys included:
                  process               memory  cpu  tasks
                  it                      1GiB  1.5      -
                  it, each transaction  512MiB    -     64
                  memory: enforced by control groups of version 1 below /sys/fs/cgroup/memory/box
                  cpu: NOT enforced of it (`nice` says who goes first): /sys/fs/cgroup/unified has no controller `cpu`: the kernel lacks it, or whoever delegated that group kept it
                  tasks: NOT enforced of it@transactions (`ulimits: {nproc: …}` limits all processes of a user, whoever started them): its hierarchy of version 1 is not mounted here
                  As it is for whoever starts the instance as this was asked; as a service it is what the unit is given.
                """.replace("its hierarchy of version 1 is not mounted here", "no group can be made"),
                report(Workshop.daemonWith(
                                "limits: {memory: 1GiB, cpu: 1.5}",
                                "transactions: {slots: 2, limits: {memory: 512MiB, tasks: 64}}"))
                        .replaceAll("no group can be made in [^\n]*", "no group can be made"));
        assertEquals("", report(Workshop.daemonWith()));
    }

    @Test
    void shouldSayThatNoGroupEnforcesThem() {
        String report = report(Workshop.commandWith("limits: {memory: 64MiB}"));
        assertTrue(
                report.contains("memory: of it only the private data of each single process (RLIMIT_DATA),"
                        + " not all together: there are no control groups here"),
                report);
        assertTrue(
                report(Workshop.daemonWith("limits: {memory: 1GiB}"))
                        .contains("memory: NOT enforced of it, JVMs of ours"),
                report);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits: {memory: 512}                 | limits.memory | did you mean `512MiB`?",
                "limits: {memory: 1KiB}                | limits.memory | expected 1MiB to 16384GiB",
                "limits: {cpu: 500m}                   | limits.cpu    | did you mean `0.5`?",
                "limits: {cpu: 150%}                   | limits.cpu    | did you mean `1.5`?",
                "limits: {cpu: 0}                      | limits.cpu    | expected processors, 0.01 to 1000",
                "limits: {cpu: 0.0015}                 | limits.cpu    | expected processors",
                "limits: {tasks: 0}                    | limits.tasks  | expected a number from 1 to 4194304",
                "limits: {cpus: 1.5}                   | limits        | did you mean `cpu`?",
                "limits: {pids: 20}                    | limits        | did you mean `tasks`?",
                "limit: {tasks: 20}                    | it            | did you mean `limits`?",
                "pids_limit: 20                        | it            | did you mean `limits: {tasks: 20}`?",
            })
    void shouldTellWhatIsWrong(String line, String where, String expected) {
        List<String> errors = shop.errors(Workshop.commandWith(line));
        assertEquals(1, errors.size(), errors.toString());
        assertTrue(errors.get(0).contains(where) && errors.get(0).contains(expected), errors.get(0));
    }
}
