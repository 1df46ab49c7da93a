package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Dependency;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.EventType;
import io.coppice.supervisor.core.Outcome;
import io.coppice.supervisor.core.RestartPolicy;
import io.coppice.supervisor.core.StartStage;
import io.coppice.supervisor.core.StartTimeouts;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.Supervisor;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.core.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What must hold, as named predicates. They keep their own books of what operators asked for and what died, and take the
 * core's word for nothing that they can know otherwise.
 */
final class Invariants {
    private final Simulation world;
    private final List<ChildSpec> specs;
    private final Coverage coverage;
    private final List<ChildBook> books = new ArrayList<>();
    private final PoisonPredicates poison = new PoisonPredicates(this);
    private final StandbyPredicates standbys = new StandbyPredicates(this);
    private final DeathPredicates deaths = new DeathPredicates(this, poison);
    private final List<ChildBook> committedBooks = new ArrayList<>();
    private long rootDiedAtNs;
    private boolean shutdown;
    private boolean hurried;
    private long steps;
    private long digest;
    private long ticksAtSameTime;
    private long lastTickNs = -1;

    Invariants(Simulation world, List<ChildSpec> specs, Coverage coverage) {
        this.world = world;
        this.specs = specs;
        this.coverage = coverage;
        for (ChildSpec spec : specs) {
            ChildBook book = new ChildBook();
            book.launchedAs = spec.launch();
            books.add(book);
        }
    }

    long digest() {
        return digest;
    }

    long steps() {
        return steps;
    }

    void onRootDeath() {
        rootDiedAtNs = world.agenda.nowNs();
    }

    /** What a root commits, its successor goes on from. */
    void onCommitted() {
        committedBooks.clear();
        books.forEach(book -> committedBooks.add(book.copy()));
    }

    /** A root has come after one that died: nothing of what was committed is lost, and nothing else is known. */
    void onAdoption(SupervisorState recorded, SupervisorState resumed, boolean endWasAsked) {
        for (int i = 0; i < books.size(); i++) {
            ChildBook book = committedBooks.get(i).copy().resume(books.get(i));
            books.set(i, book);
            ChildState was = recorded.child(i);
            ChildState is = resumed.child(i);
            check("ADOPTION_KEEPS_COUNTS", was.incarnation() == is.incarnation(), is::toString);
            check("ADOPTION_KEEPS_COUNTS", was.restarts() == is.restarts(), is::toString);
            check("ADOPTION_KEEPS_COUNTS", was.pid() == is.pid() && was.startTicks() == is.startTicks(), is::toString);
            check(
                    "ADOPTION_KEEPS_COUNTS",
                    endWasAsked
                            || (was.failures().equals(is.failures())
                                    && was.poison().equals(is.poison())),
                    is::toString);
            if (endWasAsked) {
                book.wantedUp = true;
                book.forgetFailures();
                book.endAsked |= was.stopAsked();
            }
            book.unheardNs += world.agenda.nowNs() - rootDiedAtNs;
            if (was.phase() == ChildPhase.HELD && !was.assigned()) {
                book.endAsked = true;
                book.foundHeld = true;
            } else if (!is.hasProcess()) {
                book.endLife();
            }
        }
        shutdown = false;
        hurried = false;
    }

    void onStep(SupervisorState before, Event event, Step step) {
        steps++;
        digest = (digest * 31 + event.hashCode()) * 31 + step.commands().hashCode();
        if (steps % 16 == 0) {
            check("PURE", Supervisor.step(before, event).equals(step), () -> "the same step differs");
        }
        int child = EventParts.childOf(event);
        if (child >= 0) {
            coverage.met(before.child(child).phase(), event);
        }
        for (Command command : step.commands()) {
            if (command instanceof Command.RecordEvent told && told.type() == EventType.KILL_UNANSWERED) {
                coverage.toldOfUnansweredKill();
            }
        }
        keepBooks(before, event);
        staleIsIgnored(before, event, step);
        everyTransitionIsRecorded(before, step);
        repliesOnce(event, step);
        statesAreSound(step.state());
        deadlinesMakeProgress(event, step.state());
        startsAreBounded(event, step.state());
        if (event instanceof Event.Exited exited) {
            deaths.deathIsAnswered(books.get(exited.child()), shutdown, before, exited, step);
        } else if (child >= 0) {
            poison.otherEvent(books.get(child), before, event, step);
        }
        if (event instanceof Event.SpawnFailed failed) {
            deaths.spawnFailureIsAnswered(
                    books.get(failed.child()),
                    shutdown,
                    before,
                    failed,
                    step.state().child(failed.child()));
        }
        endsAreRemembered(before, step);
        restartsAreLaunches(before, step);
        commandsAreLawful(before, step);
        reloadsTouchOnlyWhatChanged(event, step);
        standbys.onStep(before, event, step);
    }

