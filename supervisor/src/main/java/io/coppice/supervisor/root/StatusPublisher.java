package io.coppice.supervisor.root;

import io.coppice.state.SegmentException;
import io.coppice.state.root.Asker;
import io.coppice.state.root.ChildRow;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RequestOrder;
import io.coppice.state.root.RootPhase;
import io.coppice.state.root.RootSegment;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.StandbyRecord;
import io.coppice.state.root.WantedCode;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.LastExit;
import io.coppice.supervisor.core.Standby;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.core.Wanted;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the core decided into the root segment: the rows that changed and the events that tell of it, in one
 * commit, before any command is carried out.
 *
 * <p>Duty-cycle thread only. Not final: tests end the root in the middle of it.
 */
class StatusPublisher {
    private RootSegment segment;
    private @Nullable RootSegment another;
    private final Console console;
    private Plan plan;
    private @Nullable LastExit[] lastExits;
    private long[] lastExitEpochMs;
    private long[] sessions;
    private long[] pidfdInodes;
    private long[] pipeInodes;
    private long[] logStartsBytes;
    private long[] heartbeatsSeenNs;

    /** By index, the last that was given to a daemon. */
    private @Nullable RequestOrder[] orders;

    /** What somebody asked for, and not what follows from it. */
    private static final Set<EventType> ASKED_FOR = EnumSet.of(
            EventType.STOP_REQUESTED,
            EventType.START_REQUESTED,
            EventType.RESTART_REQUESTED,
            EventType.KILL_REQUESTED,
            EventType.SHUTDOWN_REQUESTED,
            EventType.RELOADED);

    private record Told(Command.RecordEvent event, @Nullable Asker by) {}

    private StandbyTable standbys = new StandbyTable();
    private final List<Told> untold = new ArrayList<>();

    /** Who asked for what is published next; null if nobody did. */
    private @Nullable Asker asker;

    private boolean replanned;
    private long pid;
    private long startTicks;
    private String bootId = "";
    private long pidNamespace;
    private long gaveUpAtEpochMs;
    private String gaveUpBy = "";

    StatusPublisher(RootSegment segment, Console console, Plan plan) {
        this.segment = segment;
        this.console = console;
        this.plan = plan;
        this.lastExits = new @Nullable LastExit[plan.children().size()];
        this.lastExitEpochMs = new long[plan.children().size()];
        this.sessions = new long[plan.children().size()];
        this.pidfdInodes = new long[plan.children().size()];
        this.pipeInodes = new long[plan.children().size()];
        this.logStartsBytes = new long[plan.children().size()];
        this.heartbeatsSeenNs = new long[plan.children().size()];
        this.orders = new @Nullable RequestOrder[plan.children().size()];
    }

    /** Before {@link #begin}: what a root that died had recorded, and the core does not know. */
    void resume(int child, RecordedChild recorded) {
        lastExits[child] = recorded.state().lastExit();
        lastExitEpochMs[child] = recorded.lastExitEpochMs();
        sessions[child] = recorded.session();
        pidfdInodes[child] = recorded.pidfdInode();
        pipeInodes[child] = recorded.pipeInode();
        logStartsBytes[child] = recorded.logStartBytes();
    }

    /** Before {@link #begin}: the last order that a root before this one gave to a daemon; null if none did. */
    void resumeOrder(int child, @Nullable RequestOrder order) {
        orders[child] = order;
    }

    /** The last order that a daemon was given, be it carried out or not; null if none. */
    @Nullable
    RequestOrder order(int child) {
        return orders[child];
    }

    /** Gives a daemon an order, in place of the one before, as a commit of its own. */
    void order(int child, RequestOrder order, Asker by, String text) {
        orders[child] = order;
        writeOrder(segment.child(child), child);
        segment.event(System.currentTimeMillis(), child, EventType.NOTE, 0, 0, by, text);
        segment.commit();
        console.info(subject(child) + ": " + text + words(by));
    }

    private void writeOrder(ChildRow row, int child) {
        RequestOrder order = orders[child];
        if (order != null) {
            row.order(order.number(), order.code(), order.requestId());
        }
    }

    /** Where to find what is recorded of standbys and the core does not know. */
    void standbys(StandbyTable table) {
        standbys = table;
    }

