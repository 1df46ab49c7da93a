package io.coppice.supervisor.root;

import io.coppice.state.SegmentException;
import io.coppice.state.root.Asker;
import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Standby;
import io.coppice.supervisor.core.Step;
import io.coppice.supervisor.core.Supervisor;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.core.Work;
import io.coppice.supervisor.os.ClockSteps;
import io.coppice.supervisor.os.CpuPressure;
import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.os.EventFd;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.os.ServiceNotifier;
import io.coppice.supervisor.os.Spawner;
import io.coppice.supervisor.os.StoredDescriptors;
import io.coppice.supervisor.os.TimerFd;
import io.coppice.supervisor.os.UnixListener;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.specs.PlanSpecs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The duty cycle. One thread waits in epoll for deaths, timers, hints, control requests, spawn results and signals;
 * turns each into an event; lets the pure core decide; commits what it decided to the root segment; and only then carries
 * out the commands, in order. So whatever the root has done to the world is on record before it is done.
 *
 * <p>In steady state a turn reads the heartbeat counters, writes when it saw them move, and allocates nothing.
 */
final class Root implements AutoCloseable {
    /** The core's state; replaced as a whole by {@link #settle}. */
    private SupervisorState state;

    private final ChildTable children;
    private final StatusPublisher publisher;
    private final SegmentWatch segments;
    private final WorkerWatch workers;
    private final AuxiliaryWatch auxiliaries;
    private final DeathWords words;
    private final Remains remains;
    private final Epoll epoll;
    private final TimerFd timer;
    private final ClockSteps clock;
    private final SignalInbox signals;
    private final EventFd spawned;
    private final Spawner spawner;
    private final ProcessTable processes;
    private final HiddenSocket hidden;
    private final AccessControl access;
    private final ControlServer control;
    private final CommandExecutor executor;
    private final Standbys standbys;
    private final StandbyTable standbyTable = new StandbyTable();
    private final Rehearsal rehearsal;
    private final RequestWatch requests;
    private final TransactionOrders orders;
    private final CpuPressure pressure = CpuPressure.ofThisProcess();
    private final Funerals funerals;
    private final LaunchLimits limits;
    private final HeldWatch held;
    private final Orphans orphans;
    private final Incidents incidents;
    private final Sandboxes sandboxes;
    private final InstanceWatch files;
    private final Takeover takeover;
    private final Reload reload;
    private final @Nullable Plan next;
    private final Arrivals arrivals;
    private final Errands errands;
    private final HangupReload hangup;
    private final Notices notices;
    private final ArchiveWishes archives;
    private final ServiceReport service;
    private final KeptPidFds kept;
    private final RootMeter meter = RootMeter.create();
    private final Queue<Event> pending = new ArrayDeque<>();

    /** Made once: a turn allocates nothing. */
    private final Consumer<Event> settling = this::settle;

    private final Consumer<Event> reloading = this::settleForReload;

    /** @param signals stays the caller's */
    Root(PreparedInstance instance, SignalInbox signals, Console console) throws OsException, SegmentException {
        this(instance, signals, console, new StatusPublisher(instance.rootSegment(), console, instance.plan()));
    }

