package io.coppice.supervisor.core;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Drives the core with a fake clock, and shows what it commanded as short texts. */
final class Driver {
    static final long START_NS = 1_000 * Specs.SECOND;

    SupervisorState state;
    long nowNs = START_NS;
    List<Command> commands = List.of();
    private long request = 900;

    Driver(ChildSpec... specs) {
        state = SupervisorState.initial(List.of(specs));
    }

    Driver(List<GroupSpec> groups, ChildSpec... specs) {
        state = SupervisorState.initial(groups, List.of(specs), java.util.Collections.nCopies(specs.length, 0L));
    }

    /** Begun, and every child that may be is ready. */
    static Driver running(ChildSpec... specs) {
        Driver driver = new Driver(specs).step(new Event.Begin(START_NS));
        for (int i = 0; i < specs.length; i++) {
            if (driver.child(i).phase() == ChildPhase.SPAWNING) {
                driver.toReady(i);
            }
        }
        return driver;
    }

    Driver step(Event event) {
        Step step = Supervisor.step(state, event);
        state = step.state();
        commands = step.commands();
        return this;
    }

    Driver begin() {
        return step(new Event.Begin(nowNs));
    }

    /** The root dies, and its successor resumes what it had recorded; it is to be told of each process, and then to begin. */
    Driver dieAndResume() {
        boolean endWasAsked = state.phase() == SupervisorState.Phase.STOPPING;
        List<ChildSpec> specs = state.children().stream().map(ChildState::spec).toList();
        state = SupervisorState.resumed(
                state.groups(),
                specs,
                new ArrayList<>(state.children()),
                specs.stream().map(spec -> 0L).toList(),
                endWasAsked,
                nowNs);
        return this;
    }

    Driver adopted(int child) {
        return step(new Event.Adopted(child, child(child).incarnation(), nowNs));
    }

    Driver after(long delayNs) {
        nowNs += delayNs;
        return this;
    }

    Driver tick() {
        return step(new Event.Tick(nowNs));
    }

    /** To the next deadline, and a Tick then. */
    Driver toDeadline() {
        nowNs = state.nextDeadlineNs();
        return tick();
    }

    Driver spawned(int child) {
        return step(new Event.Spawned(child, child(child).incarnation(), pidOf(child), 77, nowNs));
    }

    Driver spawnFailed(int child) {
        return step(new Event.SpawnFailed(child, child(child).incarnation(), "no such file", nowNs));
    }

    Driver released(int child) {
        return step(new Event.Released(child, child(child).incarnation(), nowNs));
    }

    Driver entered(int child, StartStage stage) {
        return step(new Event.StageEntered(child, child(child).incarnation(), stage, nowNs));
    }

    Driver becameReady(int child) {
        return step(new Event.BecameReady(child, child(child).incarnation(), nowNs));
    }

    Driver toHeld(int child) {
        return spawned(child);
    }

    Driver toStarting(int child) {
        return toHeld(child).released(child);
    }

    Driver toReady(int child) {
        return toStarting(child).becameReady(child);
    }

    Driver exited(int child, int code) {
        return died(child, new ExitStatus.Exited(code), null);
    }

    Driver signaled(int child, int signal) {
        return died(child, new ExitStatus.Signaled(signal, false), null);
    }

    Driver died(int child, ExitStatus status, @Nullable String lastWords) {
        return died(child, status, lastWords, StepProgress.UNKNOWN);
    }

    Driver died(int child, ExitStatus status, @Nullable String lastWords, StepProgress progress) {
        return step(new Event.Exited(child, child(child).incarnation(), status, lastWords, progress, nowNs));
    }

    Driver heartbeatLost(int child) {
        return step(new Event.HeartbeatLost(child, child(child).incarnation(), nowNs));
    }

    Driver stop(int child) {
        return step(new Event.StopRequested(child, ++request, nowNs));
    }

    Driver start(int child) {
        return step(new Event.StartRequested(child, ++request, nowNs));
    }

    Driver restart(int child) {
        return step(new Event.RestartRequested(child, ++request, nowNs));
    }

    Driver kill(int child, String signal, int number) {
        return step(new Event.KillRequested(child, signal, number, ++request, nowNs));
    }

    Driver shutdown() {
        return step(new Event.ShutdownRequested(Event.NO_REQUEST, nowNs));
    }

    ChildState child(int index) {
        return state.child(index);
    }

    ChildPhase phase(int index) {
        return child(index).phase();
    }

    LastExit lastExit(int index) {
        LastExit exit = child(index).lastExit();
        if (exit == null) {
            throw new AssertionError("child " + index + " never ended");
        }
        return exit;
    }

    /** The last step's commands without the event log. */
    List<String> did() {
        return commands.stream()
                .filter(command -> !(command instanceof Command.RecordEvent))
                .map(Driver::show)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** The last step's event log. */
    List<EventType> recorded() {
        return records().stream().map(Command.RecordEvent::type).toList();
    }

    List<Command.RecordEvent> records() {
        return commands.stream()
                .filter(Command.RecordEvent.class::isInstance)
                .map(Command.RecordEvent.class::cast)
                .toList();
    }

    Outcome outcome() {
        return commands.stream()
                .filter(Command.Reply.class::isInstance)
                .map(command -> ((Command.Reply) command).outcome())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no reply in " + commands));
    }

    static int pidOf(int child) {
        return 5_000 + child;
    }

    /** For example {@code spawn 0#1}: child 0, incarnation 1. */
    static String show(Command command) {
        if (command instanceof Command.Spawn c) {
            return "spawn " + c.child() + "#" + c.incarnation();
        } else if (command instanceof Command.Release c) {
            return "release " + c.child() + "#" + c.incarnation()
                    + (c.fallback() == null ? "" : " " + c.fallback().word());
        } else if (command instanceof Command.AbandonHeld c) {
            return "abandon " + c.child() + "#" + c.incarnation();
        } else if (command instanceof Command.Signal c) {
            return "signal " + c.child() + "#" + c.incarnation() + " " + c.signal() + (c.wholeGroup() ? " group" : "");
        } else if (command instanceof Command.KillGroup c) {
            return "kill " + c.child() + "#" + c.incarnation();
        } else if (command instanceof Command.DumpThreads c) {
            return "dump " + c.child() + "#" + c.incarnation();
        } else if (command instanceof Command.Reply c) {
            return c.outcome() instanceof Outcome.Ok ok ? "ok " + ok.incarnation() : "error";
        } else if (command instanceof Command.ExitRoot c) {
            return "exit " + c.code();
        }
        return command.toString();
    }
}