    /**
     * The session that a child's process is in, its pidfd's inode, and how long its log file was; stored with the step that
     * records the process.
     */
    void launched(int child, long session, long pidfdInode, long logStartBytes) {
        sessions[child] = session;
        pidfdInodes[child] = pidfdInode;
        pipeInodes[child] = 0;
        logStartsBytes[child] = logStartBytes;
    }

    /** A new root's first commit: who it is, and its children, none of them launched by it. */
    void begin(long pid, ProcessTable processes, SupervisorState initial) throws OsException {
        this.pid = pid;
        startTicks = processes.startTicks((int) pid);
        bootId = processes.bootId();
        pidNamespace = processes.pidNamespace();
        beginIn(initial);
    }

    /**
     * Goes on in another segment, in place of one that has lost its name: all but the events so far is in it at once.
     *
     * @throws StartupRefused if there is no room for it, or something else is there; nothing has changed then
     */
    void recordAnew(Path file, SupervisorState now) throws StartupRefused, SegmentException {
        RootSegment fresh = PreparedInstance.anotherRootSegment(file, plan);
        try {
            if (another != null) {
                another.close(); // the first is closed with the instance
            }
        } catch (IOException e) {
            console.warn("a root segment that has lost its name stays in memory: " + e.getMessage());
        }
        another = fresh;
        segment = fresh;
        beginIn(now);
    }

    private void beginIn(SupervisorState now) {
        segment.begin(pid, startTicks, bootId, System.currentTimeMillis());
        segment.pidNamespace(pidNamespace);
        if (gaveUpAtEpochMs != 0) {
            segment.gaveUp(gaveUpAtEpochMs, gaveUpBy);
        }
        segment.phase(StoredCodes.phase(now.phase()));
        writeAll(now);
        segment.commit();
    }

    private void writeAll(SupervisorState state) {
        List<ChildPlan> children = plan.children();
        for (int i = 0; i < children.size(); i++) {
            ChildPlan child = children.get(i);
            segment.child(i).reset(child.name(), StoredCodes.kind(state.child(i).spec()));
            write(segment.child(i), i, state.child(i));
            writeStandbys(i, state.child(i));
            writeOrder(segment.child(i), i);
            segment.child(i).heartbeatSeenNs(heartbeatsSeenNs[i]);
            LastExit exit = lastExits[i];
            if (exit != null) {
                segment.child(i)
                        .lastExit(
                                StoredCodes.exitKind(exit),
                                exit.code(),
                                exit.signal(),
                                lastExitEpochMs[i],
                                exit.text());
            }
        }
        segment.childCount(children.size());
        GroupRecords.writeAll(segment, state.groups());
    }

    /**
     * The plan is another one from the next {@link #publish} on.
     *
     * @param from by new index, the old one; -1 for a child that was not there
     */
    void replan(Plan next, int[] from) {
        @Nullable LastExit[] exits = new @Nullable LastExit[from.length];
        long[] exitsEpochMs = new long[from.length];
        long[] launchedIn = new long[from.length];
        long[] inodes = new long[from.length];
        long[] pipes = new long[from.length];
        long[] logStarts = new long[from.length];
        long[] seenNs = new long[from.length];
        @Nullable RequestOrder[] given = new @Nullable RequestOrder[from.length];
        for (int i = 0; i < from.length; i++) {
            if (from[i] >= 0) {
                exits[i] = lastExits[from[i]];
                exitsEpochMs[i] = lastExitEpochMs[from[i]];
                launchedIn[i] = sessions[from[i]];
                inodes[i] = pidfdInodes[from[i]];
                pipes[i] = pipeInodes[from[i]];
                logStarts[i] = logStartsBytes[from[i]];
                seenNs[i] = segment.child(from[i]).heartbeatSeenNs();
                given[i] = orders[from[i]];
            }
        }
        plan = next;
        lastExits = exits;
        lastExitEpochMs = exitsEpochMs;
        sessions = launchedIn;
        pidfdInodes = inodes;
        pipeInodes = pipes;
        logStartsBytes = logStarts;
        heartbeatsSeenNs = seenNs;
        orders = given;
        replanned = true;
    }

    /** The next step is what this one asked for; the events of that step which tell so name it. Null: what nobody asked for. */
    void askedBy(@Nullable Asker by) {
        asker = by;
    }

    /** One step's changes, as one commit; none if the step changed nothing. */
    void publish(SupervisorState before, SupervisorState after, List<Command> commands) {
        write(before, after, commands);
        asker = null;
        if (segment.dirty()) {
            segment.commit();
        }
    }