    /** @param publisher tests pass one that ends the root in the middle of a step */
    Root(PreparedInstance instance, SignalInbox signals, Console console, StatusPublisher publisher)
            throws OsException, SegmentException {
        this.signals = signals;
        Plan plan = instance.plan();
        next = instance.next();
        long nowNs = System.nanoTime();
        children = new ChildTable(plan);
        processes = instance.processes();
        state = instance.start().state();
        this.publisher = publisher;
        publisher.standbys(standbyTable);
        incidents = new Incidents(publisher::note);
        segments = new SegmentWatch(children, instance, console);
        epoll = Epoll.create();
        timer = TimerFd.create();
        clock = ClockSteps.listen();
        spawned = EventFd.create();
        spawner = new Spawner(spawned);
        limits = new LaunchLimits(instance.groups(), incidents);
        funerals = new Funerals(processes, incidents, new DyingDependencies(children, processes), limits::remove);
        remains = new Remains(processes);
        words = new DeathWords(children, segments, processes, funerals, remains, epoll, incidents, () -> state);
        requests = new RequestWatch(children, segments, () -> state, this::settle);
        orders = new TransactionOrders(children, requests, segments, publisher);
        workers = new WorkerWatch(
                plan,
                children,
                segments,
                epoll,
                publisher,
                meter,
                incidents,
                () -> state,
                this::settle,
                requests,
                words::look,
                this::onHintBeforeReady);
        auxiliaries = new AuxiliaryWatch(children, nowNs);
        held = new HeldWatch(segments, processes);
        errands = new Errands(instance.directory(), spawner, epoll, processes);
        hangup = new HangupReload(instance, errands, incidents, console);
        notices = new Notices(instance, publisher, errands, incidents, () -> state);
        archives = new ArchiveWishes(instance, children, errands, incidents, nowNs);
        orphans = new Orphans(
                processes,
                children,
                standbyTable,
                remains,
                errands,
                ProcessHandle.current().pid(),
                nowNs);
        ServiceNotifier notifier = ServiceNotifier.fromEnvironment();
        kept = new KeptPidFds(notifier, StoredDescriptors.fromEnvironment());
        WorkerUsers users = new WorkerUsers(children, standbyTable, instance::segment);
        sandboxes = new Sandboxes(instance, plan, console);
        takeover = new Takeover(instance.start(), processes, epoll, segments, funerals, kept, limits, users, sandboxes);
        service = new ServiceReport(notifier, console);
        hidden = new HiddenSocket(plan.isolation());
        access = new AccessControl(Integer.toUnsignedLong(instance.ownUid()), plan.access());
        control = new ControlServer(
                epoll,
                UnixListener.bind(instance.controlSocket(), plan.access().group()),
                hidden,
                access,
                this::onControlRequest,
                incidents);
        reload = new Reload(plan, instance.directory(), instance.groups(), control, incidents, console);
        files = new InstanceWatch(
                instance,
                children,
                control,
                new InstanceWatch.Records() {
                    @Override
                    public void makeAnew(Path file) throws StartupRefused, SegmentException {
                        publisher.recordAnew(file, state);
                    }

                    @Override
                    public boolean recordPlan() throws StartupRefused, IOException {
                        return reload.recordPresent();
                    }
                },
                segments,
                users,
                sandboxes,
                incidents,
                epoll,
                console,
                nowNs);
        rehearsal = new Rehearsal(
                children,
                publisher,
                child -> {
                    segments.leftBy(child, Work.NO_REQUEST);
                    words.rehearse(child);
                },
                segments::request,
                processes);
        Launcher launcher = new Launcher(spawner, instance, archives, limits, users, sandboxes);
        standbys = new Standbys(
                children,
                standbyTable,
                launcher,
                processes,
                epoll,
                funerals,
                archives,
                limits,
                users,
                sandboxes,
                console,
                pending::add);
        arrivals = new Arrivals(
                spawner, spawned, children, segments, files, processes, epoll, funerals, kept, publisher, standbys,
                archives, errands, limits, sandboxes, settling);
        executor = new CommandExecutor(
                children,
                launcher,
                standbys,
                kept,
                files,
                sandboxes,
                processes,
                control,
                publisher,
                pending::add,
                errands,
                settling,
                notices);
    }

    /**
     * Runs until everything is stopped or completed.
     *
     * @return the root's exit code
     */
    int run() throws OsException {
        epoll.add(signals.fd(), Tokens.of(Tokens.SIGNALS, 0));
        epoll.add(timer.fd(), Tokens.of(Tokens.TIMER, 0));
        epoll.add(clock.fd(), Tokens.of(Tokens.CLOCK, 0));
        epoll.add(spawned.fd(), Tokens.of(Tokens.SPAWNER, 0));
        epoll.add(reload.fd(), Tokens.of(Tokens.RELOAD, 0));
        epoll.add(words.fd(), Tokens.of(Tokens.DEATH_WORD, 0));
        control.start();
        long pid = ProcessHandle.current().pid();
        takeover.tell(publisher, children, standbyTable);
        publisher.begin(pid, processes, state);
        notices.begin(System.nanoTime());
        adopt();
        if (signals.isEndAsked()) {
            onSignal(); // before anything is launched that would have to be stopped again
        } else {
            if (next != null) {
                reload.changeTo(next, state, settling, System.nanoTime());
            }
            settle(new Event.Begin(System.nanoTime()));
            requests.lookAtAll(System.nanoTime());
        }
        while (!isOver()) {
            turn();
        }
        publisher.ended();
        service.stopping();
        return executor.exitCode();
    }

