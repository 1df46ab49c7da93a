package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.Parting;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.LastExits;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FuneralsTest {
    private static final ExitStatus KILLED = new ExitStatus.Signaled(9, false);

    @TempDir
    Path base;

    private ChildPlan command(String name, Dependency... dependsOn) {
        return RootProcess.command(name, base, "sleep 1000", dependsOn);
    }

    private static Dependency on(String name) {
        return new Dependency(name, Dependency.Condition.READY);
    }

    /** Both died at once, and the kernel told of the daemon first. */
    @Test
    void shouldTellOfADeadStandbyBeforeItsChildIsGivenIt() throws Exception {
        Buried buried = new Buried();
        Funerals funerals = buried.funerals;
        funerals.beginKnown(buried.child, KILLED, new LeftBehind(null, Parting.NONE, StepProgress.MADE), 0);
        funerals.beginKnown(buried.standby, KILLED, LeftBehind.NOTHING, 0);

        assertEquals(7, funerals.nextOver(0) instanceof Event.StandbyExited exited ? exited.standby() : -1);
        assertEquals(0, funerals.nextOver(0) instanceof Event.Exited exited ? exited.child() : -1);
        assertNull(funerals.nextOver(0));
    }

    /** A group that is not empty yet keeps it from being told in time. */
    @Test
    void shouldTellOfADeadStandbyAsOfItsChildOnceItWasAssigned() throws Exception {
        Buried buried = new Buried();
        buried.funerals.beginKnown(buried.standby, KILLED, LeftBehind.NOTHING, 0);
        buried.child.takeFrom(buried.standby);
        buried.child.incarnation = 2;

        buried.funerals.passOn(buried.standby, buried.child);

        assertEquals(2, buried.funerals.nextOver(0) instanceof Event.Exited exited ? exited.incarnation() : -1);
        assertNull(buried.funerals.nextOver(0));
    }

    /** With which code it ended the kernel tells; who wanted that, only itself. */
    @Test
    void shouldTellOfSystemExitWhereverAChildSaysThatItWasThat() throws Exception {
        assertEquals("System.exit by thread \"main\"", wordsOf("System.exit by thread \"main\""));
    }

    /** Of a request to end, and the like. */
    @Test
    void shouldTellOfNothingElseThatNoExceptionWasTheReasonOfWhereTheKernelSawIt() throws Exception {
        assertNull(wordsOf("it ended in order, as asked"));
    }

    /** The core knows nothing of segments. */
    @Test
    void shouldKnowTheWordsOfSystemExitByTheSameBeginning() {
        assertEquals(Parting.SYSTEM_EXIT, LastExits.SYSTEM_EXIT);
    }

    private @Nullable String wordsOf(String parting) throws Exception {
        Buried buried = new Buried();
        LeftBehind left = new LeftBehind(null, new Parting(false, Optional.of(parting)), StepProgress.MADE);
        buried.funerals.beginKnown(buried.child, new ExitStatus.Exited(78), left, 0);
        Event.Exited exited = (Event.Exited) Objects.requireNonNull(buried.funerals.nextOver(0));
        return exited.lastWords();
    }

    /** Nobody saw how it ended, and it has said that it is not to run again. */
    @Test
    void shouldTakeTheWordOfAChildThatSaysItIsDoneOnlyWhereNobodySawItEnd() throws Exception {
        LeftBehind done = new LeftBehind(null, new Parting(true, Optional.of("it was done")), StepProgress.MADE);
        Buried unseen = new Buried();
        unseen.funerals.beginUnwitnessed(unseen.child, Funerals.NO_GROUP, done, 0);
        Buried seen = new Buried();
        seen.funerals.beginKnown(seen.child, KILLED, done, 0);

        Event.Exited byItsWord = (Event.Exited) Objects.requireNonNull(unseen.funerals.nextOver(0));
        assertEquals(new ExitStatus.Exited(0), byItsWord.status());
        assertEquals("nobody saw it end; by its own word it was done", byItsWord.lastWords());
        Event.Exited byTheKernels = (Event.Exited) Objects.requireNonNull(seen.funerals.nextOver(0));
        assertEquals(KILLED, byTheKernels.status());
        assertNull(byTheKernels.lastWords());
    }

    /** What has said how it ends, but not that it is done, is of unknown end all the same. */
    @Test
    void shouldTellWhatAChildSaidThatNobodySawEnd() throws Exception {
        LeftBehind stopped =
                new LeftBehind(null, new Parting(false, Optional.of("it ended in order")), StepProgress.MADE);
        Buried buried = new Buried();
        buried.funerals.beginUnwitnessed(buried.child, Funerals.NO_GROUP, stopped, 0);

        Event.Exited over = (Event.Exited) Objects.requireNonNull(buried.funerals.nextOver(0));
        assertEquals(new ExitStatus.Unwitnessed(), over.status());
        assertEquals("it ended in order", over.lastWords());
    }

    /** As under a process 1 that is slow, or reaps nobody: a task that was done would be done again. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void shouldTellHowAnAdoptedChildEndedWhoseParentDoesNotReapIt(int code) throws Exception {
        Path pidFile = base.resolve("pid");
        // A shell may reap; what it becomes does not.
        String script =
                "(until [ -e becomes ]; do sleep 0.01; done; exit " + code + ") & echo $! >pid; exec sleep 1000";
        Process parent =
                new ProcessBuilder("sh", "-c", script).directory(base.toFile()).start();
        Buried buried = new Buried();
        try {
            awaitCondition(() -> RootProcess.hasLine(pidFile));
            int pid = Integer.parseInt(Files.readString(pidFile).strip());
            buried.child.adopted = true;
            buried.child.startTicks = buried.processes.startTicks(pid);
            buried.child.session = pid;
            PidFd pidFd = PidFd.open(pid);
            buried.child.pidFd = pidFd;
            awaitCondition(() -> parent.info().command().orElse("").endsWith("sleep"));
            Files.createFile(base.resolve("becomes"));
            awaitCondition(pidFd::isDead);
            buried.funerals.begin(buried.child, pidFd, new LeftBehind(null, Parting.NONE, StepProgress.MADE), 0);

            Event over = buried.funerals.nextOver(5_000_000_000L);

            assertEquals(new ExitStatus.Exited(code), over instanceof Event.Exited exited ? exited.status() : over);
        } finally {
            parent.destroyForcibly();
        }
    }

    private static void awaitCondition(BooleanSupplier condition) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(RootProcess.WATCHDOG_SECONDS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < endNs);
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** A child and a standby of its. */
    private final class Buried {
        final ChildTable children = new ChildTable(new Plan(
                "test",
                "/test.yaml",
                base.toString(),
                base.toString(),
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(command("first"))));
        final ChildProcess child = children.get(0);
        final StandbyProcess standby = new StandbyTable().add(child, 7);
        final ProcessTable processes = new ProcessTable();
        final Funerals funerals = new Funerals(
                processes,
                new Incidents((type, child, by, text) -> {}),
                new DyingDependencies(children, processes),
                group -> {});
    }

    /** Of the two that are dead by their words nothing but that is known; the first one's burial takes its time. */
    @Test
    void shouldTellOfAChainInOrderAlsoWhenItIsDeadByItsWords() throws Exception {
        Plan plan = new Plan(
                "test",
                "/test.yaml",
                base.toString(),
                base.toString(),
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(command("first"), command("second", on("first")), command("third", on("second"))));
        ChildTable children = new ChildTable(plan);
        ProcessTable processes = new ProcessTable();
        Funerals funerals = new Funerals(
                processes,
                new Incidents((type, child, by, text) -> {}),
                new DyingDependencies(children, processes),
                group -> {});
        Process process = new ProcessBuilder("sleep", "1000").start();
        ChildProcess first = children.get(0);
        first.pidFd = PidFd.open((int) process.pid());
        first.dead = true;
        funerals.begin(first, first.pidFd, new LeftBehind(null, Parting.NONE, StepProgress.MADE), 0);
        for (int i = 1; i <= 2; i++) {
            ChildProcess child = children.get(i);
            child.dead = true;
            funerals.beginKnown(
                    child, new ExitStatus.Signaled(9, false), new LeftBehind(null, Parting.NONE, StepProgress.MADE), 0);
        }

        assertNull(funerals.nextOver(0));

        process.destroyForcibly().waitFor();
        long nowNs = funerals.nextLookNs();
        for (int i = 0; i <= 2; i++) {
            Event told = funerals.nextOver(nowNs);
            assertEquals(i, told instanceof Event.Exited exited ? exited.child() : -1, String.valueOf(told));
        }
        assertNull(funerals.nextOver(nowNs));
    }
}