    private void keepBooks(SupervisorState before, Event event) {
        boolean running = before.phase() == SupervisorState.Phase.RUNNING;
        if (event instanceof Event.StopRequested stop) {
            ChildBook book = books.get(stop.child());
            book.wantedUp = false;
            book.foundHeld = false;
            book.endAsked |= before.child(stop.child()).phase().occupied();
        } else if (event instanceof Event.StartRequested start && running) {
            ChildBook book = books.get(start.child());
            if (!book.wantedUp || !before.child(start.child()).phase().occupied()) {
                book.forgetFailures();
            }
            book.wantedUp = true;
        } else if (event instanceof Event.RestartRequested restart && running) {
            ChildBook book = books.get(restart.child());
            book.forgetFailures();
            book.wantedUp = true;
            book.foundHeld = false;
            book.endAsked |= before.child(restart.child()).phase().occupied();
        } else if (event instanceof Event.KillRequested kill) {
            if (before.child(kill.child()).hasProcess()) {
                books.get(kill.child()).killSignal = kill.signalNumber();
            }
        } else if (event instanceof Event.ShutdownRequested) {
            hurried = shutdown;
            shutdown = true;
            books.forEach(book -> book.foundHeld = false);
        } else if (event instanceof Event.Replanned replanned && running) {
            startsAnewWhatChanged(replanned.specs(), before);
        } else if (event instanceof Event.Begin && before.phase() == SupervisorState.Phase.ADOPTING) {
            startsAnewWhatChanged(
                    before.children().stream().map(ChildState::spec).toList(), before);
        } else if (event instanceof Event.Released released) {
            books.get(released.child()).ran |= released.incarnation() == books.get(released.child()).lastIncarnation;
        }
        if (EventParts.saysThatItRuns(event)) {
            ChildBook book = books.get(EventParts.childOf(event));
            if (EventParts.incarnationOf(event, 0) == book.lastIncarnation
                    && before.child(EventParts.childOf(event)).phase() == ChildPhase.HELD) {
                book.runsAfterAll();
            }
        }
    }

    private void startsAnewWhatChanged(List<ChildSpec> plan, SupervisorState before) {
        for (ChildSpec spec : plan) {
            ChildBook book = books.get(spec.index());
            book.changed = book.wantedUp && book.launchedAs != spec.launch();
            if (book.changed) {
                book.forgetFailures();
                book.foundHeld = false;
                book.endAsked |= before.child(spec.index()).phase().occupied();
            }
        }
    }

    private void reloadsTouchOnlyWhatChanged(Event event, Step step) {
        if (!(event instanceof Event.Replanned)) {
            return;
        }
        for (Command command : step.commands()) {
            int touched = command instanceof Command.Signal signal
                    ? signal.child()
                    : command instanceof Command.KillGroup kill
                            ? kill.child()
                            : command instanceof Command.AbandonHeld abandon ? abandon.child() : -1;
            check(
                    "RELOADS_TOUCH_ONLY_WHAT_CHANGED",
                    touched < 0 || books.get(touched).changed,
                    () -> name(touched) + ": " + command);
        }
    }

    private void restartsAreLaunches(SupervisorState before, Step step) {
        for (int i = 0; i < specs.size(); i++) {
            int child = i;
            long launched = step.commands().stream()
                    .map(EventParts::launchOf)
                    .filter(spawn -> spawn != null && spawn.child() == child)
                    .count();
            long counted = step.state().child(i).restarts() - before.child(i).restarts();
            check(
                    "RESTARTS_ARE_LAUNCHES",
                    counted >= 0 && counted <= launched,
                    () -> name(child) + ": " + counted + " restarts counted, " + launched + " launches");
        }
    }