    /** Does the same and takes it back, before any reader could see it. Not while something else is uncommitted. */
    void rehearse(SupervisorState before, SupervisorState after, List<Command> commands) {
        if (segment.dirty() || replanned) {
            return;
        }
        @Nullable LastExit[] exits = lastExits.clone();
        long[] exitsEpochMs = lastExitEpochMs.clone();
        long[] launchedIn = sessions.clone();
        long[] inodes = pidfdInodes.clone();
        long[] pipes = pipeInodes.clone();
        long[] logStarts = logStartsBytes.clone();
        write(before, after, commands);
        segment.rollback();
        untold.clear();
        lastExits = exits;
        lastExitEpochMs = exitsEpochMs;
        sessions = launchedIn;
        pidfdInodes = inodes;
        pipeInodes = pipes;
        logStartsBytes = logStarts;
    }

    private void write(SupervisorState before, SupervisorState after, List<Command> commands) {
        for (Command command : commands) {
            if (command instanceof Command.AssignStandby assigned) {
                assigned(assigned);
            }
        }
        if (replanned) {
            replanned = false;
            writeAll(after);
        } else {
            for (int i = 0; i < after.children().size(); i++) {
                if (after.child(i) != before.child(i)) {
                    write(segment.child(i), i, after.child(i));
                    if (after.child(i).standbys() != before.child(i).standbys()) {
                        writeStandbys(i, after.child(i));
                    }
                }
            }
        }
        for (int i = 0; i < Math.min(before.groups().size(), after.groups().size()); i++) {
            if (after.groups().get(i) != before.groups().get(i)) {
                GroupRecords.write(segment, after.groups().get(i));
            }
        }
        if (after.phase() != before.phase()) {
            segment.phase(StoredCodes.phase(after.phase()));
        }
        for (Command command : commands) {
            if (command instanceof Command.RecordEvent event) {
                record(event);
            }
        }
    }

    /** What is known of a standby's process is known of its child's from this step on. */
    private void assigned(Command.AssignStandby command) {
        StandbyProcess standby = standbys.find(command.pool(), command.standby());
        if (standby != null) {
            launched(command.child(), standby.session, standby.pidfdInode, 0);
            pipeInodes[command.child()] = standby.pipeInode;
        }
    }

    private void writeStandbys(int index, ChildState child) {
        List<Standby> all = child.standbys().standbys();
        for (int place = 0; place < RootSegment.STANDBYS_PER_CHILD; place++) {
            if (place >= all.size()) {
                segment.standby(index, place).clear();
                continue;
            }
            Standby standby = all.get(place);
            StandbyProcess process = standbys.find(index, standby.id());
            segment.standby(index, place)
                    .set(new StandbyRecord(
                            standby.id(),
                            StoredCodes.standbyPhase(standby.phase()),
                            standby.pid(),
                            standby.startTicks(),
                            process == null ? 0 : process.pidfdInode,
                            process == null ? 0 : process.pipeInode,
                            process == null ? 0 : process.session,
                            standby.launchedAs(),
                            standby.sinceNs(),
                            standby.deadlineNs(),
                            standby.paused()));
        }
    }

    private void write(ChildRow row, int index, ChildState child) {
        row.state(StoredCodes.stateCode(child));
        row.wanted(child.wanted() == Wanted.UP ? WantedCode.UP : WantedCode.DOWN);
        row.pid(child.pid());
        row.startTicks(child.startTicks());
        row.pidfdInode(child.hasProcess() ? pidfdInodes[index] : 0);
        row.incarnation(child.incarnation());
        row.restarts(child.restarts());
        row.failureCount(child.failureCount());
        row.backoffUntilNs(orZero(child.backoffUntilNs()));
        row.spawnedAtNs(orZero(child.spawnedAtNs()));
        row.readyAtNs(orZero(child.readyAtNs()));
        row.request(child.work().word());
        if (!child.hasProcess()) {
            row.heartbeatSeenNs(0);
        }
        segment.resume(index)
                .set(ChildRecord.pointOf(
                        child, sessions[index], child.assigned() ? pipeInodes[index] : 0, logStartsBytes[index]));
        LastExit exit = child.lastExit();
        if (exit != null && exit != lastExits[index]) {
            lastExits[index] = exit;
            lastExitEpochMs[index] = System.currentTimeMillis();
            row.lastExit(StoredCodes.exitKind(exit), exit.code(), exit.signal(), lastExitEpochMs[index], exit.text());
        }
    }

