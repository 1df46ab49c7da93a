package io.coppice.supervisor.root;

import io.coppice.state.root.Asker;
import io.coppice.supervisor.core.ChildSpec;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Dependency;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.core.Wanted;
import io.coppice.supervisor.limits.GroupTree;
import io.coppice.supervisor.os.EventFd;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanSuccession;
import io.coppice.supervisor.plan.ReplicaSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * From one plan to the next, one reload at a time. First all that is new is reserved; if that cannot be, nothing has happened.
 * Then what the new plan no longer has is stopped, dependents first, under the old plan. When it is gone the new plan takes the
 * old one's place, and what would be started in another way now is started anew.
 *
 * <p>A root that dies on the way has lost nothing: its successor is started with the new manifest, and does the rest.
 *
 * <p>Duty-cycle thread only; the preparation has a thread of its own.
 */
final class Reload implements AutoCloseable {
    private static final int EXIT_FAILED = 1;

    private final Path directory;
    private final GroupTree groups;
    private final Console console;
    private final ControlServer control;
    private final Incidents incidents;
    private final EventFd prepared;
    private Plan present;
    private long requestId;
    private @Nullable Asker asker;
    private @Nullable ReloadPreparation preparation;
    private ReloadPreparation.@Nullable Ready next;

    Reload(Plan plan, Path directory, GroupTree groups, ControlServer control, Incidents incidents, Console console)
            throws OsException {
        this.present = plan;
        this.directory = directory;
        this.groups = groups;
        this.control = control;
        this.incidents = incidents;
        this.console = console;
        this.prepared = EventFd.create();
    }

    /** Readable when {@link #onPrepared} is due. */
    int fd() {
        return prepared.fd();
    }

    /** Who asked for the one that is under way; null if nobody did. */
    @Nullable
    Asker asker() {
        return asker;
    }

    /** Answered when it is known whether it can be. */
    void ask(long request, ControlRequest.Reload asked, Asker by, SupervisorState state) {
        if (preparation != null || next != null) {
            control.reply(request, "later a reload is under way; ask again when it is done");
        } else if (state.phase() != SupervisorState.Phase.RUNNING) {
            refuse(request, EXIT_FAILED, "the instance is shutting down");
        } else {
            requestId = request;
            asker = by;
            Path written = directory.resolve(asked.file());
            preparation = ReloadPreparation.begin(
                    present, asked.base(), () -> ReloadPreparation.read(written), groups, prepared);
        }
    }

    /**
     * The same for a manifest that was changed while there was no root, before anything is launched: what it lacks is stopped as a
     * reload stops it, and not started again.
     */
    void changeTo(Plan plan, SupervisorState state, Consumer<Event> settle, long nowNs) {
        requestId = Event.NO_REQUEST;
        asker = null;
        preparation = ReloadPreparation.begin(present, null, () -> plan, groups, prepared);
        if (PlanSuccession.obstacle(present, plan) != null) {
            return;
        }
        for (ChildState child : state.children()) {
            int index = child.spec().index();
            if (!PlanSuccession.keeps(plan, present.children().get(index))
                    && child.wanted() == Wanted.UP
                    && (!child.phase().occupied() || !isNeeded(state, plan, index))) {
                settle.accept(stop(index, plan, nowNs));
            }
        }
    }

    /** What this plan does not go on with. */
    private Event stop(int index, Plan plan, long nowNs) {
        String name = present.children().get(index).name();
        boolean named = plan.children().stream().anyMatch(other -> other.name().equals(name));
        return new Event.StopRequested(
                index,
                Event.NO_REQUEST,
                named
                        ? "by a reload: its kind is another one in the new plan, so it is stopped first"
                        : "by a reload: the new plan has it no more",
                nowNs);
    }

    /** The preparation is done. */
    void onPrepared() {
        prepared.drain();
        ReloadPreparation.Result result = preparation == null ? null : preparation.result();
        if (result == null) {
            return;
        }
        preparation = null;
        if (result instanceof ReloadPreparation.Outdated) {
            control.reply(
                    requestId,
                    "later the plan was changed meanwhile, by another reload or scale; run the command again");
        } else if (result instanceof ReloadPreparation.Refused refused) {
            refused.reservations().undo(console);
            incidents.tell(
                    Incidents.Kind.RELOAD_FAILED,
                    System.nanoTime(),
                    asker,
                    "reload refused, nothing was changed: " + refused.reason());
            refuse(requestId, refused.exitCode(), refused.reason());
        } else {
            next = (ReloadPreparation.Ready) result;
            control.reply(requestId, "ok");
        }
    }

    private void refuse(long request, int exitCode, String reason) {
        control.reply(request, "error " + exitCode + " " + reason);
    }

    /**
     * Goes as far as it can.
     *
     * @param settle takes an event in at once
     * @return the plan that is to take effect now, or null
     */
    @Nullable
    Plan advance(SupervisorState state, Consumer<Event> settle, long nowNs) {
        ReloadPreparation.Ready ready = next;
        if (ready == null) {
            return null;
        }
        if (state.phase() != SupervisorState.Phase.RUNNING) {
            console.warn("the instance is shutting down: the reload is given up");
            ready.reservations().undo(console);
            finish();
            return null;
        }
        boolean gone = true;
        for (ChildState child : state.children()) {
            int index = child.spec().index();
            if (child.isAround()
                    && !PlanSuccession.keeps(ready.plan(), present.children().get(index))) {
                gone = false;
                // Also of one that somebody has had started meanwhile.
                if (child.wanted() == Wanted.UP && !isNeeded(state, ready.plan(), index)) {
                    settle.accept(stop(index, ready.plan(), nowNs));
                }
            }
        }
        return gone ? ready.plan() : null;
    }

    /** The plan has taken effect. */
    void done(Plan plan) {
        present = plan;
        finish();
        try {
            PlanRecord.replace(directory);
        } catch (IOException e) {
            console.warn("the new plan holds, but cannot be recorded in " + directory + ": " + e
                    + ". Commands that read the record show the old one until the root is started again");
        }
    }

    /**
     * The record was lost: writes it once more.
     *
     * @return false if a reload is under way, and has written the next one under the name that this would take
     */
    boolean recordPresent() throws StartupRefused, IOException {
        if (preparation != null || next != null) {
            return false;
        }
        PlanRecord.write(directory, present);
        PlanRecord.replace(directory);
        return true;
    }

    private void finish() {
        next = null;
    }

    /** Whether one that is to go as well depends on it, or is a later replica of a daemon that stays, and is still there. */
    private boolean isNeeded(SupervisorState state, Plan plan, int index) {
        for (ChildState other : state.children()) {
            ChildSpec spec = other.spec();
            if (other.phase().occupied()
                    && !PlanSuccession.keeps(plan, present.children().get(spec.index()))
                    && (spec.dependencies().stream().map(Dependency::index).anyMatch(on -> on == index)
                            || isLaterReplica(plan, spec.index(), index))) {
                return true;
            }
        }
        return false;
    }

    /** The replicas of a set come in the order of their numbers. */
    private boolean isLaterReplica(Plan plan, int other, int index) {
        String set = ReplicaSet.setOf(present.children().get(index).name());
        return other > index
                && set != null
                && set.equals(ReplicaSet.setOf(present.children().get(other).name()))
                && plan.replicaSet(set).isPresent();
    }

    /** A preparation that is still under way keeps its descriptor: the number must not become another's. */
    @Override
    public void close() {
        if (preparation == null) {
            prepared.close();
        }
    }
}
