package io.coppice.supervisor.simulation;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Dependency;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Outcome;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.SupervisorState;
import java.util.List;

/** What the core may command, and when: launches, stops, kills, answers and its own end. */
final class CommandPredicates {
    private final Invariants moment;
    private final List<ChildSpec> specs;
    private final ChildBooks books;
    private final PoisonPredicates poison;

    CommandPredicates(Invariants moment, List<ChildSpec> specs, ChildBooks books, PoisonPredicates poison) {
        this.moment = moment;
        this.specs = specs;
        this.books = books;
        this.poison = poison;
    }

    void onStep(SupervisorState before, Event event, Step step) {
        restartsAreLaunches(before, step);
        dependentsEndFirst(before, step);
        commandsAreLawful(before, step);
        reloadsTouchOnlyWhatChanged(event, step);
    }

    void repliesOnce(Event event, Step step) {
        long request = EventParts.requestOf(event);
        int replies = 0;
        for (Command command : step.commands()) {
            replies += command instanceof Command.Reply ? 1 : 0;
        }
        moment.check(
                "EVERY_REQUEST_IS_ANSWERED_ONCE",
                replies == (request == Event.NO_REQUEST ? 0 : 1),
                () -> event.toString());
    }

    void onReply(Command.Reply reply) {
        moment.check(
                "REFUSALS_SAY_WHY",
                !(reply.outcome() instanceof Outcome.Error error)
                        || (error.exitCode() == 1 && !error.text().isEmpty()),
                () -> reply.toString());
    }

    private void commandsAreLawful(SupervisorState before, Step step) {
        List<Command> commands = step.commands();
        for (int i = 0; i < commands.size(); i++) {
            Command command = commands.get(i);
            Command.Spawn spawn = EventParts.launchOf(command);
            if (spawn != null) {
                ChildBook book = books.of(spawn.child());
                moment.check(
                        "STOPPED_STAYS_STOPPED",
                        book.wantedUp && !books.shutdown(),
                        () -> "spawn of " + moment.name(spawn.child()));
                moment.check(
                        "INCARNATIONS_GROW",
                        spawn.incarnation() > book.lastIncarnation,
                        () -> moment.name(spawn.child()) + ": " + spawn.incarnation() + " after "
                                + book.lastIncarnation);
                book.lastIncarnation = spawn.incarnation();
                book.launchedAs = step.state().child(spawn.child()).spec().launch();
                book.ran = false;
                for (Dependency dependency : specs.get(spawn.child()).dependencies()) {
                    moment.check(
                            "DEPENDENCIES_HOLD",
                            holds(step.state(), dependency),
                            () -> moment.name(spawn.child()) + " before " + moment.name(dependency.index()));
                }
            } else if (command instanceof Command.Release release) {
                poison.release(books.of(release.child()), release);
            } else if (command instanceof Command.Signal signal
                    && books.shutdown()
                    && signal.wholeGroup()
                    // Where a shutdown command has failed the signal asks once more.
                    && before.child(signal.child()).phase() != ChildPhase.STOPPING) {
                stopsInReverseOrder(signal.child(), before, step);
            } else if (command instanceof Command.RunShutdownCommand run && books.shutdown()) {
                stopsInReverseOrder(run.child(), before, step);
            } else if (command instanceof Command.Signal signal
                    && signal.wholeGroup()
                    && !books.shutdown()
                    && specs.get(signal.child()).slot() == null) {
                ChildBook book = books.of(signal.child());
                moment.check(
                        "NOBODY_IS_STOPPED_UNASKED",
                        book.endAsked || !book.wantedUp || book.unhealthy,
                        () -> moment.name(signal.child()));
            } else if (command instanceof Command.RunShutdownCommand run && !books.shutdown()) {
                ChildBook book = books.of(run.child());
                moment.check(
                        "NOBODY_IS_STOPPED_UNASKED",
                        book.endAsked || !book.wantedUp || book.unhealthy,
                        () -> moment.name(run.child()));
            } else if (command instanceof Command.KillGroup kill
                    && specs.get(kill.child()).slot() == null) {
                ChildBook book = books.of(kill.child());
                // A root that came later, and knows of no hurry, kills again what was killed in one.
                boolean again = before.child(kill.child()).phase() == ChildPhase.KILLING;
                boolean brutal = specs.get(kill.child()).shutdownTimeoutNs() == 0;
                moment.check(
                        "ASKED_BEFORE_KILLED",
                        !book.ran || book.condemned || book.signaled || books.hurried() || brutal || again,
                        () -> moment.name(kill.child()));
            } else if (command instanceof Command.ExitRoot) {
                moment.check("EXIT_IS_THE_LAST_COMMAND", i == commands.size() - 1, () -> "followed by " + commands);
                moment.check("ROOT_STAYS_UNTIL_ALL_IS_DONE", books.shutdown(), () -> "it exits by itself");
            }
        }
    }