    private void endsAreRemembered(SupervisorState before, Step step) {
        for (Command command : step.commands()) {
            if (command instanceof Command.DumpThreads dump) {
                ChildBook book = books.get(dump.child());
                ChildState was = before.child(dump.child());
                book.condemned = true;
                book.condemnedForItsCode =
                        was.phase() == ChildPhase.STARTING && was.start().stage() != StartStage.START;
            } else if (command instanceof Command.KillGroup kill) {
                ChildSpec spec = specs.get(kill.child());
                ChildBook book = books.get(kill.child());
                if (book.foundHeld && !spec.hasSegment() && spec.restart() == RestartPolicy.NEVER && !hurried) {
                    book.endAsked = false;
                }
            } else if (command instanceof Command.Signal signal && signal.wholeGroup()) {
                books.get(signal.child()).signaled = true;
            }
        }
    }

    private void commandsAreLawful(SupervisorState before, Step step) {
        List<Command> commands = step.commands();
        for (int i = 0; i < commands.size(); i++) {
            Command command = commands.get(i);
            Command.Spawn spawn = EventParts.launchOf(command);
            if (spawn != null) {
                ChildBook book = books.get(spawn.child());
                check("STOPPED_STAYS_STOPPED", book.wantedUp && !shutdown, () -> "spawn of " + name(spawn.child()));
                check(
                        "INCARNATIONS_GROW",
                        spawn.incarnation() > book.lastIncarnation,
                        () -> name(spawn.child()) + ": " + spawn.incarnation() + " after " + book.lastIncarnation);
                book.lastIncarnation = spawn.incarnation();
                book.launchedAs = step.state().child(spawn.child()).spec().launch();
                book.ran = false;
                for (Dependency dependency : specs.get(spawn.child()).dependencies()) {
                    check(
                            "DEPENDENCIES_HOLD",
                            holds(step.state(), dependency),
                            () -> name(spawn.child()) + " before " + name(dependency.index()));
                }
            } else if (command instanceof Command.Release release) {
                poison.release(books.get(release.child()), release);
            } else if (command instanceof Command.Signal signal && shutdown && !hurried && signal.wholeGroup()) {
                for (ChildSpec other : specs) {
                    boolean depends =
                            other.dependencies().stream().anyMatch(dependency -> dependency.index() == signal.child());
                    // What was not yet released is abandoned out of order; if its release was faster, it is stopped
                    // instead.
                    boolean abandoned = before.child(signal.child()).phase() == ChildPhase.ABANDONING;
                    boolean killedAtOnce = step.state().child(signal.child()).phase() != ChildPhase.STOPPING;
                    check(
                            "STOPS_IN_REVERSE_ORDER",
                            killedAtOnce
                                    || abandoned
                                    || !depends
                                    || books.get(signal.child()).endAsked
                                    || !step.state()
                                            .child(other.index())
                                            .phase()
                                            .occupied(),
                            () -> name(signal.child()) + " before " + other.name());
                }
            } else if (command instanceof Command.KillGroup kill) {
                ChildBook book = books.get(kill.child());
                boolean brutal = specs.get(kill.child()).shutdownTimeoutNs() == 0;
                check(
                        "ASKED_BEFORE_KILLED",
                        !book.ran || book.condemned || book.signaled || hurried || brutal,
                        () -> name(kill.child()));
            } else if (command instanceof Command.ExitRoot) {
                check("EXIT_IS_THE_LAST_COMMAND", i == commands.size() - 1, () -> "followed by " + commands);
                boolean allCompleted =
                        step.state().children().stream().allMatch(child -> child.phase() == ChildPhase.COMPLETED);
                check("ROOT_STAYS_UNTIL_ALL_IS_DONE", shutdown || allCompleted, () -> "it exits by itself");
            }
        }
    }

    private static boolean holds(SupervisorState state, Dependency dependency) {
        String word = state.child(dependency.index()).state().word();
        return word.equals("completed")
                || switch (dependency.condition()) {
                    case STARTED -> word.equals("starting") || word.equals("ready");
                    case READY -> word.equals("ready");
                    case COMPLETED -> false;
                };
    }