    private boolean isOver() {
        return executor.exitCode() >= 0 && notices.areDone(System.nanoTime());
    }

    /** Each process that a root which died had recorded: it is watched from now on, or it has ended. */
    private void adopt() throws OsException {
        for (ChildProcess child : children.all()) {
            Event.Adopted found = takeover.find(child, state.child(child.index));
            if (found != null) {
                settle(found);
                follow(child, found.nowNs());
            }
            for (Standby standby : state.child(child.index).standbys().standbys()) {
                Event.StandbyAdopted reserve = takeover.find(child, standby, standbyTable);
                if (reserve != null) {
                    settle(reserve);
                }
            }
        }
        kept.discardOthers();
        limits.removeOthers(children, standbyTable);
        sandboxes.removeOthers(children, standbyTable);
        // What needs no longer burial is told of before anything is launched.
        bury(System.nanoTime());
    }

    private void follow(ChildProcess child, long nowNs) {
        ChildState now = state.child(child.index);
        workers.follow(child.index, now, now, nowNs);
        if (now.phase() == ChildPhase.HELD || now.phase() == ChildPhase.ABANDONING) {
            held.watch(child, nowNs);
            lookAtHeld(nowNs);
        } else if (now.phase() == ChildPhase.STARTING) {
            // It may long have been what nobody was there to hear.
            workers.notePhase(child, nowNs);
        }
    }

    private void lookAtHeld(long nowNs) {
        for (Event running = held.nextRunning(nowNs); running != null; running = held.nextRunning(nowNs)) {
            settle(running);
        }
    }

    private void bury(long nowNs) {
        for (Event over = funerals.nextOver(nowNs); over != null; over = funerals.nextOver(nowNs)) {
            if (over instanceof Event.Exited exited) {
                sandboxes.discard(children.get(exited.child()));
                settle(archives.judge(children.get(exited.child()), exited));
                kept.discard(children.get(exited.child()).plan.name(), exited.incarnation());
            } else if (over instanceof Event.StandbyExited exited) {
                judgeArchive(exited);
                standbys.forget(exited.child(), exited.standby());
                settle(exited);
            }
        }
    }

    /** Of one that was not warm yet. */
    private void judgeArchive(Event.StandbyExited exited) {
        StandbyProcess standby = standbyTable.find(exited.child(), exited.standby());
        Standby known = state.child(exited.child()).standbys().find(exited.standby());
        if (standby != null && known != null && known.phase() == Standby.Phase.BOOTING) {
            archives.judge(standby, exited);
        }
    }

    /** One turn of the duty cycle. */
    private void turn() throws OsException {
        armTimer();
        int ready = epoll.await(-1);
        for (int i = 0; i < ready && !isOver(); i++) {
            long token = epoll.token(i);
            dispatch(Tokens.kind(token), Tokens.index(token));
        }
        if (!isOver()) {
            onTime(System.nanoTime());
            reload(System.nanoTime());
            words.commit();
        }
        meter.onTurn();
    }

    private void dispatch(int kind, int index) throws OsException {
        switch (kind) {
            case Tokens.SIGNALS -> onSignal();
            case Tokens.TIMER -> timer.drain();
            case Tokens.CLOCK -> onClockSet();
            case Tokens.SPAWNER -> {
                arrivals.take();
                settlePending();
            }
            case Tokens.CONTROL_LISTENER -> control.onAcceptable(System.nanoTime());
            case Tokens.CONTROL_CLIENT -> control.onReadable(index, System.nanoTime());
            case Tokens.CHILD_DEATH -> onDeath(children.inSlot(index));
            case Tokens.CHILD_HINT -> workers.onHint(children.inSlot(index));
            case Tokens.STANDBY_DEATH -> standbys.onDeath(index);
            case Tokens.STANDBY_HINT -> {
                standbys.onHint(index);
                settlePending();
                rehearsal.onParked(System.nanoTime());
            }
            case Tokens.RELOAD -> reload.onPrepared();
            case Tokens.ERRAND -> errands.onDeath(index, System.nanoTime());
            case Tokens.DEATH_WORD -> words.onWoken();
            case Tokens.DIRECTORY -> files.onRemoval(System.nanoTime());
            default -> throw new IllegalStateException("epoll told of a descriptor of kind " + kind);
        }
    }

