package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.SECOND;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.EventType;
import io.coppice.supervisor.core.FailureHistory;
import io.coppice.supervisor.core.GroupSpec;
import io.coppice.supervisor.core.Orders;
import io.coppice.supervisor.core.PoisonHistory;
import io.coppice.supervisor.core.Step;
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
    final ChildBooks books;
    final OwnerPredicates owners;
    final CommandPredicates commands;
    final EndPredicates ends;

    private final Simulation world;

    /** The plan that the present root goes by, which the predicates share. */
    private final List<ChildSpec> plan;

    private final Coverage coverage;
    private final PoisonPredicates poison;
    private final DeathPredicates deaths;
    private final StatePredicates states;
    private final StandbyPredicates standbys;
    final TogetherPredicates together;
    private final CompletionPredicates completion;
    private final PromptPredicates prompt;
    final TransactionPredicates transactions;
    private long rootDiedAtNs;
    private long steps;
    private @Nullable Event current;

    Invariants(Simulation world, List<GroupSpec> groups, List<ChildSpec> specs, Coverage coverage) {
        this.world = world;
        plan = new ArrayList<>(specs);
        this.coverage = coverage;
        books = new ChildBooks(plan);
        together = new TogetherPredicates(this, groups, plan, books);
        completion = new CompletionPredicates(this, books);
        poison = new PoisonPredicates(this);
        deaths = new DeathPredicates(this, poison);
        states = new StatePredicates(this, books, specs.size());
        commands = new CommandPredicates(this, plan, books, poison);
        standbys = new StandbyPredicates(this);
        owners = new OwnerPredicates(this, world, books);
        ends = new EndPredicates(this, world, books);
        prompt = new PromptPredicates(this, plan, books);
        transactions = new TransactionPredicates(this, world, books);
    }

    long steps() {
        return steps;
    }

    /** @param lastHeardNs when it last took notice of anything */
    void onRootDeath(long lastHeardNs) {
        rootDiedAtNs = lastHeardNs;
    }

    /** The instance was started again after its end. */
    void onRunAgain(SupervisorState again) {
        goBy(again.children().stream().map(ChildState::spec).toList());
        books.onRunAgain(again);
        together.onRunAgain();
    }

    private void goBy(List<ChildSpec> specs) {
        for (int i = 0; i < plan.size(); i++) {
            plan.set(i, specs.get(i));
        }
    }

    /**
     * A root has come after one that died: nothing of what was committed is lost, and nothing else is known. Of a child that is of another
     * kind by now only its incarnations are left.
     */
    void onAdoption(SupervisorState recorded, SupervisorState resumed, boolean endWasAsked) {
        goBy(resumed.children().stream().map(ChildState::spec).toList());
        for (ChildState is : resumed.children()) {
            ChildState was = recorded.child(is.spec().index());
            if (!Kinds.same(was.spec(), is.spec())) {
                check("ANOTHER_KIND_IS_ANOTHER_CHILD", was.incarnation() == is.incarnation(), is::toString);
                check("ANOTHER_KIND_IS_ANOTHER_CHILD", isNew(is), is::toString);
                continue;
            }
            boolean failuresKept =
                    was.failures().equals(is.failures()) && was.poison().equals(is.poison());
            check("ADOPTION_KEEPS_COUNTS", was.incarnation() == is.incarnation(), is::toString);
            check("ADOPTION_KEEPS_COUNTS", was.restarts() == is.restarts(), is::toString);
            check("ADOPTION_KEEPS_COUNTS", was.pid() == is.pid() && was.startTicks() == is.startTicks(), is::toString);
            check("ADOPTION_KEEPS_COUNTS", endWasAsked || failuresKept, is::toString);
        }
        together.onAdoption(recorded, resumed, endWasAsked);
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
        if (event instanceof Event.Replanned replanned && before.phase() == SupervisorState.Phase.RUNNING) {
            goBy(replanned.specs());
            reloadsTakeEffect(before, step.state());
        }
        books.onEvent(before, event);
        states.onStep(before, event, step);
        commands.repliesOnce(event, step);
        int dead = EventParts.endOf(event, before);
        boolean asked = dead >= 0 && (books.of(dead).endAsked || !books.of(dead).wantedUp || books.shutdown());
        boolean ran = dead >= 0 && (books.of(dead).ran || EventParts.saysThatItRuns(event));
        boolean byOperator = dead >= 0 && books.of(dead).killSignal != null;
        boolean free = dead >= 0 && deaths.isFree(books.of(dead), before, event);
        transactions.onStep(before, event, step);
        if (isOfSlot(event, before)) {
            books.of(EventParts.childOf(event)).endLifeOf(event, before);
        } else if (event instanceof Event.Exited exited) {
            deaths.deathIsAnswered(books.of(exited.child()), books.shutdown(), before, exited, step);
        } else if (child >= 0) {
            poison.otherEvent(books.of(child), before, event, step);
        }
        if (event instanceof Event.SpawnFailed failed && !isOfSlot(event, before)) {
            deaths.spawnFailureIsAnswered(books.of(failed.child()), books.shutdown(), before, failed, step);
        }
        together.onStep(before, event, step, dead, asked, free, ran, byOperator);
        completion.onStep(step);
        books.onCommands(before, step);
        commands.onStep(before, event, step);
        standbys.onStep(before, event, step);
        prompt.onStep(before, step.state(), event.nowNs());
        if (EventParts.requestOf(event) != Event.NO_REQUEST || event instanceof Event.Begin) {
            for (int i = 0; i < plan.size(); i++) {
                world.services.wanted(i, books.of(i).wantedUp);
            }
        }
    }

    private static boolean isOfSlot(Event event, SupervisorState before) {
        int child = EventParts.childOf(event);
        return child >= 0 && before.child(child).spec().slot() != null;
    }

    /** At once, and whatever becomes another child begins anew: it is launched, if at all, for the first time. */
    private void reloadsTakeEffect(SupervisorState before, SupervisorState after) {
        for (ChildState is : after.children()) {
            ChildState was = before.child(is.spec().index());
            check("RELOADS_TAKE_EFFECT", is.spec().equals(plan.get(is.spec().index())), is::toString);
            if (!Kinds.same(was.spec(), is.spec())) {
                // Where only such are left as serve others, all is done, and the same step ends what it has just begun.
                boolean ended = after.phase() != SupervisorState.Phase.RUNNING;
                check("ANOTHER_KIND_IS_ANOTHER_CHILD", !was.isAround() && (ended || isNew(is)), is::toString);
                check("ANOTHER_KIND_IS_ANOTHER_CHILD", is.incarnation() >= was.incarnation(), is::toString);
            }
        }
    }

    /** Nothing has befallen it yet. */
    private static boolean isNew(ChildState child) {
        return child.wanted() == Wanted.UP
                && !child.hasProcess()
                && child.restarts() == 0
                && child.failures().equals(FailureHistory.EMPTY)
                && child.poison().equals(PoisonHistory.CLEAN)
                && child.orders().equals(Orders.NONE)
                && child.lastExit() == null;
    }

    void check(String predicate, boolean holds, Supplier<String> detail) {
        if (!holds) {
            throw new Violation(predicate, world.agenda.nowNs() / (double) SECOND, steps, current, detail.get());
        }
    }

    String name(int child) {
        return plan.get(child).name();
    }
}
