package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

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
        for (EventType type : EventType.values()) {
            assertEquals(type.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'), type.word());
        }
    }

    private static SupervisorState initial() {
        return SupervisorState.initial(List.of(Specs.worker(0, "a").build()));
    }
}