    private void armTimer() {
        long nextNs = state.nextDeadlineNs();
        nextNs = Math.min(nextNs, state.nextRefillNs());
        nextNs = Math.min(nextNs, workers.nextScanNs());
        nextNs = Math.min(nextNs, workers.nextListenNs());
        nextNs = Math.min(nextNs, auxiliaries.nextLookNs());
        nextNs = Math.min(nextNs, rehearsal.nextNs());
        nextNs = Math.min(nextNs, funerals.nextLookNs());
        nextNs = Math.min(nextNs, remains.nextLookNs());
        nextNs = Math.min(nextNs, limits.nextLookNs());
        nextNs = Math.min(nextNs, held.nextLookNs());
        nextNs = Math.min(nextNs, orphans.nextLookNs());
        nextNs = Math.min(nextNs, control.nextDeadlineNs());
        nextNs = Math.min(nextNs, files.nextLookNs());
        nextNs = Math.min(nextNs, archives.nextLookNs());
        nextNs = Math.min(nextNs, errands.nextDeadlineNs());
        nextNs = Math.min(nextNs, notices.nextLookNs());
        nextNs = Math.min(nextNs, service.nextPingNs());
        if (nextNs == Long.MAX_VALUE) {
            timer.disarm();
        } else {
            timer.armAtNs(nextNs);
        }
    }

    private void onTime(long nowNs) throws OsException {
        if (workers.isScanDue(nowNs)) {
            workers.scan(nowNs);
        }
        if (nowNs >= workers.nextListenNs()) {
            workers.listenAgain(nowNs);
        }
        if (auxiliaries.isDue(nowNs)) {
            auxiliaries.look(settling, nowNs);
        }
        if (nowNs >= funerals.nextLookNs()) {
            bury(nowNs);
        }
        if (nowNs >= remains.nextLookNs()) {
            remains.look(nowNs);
        }
        if (nowNs >= limits.nextLookNs()) {
            limits.look(nowNs);
        }
        if (nowNs >= held.nextLookNs()) {
            lookAtHeld(nowNs);
        }
        if (orphans.isDue(nowNs)) {
            orphans.look(arrivals.areAwaited(state), nowNs);
        }
        if (nowNs >= state.nextDeadlineNs()) {
            settle(new Event.Tick(nowNs));
        }
        if (nowNs >= state.nextRefillNs()) {
            settle(new Event.RefillDue(pressure.isStarved(), nowNs));
        }
        if (nowNs >= control.nextDeadlineNs()) {
            control.onDeadline(nowNs);
        }
        if (nowNs >= files.nextLookNs()) {
            files.look(nowNs);
        }
        if (nowNs >= archives.nextLookNs()) {
            archives.look(state, nowNs);
        }
        if (nowNs >= errands.nextDeadlineNs()) {
            errands.onDeadline(nowNs);
        }
        if (nowNs >= rehearsal.nextNs()) {
            rehearsal.rehearse(state, nowNs);
        }
        if (service.isPingDue(nowNs)) {
            service.ping(nowNs);
        }
    }

    /** Lets the core decide, commits, acts; then the same for what the acts brought about. */
    private void settle(Event first) {
        pending.add(first);
        settlePending();
    }

    private void settle(@Nullable Asker by, Event first) {
        publisher.askedBy(by);
        settle(first);
    }

    private void settleForReload(Event first) {
        settle(reload.asker(), first);
    }

    private void settlePending() {
        for (Event event = pending.poll(); event != null; event = pending.poll()) {
            SupervisorState before = state;
            Step step = Supervisor.step(before, event);
            state = step.state();
            publisher.publish(before, state, step.commands());
            watchWorkers(before, state, event instanceof Event.Replanned, event.nowNs());
            for (Command command : step.commands()) {
                command.carryOutWith(executor);
            }
        }
        publisher.tell();
        notices.look(System.nanoTime());
        if (state.phase() != SupervisorState.Phase.ADOPTING) {
            service.report(state);
        }
    }

