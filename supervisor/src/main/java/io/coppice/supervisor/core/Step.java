package io.coppice.supervisor.core;

import java.util.List;
import java.util.Objects;

/** What follows from an event: the state to commit, then the commands to carry out in order. */
public record Step(SupervisorState state, List<Command> commands) {
    public Step {
        Objects.requireNonNull(state);
        commands = List.copyOf(commands);
    }
}