    /** Whoever is asked to end, and is not ill, outlives those that depend on it and are to end as well. */
    private void dependentsEndFirst(SupervisorState before, Step step) {
        for (Command command : step.commands()) {
            int asked = askedToEnd(command);
            if (asked < 0 || books.hurried() || books.of(asked).unhealthy || books.of(asked).condemned) {
                continue;
            }
            ChildPhase was = before.child(asked).phase();
            if (was != ChildPhase.STARTING && was != ChildPhase.READY) {
                continue;
            }
            for (ChildSpec other : specs) {
                boolean outlived = books.of(other.index()).endAsked
                        && step.state().child(other.index()).phase().occupied();
                for (Dependency dependency : other.dependencies()) {
                    moment.check(
                            "DEPENDENTS_END_FIRST",
                            !outlived || dependency.index() != asked,
                            () -> moment.name(asked) + " before " + other.name());
                }
            }
        }
    }

    private static int askedToEnd(Command command) {
        if (command instanceof Command.Signal signal && signal.wholeGroup()) {
            return signal.child();
        } else if (command instanceof Command.RunShutdownCommand run) {
            return run.child();
        }
        return command instanceof Command.KillGroup kill ? kill.child() : -1;
    }

    /** Whether what a child waits for is so. */
    boolean holds(SupervisorState state, Dependency dependency) {
        String word = state.child(dependency.index()).state().word();
        return word.equals("completed")
                || switch (dependency.condition()) {
                    case STARTED -> word.equals("starting") || word.equals("ready");
                    case READY -> word.equals("ready");
                    case HEALTHY -> word.equals("ready") && books.of(dependency.index()).well;
                    case COMPLETED -> false;
                };
    }

    private void stopsInReverseOrder(int child, SupervisorState before, Step step) {
        ChildBook book = books.of(child);
        // What was not yet released is abandoned out of order; if its release was faster, it is stopped instead.
        boolean abandoned = before.child(child).phase() == ChildPhase.ABANDONING;
        boolean killedAtOnce = step.state().child(child).phase() != ChildPhase.STOPPING;
        if (killedAtOnce || abandoned || books.hurried() || book.endAsked || book.unhealthy) {
            return;
        }
        for (ChildSpec other : specs) {
            boolean depends = other.dependencies().stream().anyMatch(dependency -> dependency.index() == child);
            moment.check(
                    "STOPS_IN_REVERSE_ORDER",
                    !depends || !step.state().child(other.index()).phase().occupied(),
                    () -> moment.name(child) + " before " + other.name());
        }
    }

    private void restartsAreLaunches(SupervisorState before, Step step) {
        for (int i = 0; step.state() != before && i < specs.size(); i++) {
            int child = i;
            ChildState is = step.state().child(i);
            // One that a reload has made another child has not been restarted yet.
            boolean another = !Kinds.same(before.child(i).spec(), is.spec());
            long counted = is.restarts() - (another ? 0 : before.child(i).restarts());
            if (counted != 0) {
                int launched = launchesOf(child, step);
                moment.check(
                        "RESTARTS_ARE_LAUNCHES",
                        counted > 0 && counted <= launched,
                        () -> moment.name(child) + ": " + counted + " restarts counted, " + launched + " launches");
            }
        }
    }

    private static int launchesOf(int child, Step step) {
        int launches = 0;
        for (Command command : step.commands()) {
            Command.Spawn launch = EventParts.launchOf(command);
            launches += launch != null && launch.child() == child ? 1 : 0;
        }
        return launches;
    }

    /** Unless it ends the instance: under the new plan all may be done, and what is left only serves others. */
    private void reloadsTouchOnlyWhatChanged(Event event, Step step) {
        if (!(event instanceof Event.Replanned) || books.shutdown()) {
            return;
        }
        for (Command command : step.commands()) {
            int touched = command instanceof Command.Signal signal
                    ? signal.child()
                    : command instanceof Command.KillGroup kill
                            ? kill.child()
                            : command instanceof Command.AbandonHeld abandon ? abandon.child() : -1;
            moment.check(
                    "RELOADS_TOUCH_ONLY_WHAT_CHANGED",
                    touched < 0
                            || specs.get(touched).slot() != null
                            || books.of(touched).changed
                            || books.of(touched).endAsked,
                    () -> moment.name(touched) + ": " + command);
        }
    }

    void onExitRoot(Command.ExitRoot command, boolean somethingLeft) {
        moment.check("ROOT_LEAVES_NOTHING_BEHIND", !somethingLeft, () -> command.toString());
    }
}
