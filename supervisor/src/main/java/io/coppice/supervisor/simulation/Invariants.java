package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.EventType;
import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.SupervisorState;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What must hold, as named predicates. They keep their own books of what operators asked for and what died, and take the
 * core's word for nothing that they can know otherwise.
 */
final class Invariants {
    final ChildBooks books;
    final OwnerPredicates owners;
    final CommandPredicates commands;
    final EndPredicates ends;

    private final Simulation world;
    private final List<ChildSpec> specs;
    private final Coverage coverage;
    private final PoisonPredicates poison;
    private final DeathPredicates deaths;
    private final StatePredicates states;
    private final StandbyPredicates standbys;
    final TogetherPredicates together;
    private final PromptPredicates prompt;
    private long rootDiedAtNs;
    private long steps;
    private @Nullable Event current;

    Invariants(Simulation world, List<GroupSpec> groups, List<ChildSpec> specs, Coverage coverage) {
        this.world = world;
        this.specs = specs;
        this.coverage = coverage;
        books = new ChildBooks(specs);
        together = new TogetherPredicates(this, groups, specs, books);
        poison = new PoisonPredicates(this);
        deaths = new DeathPredicates(this, poison);
        states = new StatePredicates(this, books, specs.size());
        commands = new CommandPredicates(this, specs, books, poison);
        standbys = new StandbyPredicates(this);
        owners = new OwnerPredicates(this, world, books);
        ends = new EndPredicates(this, world, books);
        prompt = new PromptPredicates(this, specs, books);
    }

    long steps() {
        return steps;
    }

    /** @param lastHeardNs when it last took notice of anything */
    void onRootDeath(long lastHeardNs) {
        rootDiedAtNs = lastHeardNs;
    }

    /** A root has come after one that died: nothing of what was committed is lost, and nothing else is known. */
    void onAdoption(SupervisorState recorded, SupervisorState resumed, boolean endWasAsked) {
        for (ChildState is : resumed.children()) {
            ChildState was = recorded.child(is.spec().index());
            boolean failuresKept =
                    was.failures().equals(is.failures()) && was.poison().equals(is.poison());
            check("ADOPTION_KEEPS_COUNTS", was.incarnation() == is.incarnation(), is::toString);
            check("ADOPTION_KEEPS_COUNTS", was.restarts() == is.restarts(), is::toString);
            check("ADOPTION_KEEPS_COUNTS", was.pid() == is.pid() && was.startTicks() == is.startTicks(), is::toString);
            check("ADOPTION_KEEPS_COUNTS", endWasAsked || failuresKept, is::toString);
        }
        together.onAdoption(endWasAsked);
        books.onAdoption(recorded, resumed, endWasAsked, world.agenda.nowNs() - rootDiedAtNs);
    }

    void onStep(SupervisorState before, Event event, Step step) {
        steps++;
        current = event;
        if (steps % 16 == 0) {
            check("PURE", world.core.step(before, event).equals(step), () -> "the same step differs");
        }
        int child = EventParts.childOf(event);
        if (child >= 0) {
            ChildPhase phase = before.child(child).phase();
            check("EVENT_FITS_PHASE", Cells.isPossible(phase, event.getClass()), () -> name(child) + " is " + phase);
            coverage.met(phase, event);
        }
        for (Command command : step.commands()) {
            if (command instanceof Command.RecordEvent told && told.type() == EventType.KILL_UNANSWERED) {
                coverage.toldOfUnansweredKill();
            }
        }
        books.onEvent(before, event);
        states.onStep(before, event, step);
        commands.repliesOnce(event, step);
        int dead = EventParts.endOf(event, before);
        boolean asked = dead >= 0 && (books.of(dead).endAsked || !books.of(dead).wantedUp || books.shutdown());
        boolean ran = dead >= 0 && (books.of(dead).ran || EventParts.saysThatItRuns(event));
        boolean byOperator = dead >= 0 && books.of(dead).killSignal != null;
        boolean free = dead >= 0 && deaths.isFree(books.of(dead), before, event);
        if (event instanceof Event.Exited exited) {
            deaths.deathIsAnswered(books.of(exited.child()), books.shutdown(), before, exited, step);
        } else if (child >= 0) {
            poison.otherEvent(books.of(child), before, event, step);
        }
        if (event instanceof Event.SpawnFailed failed) {
            deaths.spawnFailureIsAnswered(books.of(failed.child()), books.shutdown(), before, failed, step);
        }
        together.onStep(before, event, step, dead, asked, free, ran, byOperator);
        books.onCommands(before, step);
        commands.onStep(before, event, step);
        standbys.onStep(before, event, step);
        prompt.onStep(before, step.state(), event.nowNs());
        if (EventParts.requestOf(event) != Event.NO_REQUEST || event instanceof Event.Begin) {
            for (int i = 0; i < specs.size(); i++) {
                world.services.wanted(i, books.of(i).wantedUp);
            }
        }
    }

    void check(String predicate, boolean holds, Supplier<String> detail) {
        if (!holds) {
            throw new Violation(predicate, world.agenda.nowNs() / (double) SECOND, steps, current, detail.get());
        }
    }

    String name(int child) {
        return specs.get(child).name();
    }
}
