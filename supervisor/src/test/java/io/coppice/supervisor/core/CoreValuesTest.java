package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What the core takes, what it refuses, and the words that it is told of by. */
class CoreValuesTest {
    @Test
    void shouldGiveTheVerySameStateWhereNothingChanges() {
        SupervisorState state = Supervisor.step(initial(), new Event.Begin(0)).state();
        Step step = Supervisor.step(state, new Event.Tick(1));
        assertSame(state, step.state());
        assertEquals(List.of(), step.commands());
    }

    @Test
    void shouldRefuseSpecsThatMakeNoSense() {
        assertThrows(IllegalArgumentException.class, () -> Specs.worker(-1, "x").build());
        assertThrows(
                IllegalArgumentException.class,
                () -> Specs.worker(0, "x").maxRestarts(-2).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> Specs.worker(0, "x")
                        .maxRestarts(ChildSpec.MAX_RESTARTS_LIMIT + 1)
                        .build());
        assertThrows(
                IllegalArgumentException.class,
                () -> SupervisorState.initial(List.of(Specs.worker(1, "x").build())));
    }

    /** A worker, or a plain command, of which everything else is in order. */
    private static ChildSpec spec(
            boolean worker,
            long heartbeatTimeoutNs,
            PoisonPolicy poison,
            long periodNs,
            long shutdownTimeoutNs,
            int standbys,
            boolean foreign) {
        return new ChildSpec(
                0,
                "x",
                worker,
                heartbeatTimeoutNs,
                StartTimeouts.NONE,
                RestartPolicy.ALWAYS,
                ChildSpec.MAX_RESTARTS_LIMIT,
                periodNs,
                Backoff.NONE,
                poison,
                "TERM",
                shutdownTimeoutNs,
                false,
                List.of(),
                0,
                standbys,
                ExitRules.NONE,
                Membership.PLAIN,
                false,
                foreign);
    }

    private static void assertRefused(String what, Executable making) {
        String message = assertThrows(IllegalArgumentException.class, making).getMessage();
        assertTrue(String.valueOf(message).contains(what), message);
    }

    @Test
    void shouldTakeSpecsAtTheirBoundsAndNameWhatIsBeyond() {
        PoisonPolicy none = PoisonPolicy.NONE;
        spec(true, 0, none, 1, 0, ChildSpec.MAX_STANDBYS, true);
        assertRefused("heartbeatTimeoutNs", () -> spec(true, -1, none, 1, 0, 0, false));
        assertRefused(
                "poison of a plain command", () -> spec(false, 0, new PoisonPolicy(1, List.of()), 1, 0, 0, false));
        assertRefused("standbys", () -> spec(true, 0, none, 1, 0, ChildSpec.MAX_STANDBYS + 1, false));
        assertRefused("standbys", () -> spec(true, 0, none, 1, 0, -1, false));
        assertRefused("standbys", () -> spec(false, 0, none, 1, 0, 1, false));
        assertRefused("foreign without a segment", () -> spec(false, 0, none, 1, 0, 0, true));
        assertRefused("periodNs", () -> spec(true, 0, none, 0, 0, 0, false));
        assertRefused("shutdownTimeoutNs", () -> spec(true, 0, none, 1, -1, 0, false));
    }

    private static GroupSpec group(int index, int parent, int maxRestarts, long periodNs) {
        return new GroupSpec(
                index,
                "g",
                parent,
                Strategy.ONE_FOR_ONE,
                maxRestarts,
                periodNs,
                Backoff.NONE,
                AutoShutdown.NEVER,
                false,
                true,
                false);
    }

    @Test
    void shouldTakeGroupsAtTheirBoundsAndNameWhatIsBeyond() {
        group(1, 0, ChildSpec.MAX_RESTARTS_LIMIT, 1);
        assertRefused("parent 1 of index 1", () -> group(1, 1, 0, 1));
        assertRefused("parent -1 of index 1", () -> group(1, GroupSpec.NO_PARENT, 0, 1));
        assertRefused("parent 0 of index 0", () -> group(0, 0, 0, 1));
        assertRefused("maxRestarts -2", () -> group(1, 0, ChildSpec.UNLIMITED - 1, 1));
        assertRefused("maxRestarts", () -> group(1, 0, ChildSpec.MAX_RESTARTS_LIMIT + 1, 1));
        assertRefused("within 0 ns", () -> group(1, 0, 0, 0));
        assertRefused("-2", () -> new Membership(-2, false, false));
        assertRefused("in no group", () -> new Membership(Membership.NO_GROUP, true, false));
        assertRefused("in no group", () -> new Membership(Membership.NO_GROUP, false, true));
    }

    @Test
    void shouldRefuseAChildOfAGroupThatThereIsNotAndGroupsOutOfPlace() {
        assertRefused(
                "in group 1 of 1",
                () -> SupervisorState.initial(List.of(Specs.worker(0, "a").in(1).build())));
        assertRefused(
                "at place 1",
                () -> SupervisorState.initial(
                        List.of(group(0, GroupSpec.NO_PARENT, 0, 1), group(2, 0, 0, 1)), List.of(), List.of()));
    }

    @Test
    void shouldTakeWaysToEndInAnyOrderAndWithinTheirBounds() {
        assertEquals(List.of(0, 7, 255), new ExitSet(List.of(255, 0, 7, 0), List.of()).codes());
        assertEquals(List.of(1, 64), new ExitSet(List.of(), List.of(64, 1)).signals());
        assertRefused("exit code 256", () -> new ExitSet(List.of(256), List.of()));
        assertRefused("exit code -1", () -> new ExitSet(List.of(-1), List.of()));
        assertRefused("signal 65", () -> new ExitSet(List.of(), List.of(65)));
        assertRefused("signal 0", () -> new ExitSet(List.of(), List.of(0)));
        assertEquals(0, new StartTimeouts(0, 0, 0).ofNs(StartStage.START));
        assertRefused("start timeouts", () -> new StartTimeouts(0, -1, 0));
        assertRefused("start timeouts", () -> new StartTimeouts(-1, 0, 0));
        assertRefused("start timeouts", () -> new StartTimeouts(0, 0, -1));
    }

    @Test
    void shouldAddUpTheTimeOfEachStageOfAStart() {
        StartClock clock = StartClock.begin(100)
                .enter(StartStage.MIGRATE, 101)
                .enter(StartStage.RECOVER, 103)
                .enter(StartStage.MIGRATE, 107)
                .enter(StartStage.RECOVER, 115)
                .enter(StartStage.START, 131);
        assertEquals(new StartClock(StartStage.START, 131, 1, 20, 10), clock);
    }

    @Test
    void shouldRefuseAClockBelowZero() {
        assertThrows(IllegalArgumentException.class, () -> Supervisor.step(initial(), new Event.Begin(-1)));
    }

    @Test
    void shouldPublishTheWordsThatStatusPrints() {
        assertEquals(
                List.of("held", "starting", "ready", "stopping", "backoff", "stopped", "failed", "completed"),
                List.of(PublishedState.values()).stream()
                        .map(PublishedState::word)
                        .toList());
        assertEquals(
                List.of("exit", "signal", "hang", "exception", "start-timeout", "unhealthy", "spawn-failed", "unknown"),
                List.of(ExitKind.values()).stream().map(ExitKind::word).toList());
    }

    private static SupervisorState initial() {
        return SupervisorState.initial(List.of(Specs.worker(0, "a").build()));
    }
}