    private void staleIsIgnored(SupervisorState before, Event event, Step step) {
        int child = EventParts.childOf(event);
        if (child >= 0) {
            long current = before.child(child).incarnation();
            boolean stale = EventParts.incarnationOf(event, current) != current;
            check("STALE_IS_IGNORED", !stale || step.equals(new Step(before, List.of())), event::toString);
        }
    }

    private void everyTransitionIsRecorded(SupervisorState before, Step step) {
        for (int i = 0; i < specs.size(); i++) {
            ChildPhase was = before.child(i).phase();
            ChildPhase is = step.state().child(i).phase();
            if (was != is) {
                int child = i;
                boolean recorded = step.commands().stream()
                        .anyMatch(command -> command instanceof Command.RecordEvent record && record.child() == child);
                check("EVERY_TRANSITION_IS_RECORDED", recorded, () -> name(child) + " " + was + " to " + is);
            }
        }
    }

    private void repliesOnce(Event event, Step step) {
        long request = EventParts.requestOf(event);
        long replies =
                step.commands().stream().filter(Command.Reply.class::isInstance).count();
        check(
                "EVERY_REQUEST_IS_ANSWERED_ONCE",
                replies == (request == Event.NO_REQUEST ? 0 : 1),
                () -> event.toString());
    }

    private void statesAreSound(SupervisorState state) {
        for (ChildState child : state.children()) {
            ChildPhase phase = child.phase();
            Supplier<String> detail = child::toString;
            boolean mayLackProcess = phase == ChildPhase.SPAWNING || phase == ChildPhase.ABANDONING;
            check("STATE_IS_SOUND", !child.hasProcess() || phase.occupied(), detail);
            check("STATE_IS_SOUND", child.hasProcess() || !phase.occupied() || mayLackProcess, detail);
            check("STATE_IS_SOUND", (child.spawnedAtNs() == ChildState.NEVER) != child.hasProcess(), detail);
            boolean timed = switch (phase) {
                case BACKOFF, STOPPING, DUMPING, KILLING -> true;
                case ABANDONING -> child.hasProcess();
                case HELD -> child.stopAsked() && !child.assigned();
                case STARTING -> child.spec().startTimeouts().ofNs(child.start().stage()) > 0;
                default -> false;
            };
            check("STATE_IS_SOUND", timed == (child.deadlineNs() != ChildState.NEVER), detail);
            if (state.phase() == SupervisorState.Phase.RUNNING) {
                ChildBook book = books.get(child.spec().index());
                check("WANTED_IS_THE_OPERATORS", (child.wanted() == Wanted.UP) == book.wantedUp, detail);
            }
        }
    }

    private void deadlinesMakeProgress(Event event, SupervisorState after) {
        if (!(event instanceof Event.Tick)) {
            return;
        }
        ticksAtSameTime = event.nowNs() == lastTickNs ? ticksAtSameTime + 1 : 0;
        lastTickNs = event.nowNs();
        check(
                "DEADLINES_MAKE_PROGRESS",
                after.nextDeadlineNs() > event.nowNs(),
                () -> "due at once again after a Tick");
        check("DEADLINES_MAKE_PROGRESS", ticksAtSameTime < 20, () -> "20 Ticks at one moment");
    }

    /** Whatever a worker says of the stages of its start. */
    private void startsAreBounded(Event event, SupervisorState after) {
        if (!(event instanceof Event.Tick)) {
            return;
        }
        for (ChildState child : after.children()) {
            StartTimeouts timeouts = child.spec().startTimeouts();
            long mostNs = timeouts.startNs() + timeouts.recoverNs() + timeouts.migrateNs();
            check(
                    "STARTS_ARE_BOUNDED",
                    child.phase() != ChildPhase.STARTING
                            || event.nowNs() - child.sinceNs()
                                    < mostNs + books.get(child.spec().index()).unheardNs,
                    child::toString);
        }
    }

    void onSpawn(Command.Spawn command, boolean occupied, int liveReleased) {
        ChildBook book = books.get(command.child());
        check("INCARNATIONS_ARE_NEVER_REUSED", command.incarnation() > book.lastSpawned, () -> name(command.child()));
        book.lastSpawned = command.incarnation();
        check("ONE_PROCESS_PER_CHILD", !occupied, () -> name(command.child()) + ": spawned again before Exited");
        check("NEVER_TWO_LIVE_OWNERS", liveReleased == 0, () -> name(command.child()) + ": spawned beside a live one");
    }

