package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.ExitKind;
import io.coppice.state.root.RootSnapshot;
import io.coppice.supervisor.limits.ControlGroups;
import io.coppice.supervisor.limits.Controller;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Limits;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real control groups around real processes, where this process may make some. */
class RootLimitsTest {
    private static final String FOREVER = "while :; do sleep 0.2; done";

    /** Takes memory, a mebibyte at a time, for as long as it may. */
    private static final String GREEDY = "exec perl -e 'while (1) { push @a, \"x\" x 1048576 }'";

    @TempDir
    Path base;

    private final ControlGroups groups = ControlGroups.ofThisProcess();

    @BeforeEach
    void skipWhereThereAreNone() {
        for (Controller controller : Controller.values()) {
            String whyNot = groups.whyNot(controller);
            if (!whyNot.isEmpty()) {
                System.out.println("SKIPPED: " + getClass().getSimpleName() + ": " + whyNot);
            }
            assumeTrue(whyNot.isEmpty(), whyNot);
        }
    }

    /** Whatever became of a test. */
    @AfterEach
    void removeGroups() throws Exception {
        for (Path directory : directories()) {
            for (Path group : below(directory)) {
                Path processes = group.resolve("cgroup.procs");
                while (!Files.readString(processes).isEmpty()) {
                    Files.readAllLines(processes)
                            .forEach(pid ->
                                    ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly));
                }
                Files.delete(group);
            }
            Files.delete(directory);
        }
    }

    /** Those of this test's instances. */
    private List<Path> directories() throws IOException {
        List<Path> directories = new ArrayList<>();
        Path record = base.resolve("test").resolve("limits");
        if (Files.exists(record)) {
            for (String line : Files.readAllLines(record)) {
                Path directory = Path.of(line.startsWith("base ") ? line.substring("base ".length()) : "/nothing");
                if (Files.isDirectory(directory)) {
                    directories.add(directory);
                }
            }
        }
        return directories;
    }

    private static List<Path> below(Path directory) {
        try (var entries = Files.list(directory)) {
            return entries.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> groupNames() throws IOException {
        return directories().stream()
                .flatMap(directory -> below(directory).stream())
                .map(group -> group.getFileName().toString())
                .distinct()
                .sorted()
                .toList();
    }

    private ChildPlan limited(String name, Limits limits, String script) {
        return RootProcess.command(name, base, script).toBuilder()
                .limits(limits)
                .plan();
    }

    private static boolean isReady(RootSnapshot.ChildInfo child) {
        return child.state() == ChildStateCode.READY;
    }

    private long pidIn(RootProcess root, String file) throws Exception {
        Path path = base.resolve(file);
        root.awaitCondition(file, () -> RootProcess.hasLine(path));
        return Long.parseLong(Files.readString(path).strip());
    }

    @Test
    void shouldTellThatTheKernelKilledWhatTookTooMuchMemory() throws Exception {
        try (RootProcess root = RootProcess.start(
                base,
                limited("greedy", new Limits(64 << 20, 0, 0), GREEDY),
                RootProcess.command("other", base, FOREVER))) {
            RootSnapshot.ChildInfo other = root.await("other", RootLimitsTest::isReady);
            RootSnapshot.ChildInfo greedy =
                    root.await("greedy", child -> child.lastExit().isPresent() && child.incarnation() > 2);
            assertEquals(ExitKind.SIGNAL, greedy.lastExit().orElseThrow().kind());
            assertEquals(9, greedy.lastExit().orElseThrow().signal());
            assertEquals(
                    "killed by the kernel: its memory limit of 64 MiB was reached",
                    greedy.lastExit().orElseThrow().text());
            root.awaitEvent(EventType.EXITED, "its memory limit of 64 MiB was reached");
            assertEquals(
                    other.pid(), root.await("other", RootLimitsTest::isReady).pid());
            assertEquals(0, root.stop(), root.stderr());
            assertEquals(List.of(), directories());
        }
    }

    @Test
    void shouldSayOfAShellThatSomethingOfItWasKilled() throws Exception {
        try (RootProcess root = RootProcess.start(
                base, limited("shell", new Limits(64 << 20, 0, 0), "(" + GREEDY + "); echo $? >code; exit 7"))) {
            RootSnapshot.ChildInfo shell =
                    root.await("shell", child -> child.lastExit().isPresent());
            String text = shell.lastExit().orElseThrow().text();
            // Where the kernel kills the group as a whole, the shell goes with it.
            assertTrue(
                    List.of(
                                    "exit code 7; something of it was killed by the kernel: its memory limit of 64 MiB was reached",
                                    "killed by the kernel: its memory limit of 64 MiB was reached")
                            .contains(text),
                    text);
        }
    }

    @Test
    void shouldKeepAForkBombWithinItsTasks() throws Exception {
        String bomb = "bomb() { bomb & bomb & wait; }; while :; do bomb 2>/dev/null; done";
        try (RootProcess root = RootProcess.start(
                base,
                limited("bomb", new Limits(0, 0, 40), bomb),
                RootProcess.command("other", base, "while :; do echo >>beat; sleep 0.05; done"))) {
            RootSnapshot.ChildInfo bombed = root.await("bomb", RootLimitsTest::isReady);
            Path events = directories().stream()
                    .map(directory -> directory.resolve("bomb.1").resolve("pids.events"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
            root.awaitCondition("the limit", () -> !lines(events).contains("max 0"));
            Path processes = events.resolveSibling("cgroup.procs");
            assertTrue(lines(processes).size() <= 40, lines(processes).toString());
            long beats = beats();
            root.awaitCondition("the other's next beat", () -> beats() > beats);
            // All of it goes with it, however fast it makes others.
            root.request("kill bomb KILL");
            root.await("bomb", child -> isReady(child) && child.incarnation() == 2);
            assertFalse(RootProcess.isAlive(bombed.pid()));
            root.awaitCondition("the first group's end", () -> !Files.exists(processes));
            assertEquals(0, root.stop(), root.stderr());
            assertEquals(List.of(), directories());
        }
    }

    private long beats() {
        return base.resolve("beat").toFile().length();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of("gone");
        }
    }

    @Test
    void shouldKillWhatHasLeftTheProcessGroupBeforeASuccessorStarts() throws Exception {
        String script = "[ -e escaped ] && exec sleep 1000; setsid sleep 1000 & echo $! >escaped; exec sleep 1000";
        ChildPlan web = limited("web", new Limits(0, 0, 100), script);
        try (RootProcess root = RootProcess.start(base, web)) {
            long pid = root.await("web", RootLimitsTest::isReady).pid();
            long escaped = pidIn(root, "escaped");
            assertEquals(List.of("web.1"), groupNames());
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            root.await("web", child -> isReady(child) && child.incarnation() == 2);
            assertFalse(RootProcess.isAlive(escaped));
            root.awaitCondition("the first group's end", () -> names().equals(List.of("web.2")));
        }
    }

    private List<String> names() {
        try {
            return groupNames();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldFindTheGroupsOfARootThatDied() throws Exception {
        String escapes = "setsid sleep 1000 & echo $! >$0.escaped; exec sleep 1000";
        ChildPlan web = limited("web", new Limits(256 << 20, 0, 100), escapes.replace("$0", "web"));
        ChildPlan gone = limited("gone", new Limits(256 << 20, 0, 100), escapes.replace("$0", "gone"));
        try (RootProcess first = RootProcess.start(base, web, gone)) {
            long webPid = first.await("web", RootLimitsTest::isReady).pid();
            long gonePid = first.await("gone", RootLimitsTest::isReady).pid();
            long ofWeb = pidIn(first, "web.escaped");
            long ofGone = pidIn(first, "gone.escaped");
            first.process.destroyForcibly();
            first.awaitExit();
            ProcessHandle.of(gonePid).orElseThrow().destroyForcibly();
            assertTrue(RootProcess.isAlive(ofGone));

            try (RootProcess second = RootProcess.start(base, web, gone)) {
                second.await("gone", child -> isReady(child) && child.incarnation() == 2);
                assertFalse(RootProcess.isAlive(ofGone), "what it left was there when its successor started");
                assertEquals(
                        webPid, second.await("web", RootLimitsTest::isReady).pid());
                assertTrue(RootProcess.isAlive(ofWeb));
                second.awaitCondition("nothing but the two", () -> names().equals(List.of("gone.2", "web.1")));

                ProcessHandle.of(webPid).orElseThrow().destroyForcibly();
                second.await("web", child -> isReady(child) && child.incarnation() == 2);
                assertFalse(RootProcess.isAlive(ofWeb));
                assertEquals(0, second.stop(), second.stderr());
                assertEquals(List.of(), directories());
            }
        }
    }

    private static boolean isServed(RootSnapshot.ChildInfo child) {
        return isReady(child) && child.parkedStandbys() == 1;
    }

    /** The group of the instance's in which a process is. */
    private String groupOf(long pid) throws IOException {
        String own = String.valueOf(pid);
        return directories().stream()
                .flatMap(directory -> below(directory).stream())
                .filter(group -> lines(group.resolve("cgroup.procs")).contains(own))
                .map(group -> String.valueOf(group.getFileName()))
                .findFirst()
                .orElse("none");
    }

    @Test
    void shouldLeaveAStandbyInItsOwnGroupWhenItTakesOver() throws Exception {
        ChildPlan worker = StandbyWorkerMain.plan(base, 1).toBuilder()
                .limits(new Limits(512 << 20, 0, 200))
                .plan();
        try (RootProcess first = RootProcess.start(base, worker)) {
            RootSnapshot.ChildInfo before = first.await("worker", RootLimitsTest::isServed);
            long standby = before.standbys().get(0).pid();
            String group = groupOf(standby);
            assertTrue(group.startsWith("worker.standby-"), group);
            assertEquals("worker.1", groupOf(before.pid()));

            ProcessHandle.of(before.pid()).orElseThrow().destroyForcibly();
            RootSnapshot.ChildInfo after = first.await("worker", child -> isServed(child) && child.incarnation() == 2);
            assertEquals(standby, after.pid());
            assertEquals(group, groupOf(standby), "whose it was");
            String next = groupOf(after.standbys().get(0).pid());
            assertTrue(next.startsWith("worker.standby-") && !next.equals(group), next);
            first.awaitCondition("the first group's end", () -> names().equals(sorted(group, next)));

            // The next root finds the worker in the group of the standby that it was, and what is in it goes with it.
            first.process.destroyForcibly();
            first.awaitExit();
            try (RootProcess second = RootProcess.start(base, worker)) {
                second.awaitEvent(EventType.ADOPTED, "standby");
                assertEquals(sorted(group, next), names());
                ProcessHandle.of(standby).orElseThrow().destroyForcibly();
                RootSnapshot.ChildInfo third =
                        second.await("worker", child -> isServed(child) && child.incarnation() == 3);
                assertEquals(after.standbys().get(0).pid(), third.pid());
                String last = groupOf(third.standbys().get(0).pid());
                second.awaitCondition("the second group's end", () -> names().equals(sorted(next, last)));
                assertEquals(0, second.stop(), second.stderr());
                assertEquals(List.of(), directories());
            }
        }
    }

    private static List<String> sorted(String... names) {
        return Stream.of(names).sorted().toList();
    }

    /** As a reload makes it of a manifest: other limits are another launch. */
    private void reload(RootProcess root, ChildPlan child) throws Exception {
        String directory = root.directory.toString();
        Plan plan = new Plan(
                "test",
                "/test.yaml",
                directory,
                directory,
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(child));
        Plan present = PlanText.read(Files.readString(root.directory.resolve("plan")));
        Files.writeString(root.directory.resolve("plan-a1.next"), PlanText.write(plan));
        assertEquals("ok\n", root.request("coppice/1 reload plan-a1.next " + PlanText.fingerprint(present)));
    }

    @Test
    void shouldGiveAndTakeLimitsByAReload() throws Exception {
        ChildPlan web = RootProcess.command("web", base, FOREVER);
        try (RootProcess root = RootProcess.start(base, web)) {
            root.await("web", RootLimitsTest::isReady);
            assertEquals(List.of(), directories(), "nobody has limits");

            reload(root, web.toBuilder().limits(new Limits(0, 0, 50)).launch(1).plan());
            root.await("web", child -> isReady(child) && child.incarnation() == 2);
            assertEquals(List.of("web.2"), names());
            assertEquals(List.of("50"), lines(file("web.2", "pids.max")));

            reload(
                    root,
                    web.toBuilder()
                            .limits(new Limits(64 << 20, 0, 60))
                            .launch(2)
                            .plan());
            RootSnapshot.ChildInfo changed = root.await("web", child -> isReady(child) && child.incarnation() == 3);
            root.awaitCondition("the other group's end", () -> names().equals(List.of("web.3")));
            assertEquals(List.of("60"), lines(file("web.3", "pids.max")));
            // It enters by itself, first of all that it does.
            Path processes = file("web.3", "cgroup.procs");
            root.awaitCondition("its entering", () -> lines(processes).contains(String.valueOf(changed.pid())));

            reload(root, web.toBuilder().launch(3).plan());
            RootSnapshot.ChildInfo free = root.await("web", child -> isReady(child) && child.incarnation() == 4);
            root.awaitCondition("the last group's end", () -> names().isEmpty());
            assertEquals("none", groupOf(free.pid()));
            assertEquals(0, root.stop(), root.stderr());
            assertEquals(List.of(), directories());
        }
    }

    private Path file(String group, String name) throws IOException {
        return directories().stream()
                .map(directory -> directory.resolve(group).resolve(name))
                .filter(Files::exists)
                .findFirst()
                .orElse(base.resolve("nothing"));
    }

    @Test
    void shouldGiveACommandNoMoreThanItsProcessors() throws Exception {
        ChildPlan busy = limited("busy", new Limits(0, 200, 0), "while :; do :; done");
        try (RootProcess root = RootProcess.start(base, busy)) {
            root.await("busy", RootLimitsTest::isReady);
            Path stat = directories().stream()
                    .map(directory -> directory.resolve("busy.1").resolve("cpu.stat"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
            root.awaitCondition(
                    "being held back",
                    () -> lines(stat).stream()
                            .anyMatch(line -> line.startsWith("nr_throttled ") && !line.equals("nr_throttled 0")));
        }
    }
}