    private void watchWorkers(SupervisorState before, SupervisorState after, boolean otherPlan, long nowNs) {
        for (int i = 0; i < children.size(); i++) {
            ChildState was = otherPlan ? after.child(i) : before.child(i);
            if (otherPlan || after.child(i) != was) {
                workers.follow(i, was, after.child(i), nowNs);
            }
        }
    }

    /** At the end of a turn, when nothing is known of the old plan any more but what the tables hold. */
    private void reload(long nowNs) {
        Plan next = reload.advance(state, reloading, nowNs);
        if (next == null) {
            return;
        }
        int[] from = children.replan(next);
        segments.replan();
        files.replan();
        sandboxes.replan(next);
        notices.replan(next);
        hangup.replan(next);
        workers.replan(next, from);
        words.onReplanned();
        auxiliaries.replan(nowNs);
        publisher.replan(next, from);
        settleForReload(
                new Event.Replanned(PlanSpecs.specs(next), segments.incarnations(), PlanSpecs.groups(next), nowNs));
        reload.done(next);
        access.replan(next.access());
        files.share(next, nowNs);
        files.onPlanRecorded();
        limits.tellNotEnforced(next, nowNs);
        requests.lookAtAll(nowNs);
    }

    private void onHintBeforeReady(ChildProcess child) {
        files.onHint(child);
    }

    private void onDeath(ChildProcess child) {
        PidFd pidFd = child.pidFd;
        if (pidFd == null || !pidFd.isDead()) {
            return; // That was one that could not be watched.
        }
        long nowNs = System.nanoTime();
        epoll.remove(pidFd.fd());
        child.dead = true;
        words.forget(child);
        if (state.child(child.index).phase() == ChildPhase.STARTING) {
            files.follow(child);
        }
        // The funeral itself, and what the core makes of the death, follow in this turn: its first look is due at once.
        funerals.begin(
                child,
                pidFd,
                segments.leftBy(child, state.child(child.index).work().served()),
                nowNs);
    }

    /** Nothing is decided by that clock; but events are dated by it, and what is kept of them would puzzle whoever reads it. */
    private void onClockSet() {
        if (clock.drain()) {
            long stepMs = clock.stepMs();
            long suspendedMs = clock.suspendedMs();
            incidents.tell(
                    Incidents.Kind.CLOCK_SET,
                    System.nanoTime(),
                    suspendedMs > 0
                            ? "the machine was suspended for about " + suspendedMs
                                    + " ms; that counts as nobody's silence, and towards no timeout"
                            : "the wall clock was set, by about " + stepMs + " ms");
        }
    }

    private void onSignal() {
        int signal = signals.take();
        if (signal == SignalInbox.HANGUP) {
            hangup.ask(System.nanoTime());
        } else if (signal != SignalInbox.NONE) {
            settle(new Event.ShutdownRequested(Event.NO_REQUEST, System.nanoTime()));
            notices.onEndAsked(System.nanoTime());
        }
    }

    private void onControlRequest(long requestId, ControlRequest request, Asker by) {
        if (request instanceof ControlRequest.Reload asked) {
            reload.ask(requestId, asked, by, state);
            return;
        }
        if (request instanceof ControlRequest.Order asked) {
            control.reply(requestId, orders.give(asked, by, state));
            return;
        }
        Event event = ControlEvents.eventOf(requestId, request, state, System.nanoTime());
        if (event != null) {
            settle(by, event);
            if (event instanceof Event.HealthChanged told) {
                auxiliaries.heard(told.child(), told.incarnation());
            }
            if (ControlEvents.isTidings(request)) {
                control.reply(requestId, "ok");
            }
        } else {
            control.reply(requestId, ControlEvents.immediateReply(request, state));
        }
    }

    @Override
    public void close() {
        control.close();
        hidden.close();
        reload.close();
        files.close();
        errands.close();
        spawner.close();
        for (ChildProcess child : children.all()) {
            child.closeAll();
        }
        standbyTable.closeAll();
        words.close();
        remains.close();
        limits.close();
        segments.close();
        timer.close();
        clock.close();
        spawned.close();
        epoll.close();
    }
}