    private static long orZero(long timeNs) {
        return timeNs == ChildState.NEVER ? 0 : timeNs;
    }

    /** The root has nothing to wait for any more, and exits. */
    void ended() {
        segment.phase(RootPhase.DONE);
        segment.commit();
    }

    private void record(Command.RecordEvent event) {
        EventType type = StoredCodes.eventType(event);
        if (type == null) {
            return;
        }
        long nowEpochMs = System.currentTimeMillis();
        Asker by = ASKED_FOR.contains(type) ? asker : null;
        if (event.child() == Command.RecordEvent.ROOT) {
            segment.eventOfRoot(nowEpochMs, type, event.about(), by, event.text());
        } else {
            segment.event(nowEpochMs, event.child(), type, event.pid(), event.incarnation(), by, event.text());
        }
        if (type == EventType.GAVE_UP) {
            gaveUpAtEpochMs = nowEpochMs;
            gaveUpBy = event.about();
            segment.gaveUp(gaveUpAtEpochMs, gaveUpBy);
        }
        untold.add(new Told(event, by));
    }

    /** Shows what was published since the last time. Not before it is carried out: somebody may wait for that. */
    void tell() {
        for (int i = 0; i < untold.size(); i++) {
            console.info(line(untold.get(i)));
        }
        untold.clear();
    }

    /** What went wrong with a child's launch and did not keep it from running; stored with the step that records its process. */
    void note(int child, int pid, long incarnation, String text) {
        segment.event(System.currentTimeMillis(), child, EventType.NOTE, pid, incarnation, text);
        console.warn(subject(child) + ": " + text);
    }

    /** An event that no decision of the core brought about, as a commit of its own. */
    void note(EventType type, int child, @Nullable Asker by, String text) {
        boolean ofProcess = type != EventType.NOTE && child != Command.RecordEvent.ROOT;
        segment.event(
                System.currentTimeMillis(),
                child,
                type,
                ofProcess ? segment.child(child).pid() : 0,
                ofProcess ? segment.child(child).incarnation() : 0,
                by,
                text);
        segment.commit();
        console.warn(subject(child) + ": " + text + words(by));
    }

    /** Numbers: a root asks nobody for names, which may take long. */
    private static String words(@Nullable Asker by) {
        return by == null ? "" : " (by user " + by.uid() + ", pid " + by.pid() + ")";
    }

    private String line(Told told) {
        Command.RecordEvent event = told.event();
        StringBuilder line = new StringBuilder();
        line.append(subject(event.child()));
        line.append(": ").append(event.type().word());
        if (event.pid() != 0) {
            line.append(" (pid ")
                    .append(event.pid())
                    .append(", incarnation ")
                    .append(event.incarnation())
                    .append(')');
        }
        if (!event.text().isEmpty()) {
            line.append(": ").append(event.text().lines().findFirst().orElse(""));
        }
        line.append(words(told.by()));
        return line.toString();
    }

    private String subject(int child) {
        return child == Command.RecordEvent.ROOT
                ? plan.instance()
                : plan.children().get(child).name();
    }

    /** Events on record, ever. */
    long eventCount() {
        return segment.eventCount();
    }

    /** One of them, as long as it is kept. Allocates. */
    Optional<RootSnapshot.EventInfo> event(long sequence) {
        return segment.event(sequence);
    }

    /** Those up to this one somebody has been told of, or is not to be. */
    long toldEvents() {
        return segment.toldEvents();
    }

    /** The same, as a commit of its own. */
    void toldEvents(long sequence) {
        segment.toldEvents(Math.min(sequence, segment.eventCount()));
        segment.commit();
    }

    /** A look at the heartbeats found this child's counter moved; {@link #commitHeartbeats} makes it visible. */
    void heartbeatSeen(int child, long nowNs) {
        segment.child(child).heartbeatSeenNs(nowNs);
    }

    void commitHeartbeats(long turns, long allocatedBytes) {
        segment.cost(turns, allocatedBytes);
        segment.commit();
    }

    @Nullable
    LastExit lastExit(int child) {
        return lastExits[child];
    }

    long lastExitEpochMs(int child) {
        return lastExitEpochMs[child];
    }
}