    void onOwn(SimulatedProcess process, SimulatedSegment segment) {
        SimulatedProcess owner = segment.owner;
        check(
                "NEVER_TWO_LIVE_OWNERS",
                owner == null || !owner.live(),
                () -> process.spec.name() + ": pid " + process.pid + " beside its owner");
        check(
                "NEVER_TWO_LIVE_OWNERS",
                world.liveReleased(process.spec.index()) == 1,
                () -> process.spec.name() + ": more than one may own it");
    }

    void onCommit(SimulatedProcess process, SimulatedSegment segment, long sequence) {
        check("ONLY_THE_OWNER_COMMITS", segment.owner == process && process.live(), () -> process.spec.name());
        check(
                "COMMITS_NEVER_GO_BACK",
                sequence == segment.commitSequence + 1,
                () -> process.spec.name() + ": " + sequence + " after " + segment.commitSequence);
    }

    /** After every event of the world. */
    void onMoment(List<SimulatedSegment> segments) {
        for (int i = 0; i < segments.size(); i++) {
            int child = i;
            SimulatedSegment segment = segments.get(child);
            ChildBook book = books.get(child);
            check("COMMITS_NEVER_GO_BACK", segment.commitSequence >= book.highestCommit, () -> name(child));
            book.highestCommit = segment.commitSequence;
            check(
                    "UNCOMMITTED_WORK_DIES_WITH_ITS_OWNER",
                    segment.owner != null || segment.uncommitted == 0,
                    () -> name(child));
            check("NEVER_TWO_LIVE_OWNERS", world.liveReleased(child) <= 1, () -> name(child));
        }
    }

    void onReply(Command.Reply reply) {
        check(
                "REFUSALS_SAY_WHY",
                !(reply.outcome() instanceof Outcome.Error error)
                        || (error.exitCode() == 1 && !error.text().isEmpty()),
                () -> reply.toString());
    }

    void onExitRoot(Command.ExitRoot command, boolean somethingLeft) {
        check("ROOT_LEAVES_NOTHING_BEHIND", !somethingLeft, () -> command.toString());
    }

    /** Whether every child is where it may stay; none that is not, for people to read. */
    @Nullable
    ChildState firstUnsettled(SupervisorState state) {
        for (ChildState child : state.children()) {
            int index = child.spec().index();
            boolean settled = switch (child.phase()) {
                case READY ->
                    world.liveReleased(index) == 1
                            && world.runsAsPlanned(index)
                            && world.parkedAsPlanned(child) == child.spec().standbys();
                case COMPLETED, FAILED -> true;
                case STOPPED -> !books.get(index).wantedUp;
                case WAITING -> child.spec().dependencies().stream().anyMatch(dependency -> !holds(state, dependency));
                default -> false;
            };
            if (!settled) {
                return child;
            }
        }
        return null;
    }

    /** When the time to heal is over. */
    void converged(boolean rootAlive, SupervisorState state) {
        check("ALL_CONVERGE", rootAlive, () -> "no root");
        ChildState unsettled = firstUnsettled(state);
        check("ALL_CONVERGE", unsettled == null, () -> String.valueOf(unsettled));
    }

    void ended(boolean rootEnded, List<Integer> livePids) {
        check("SHUTDOWN_ENDS", rootEnded, () -> "the root is still there");
        check("ROOT_LEAVES_NOTHING_BEHIND", livePids.isEmpty(), () -> "pids " + livePids);
    }

    void check(String predicate, boolean holds, Supplier<String> detail) {
        if (!holds) {
            throw new Violation(
                    predicate,
                    "at " + world.agenda.nowNs() / (double) SECOND + " s, step " + steps + ": " + detail.get());
        }
    }

    private String name(int child) {
        return specs.get(child).name();
    }

    static String failureLine(long seed, Violation violation) {
        return "simulation: violation of " + violation.getMessage() + "; replay: mvn -q -o test -pl supervisor -am"
                + " -Dtest=CrashRecoverySimulationTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dcoppice.simulation.first=" + seed + " -Dcoppice.simulation.seeds=1";
    }
}
