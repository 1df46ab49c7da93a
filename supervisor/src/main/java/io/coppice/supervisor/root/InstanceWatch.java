package io.coppice.supervisor.root;

import io.coppice.state.NextFile;
import io.coppice.state.OwnerFiles;
import io.coppice.state.Phase;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentSpec;
import io.coppice.state.StateException;
import io.coppice.supervisor.os.DirectoryWatch;
import io.coppice.supervisor.os.Epoll;
import io.coppice.supervisor.os.NamedFile;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.RootLock;
import io.coppice.supervisor.os.RootLockHeldException;
import io.coppice.supervisor.plan.ControlAccess;
import io.coppice.supervisor.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The instance's files, which a clean-up job or a person may remove while the root runs. What the root holds is still good,
 * but nobody finds it any more by its name: so the root makes its directory, lock and socket anew. A segment that has
 * lost its name cannot get it back; that is told, while its daemon works on as long as it lives.
 *
 * <p>Told by the kernel, and looked at now and then in case that it does not tell; in between costs nothing. Duty-cycle thread
 * only; a look without a find allocates nothing.
 */
final class InstanceWatch implements AutoCloseable {
    /** Who goes on recording elsewhere. */
    interface Records {
        /** Makes a root segment by that name, with all that is to be known now, and records there from then on. */
        void makeAnew(Path file) throws StartupRefused, SegmentException;

        /**
         * Writes the plan that holds once more.
         *
         * @return false if a reload is about to write another one
         */
        boolean recordPlan() throws StartupRefused, IOException;
    }

    private static final long PERIOD_NS = 10_000_000_000L;

    /** Between two looks, however often something is removed. */
    private static final long SHORTEST_PAUSE_NS = 100_000_000;

    private static final int DIRECTORY = 0;
    private static final int LOCK = 1;
    private static final int SOCKET = 2;
    private static final int RECORD = 3;
    private static final int PLAN = 4;

    private final PreparedInstance instance;
    private final ChildTable children;
    private final ControlServer control;
    private final Records records;
    private final SegmentWatch mapped;
    private final WorkerUsers users;
    private final Sandboxes sandboxes;
    private final Incidents incidents;
    private final Epoll epoll;
    private final Console console;
    private final @Nullable DirectoryWatch removals;
    private final NamedFile directory;
    private final NamedFile logs;
    private final NamedFile lock;
    private final NamedFile record;
    private final NamedFile plan;
    private final NamedFile socket;
    /** By slot, as long as a child has it. */
    private final @Nullable NamedFile[] segments = new @Nullable NamedFile[ChildTable.SLOTS];

    private final boolean[] missing = new boolean[ChildTable.SLOTS];

    /** Of the same children. */
    private final @Nullable NamedFile[] ownerLocks = new @Nullable NamedFile[ChildTable.SLOTS];

    /** What another size of the same children's segments is written into. */
    private final @Nullable NamedFile[] nextFiles = new @Nullable NamedFile[ChildTable.SLOTS];

    private final boolean[] unlocked = new boolean[ChildTable.SLOTS];
    private final List<RootLock> moreLocks = new ArrayList<>();
    private final @Nullable String[] said = new @Nullable String[5];
    private ControlAccess access;
    private Opening opening;
    private boolean deaf = true;
    private long lastLookNs;
    private long nextLookNs;

    /** After the socket was made and before any child works. */
    InstanceWatch(
            PreparedInstance instance,
            ChildTable children,
            ControlServer control,
            Records records,
            SegmentWatch mapped,
            WorkerUsers users,
            Sandboxes sandboxes,
            Incidents incidents,
            Epoll epoll,
            Console console,
            long nowNs) {
        this.instance = instance;
        this.access = instance.plan().access();
        this.opening = Opening.of(instance.plan());
        this.children = children;
        this.control = control;
        this.records = records;
        this.mapped = mapped;
        this.users = users;
        this.sandboxes = sandboxes;
        this.incidents = incidents;
        this.epoll = epoll;
        this.console = console;
        directory = new NamedFile(instance.directory());
        logs = new NamedFile(instance.directory().resolve("logs"));
        lock = new NamedFile(instance.rootLockFile());
        record = new NamedFile(instance.rootSegmentFile());
        plan = new NamedFile(PlanRecord.file(instance.directory()));
        socket = new NamedFile(instance.controlSocket());
        replan();
        removals = listen(console);
        lastLookNs = nowNs;
        nextLookNs = nowNs + PERIOD_NS;
    }

    /** The children are others now. */
    void replan() {
        for (ChildProcess child : children.all()) {
            Path segment = instance.segment(child.plan.name());
            NamedFile known = segments[child.slot];
            if (known == null || !known.path().equals(segment)) {
                segments[child.slot] = new NamedFile(segment);
                missing[child.slot] = false;
                ownerLocks[child.slot] = new NamedFile(OwnerFiles.lock(segment));
                nextFiles[child.slot] = new NamedFile(NextFile.of(segment));
                unlocked[child.slot] = false;
            }
        }
    }

    /** Another plan is on record. */
    void onPlanRecorded() {
        plan.remember();
    }

    /** Others may ask the root from now on, and reach what it takes for that. */
    void share(Plan plan, long nowNs) {
        ControlAccess next = plan.access();
        if (next.group() == access.group()) {
            return;
        }
        access = next;
        opening = Opening.of(plan);
        try {
            PrivateDirectory.ensure(directory.path(), instance.ownUid(), opening);
            SharedFiles.record(record.path(), opening);
            control.shareWith(next.group());
        } catch (StartupRefused | OsException | IOException e) {
            incidents.tell(
                    Incidents.Kind.RELOAD_FAILED,
                    nowNs,
                    "who may look at this instance is not as the new plan says: " + e.getMessage());
        }
    }

    private NamedFile segmentOf(ChildProcess child) {
        return Objects.requireNonNull(segments[child.slot]);
    }

    private @Nullable DirectoryWatch listen(Console console) {
        DirectoryWatch watch = null;
        try {
            watch = DirectoryWatch.create();
            watch.watch(instance.directory());
            watch.watch(instance.segmentDirectory());
            epoll.addOneShot(watch.fd(), Tokens.of(Tokens.DIRECTORY, 0));
            deaf = false;
            return watch;
        } catch (OsException e) {
            console.warn("that a file of the instance is removed will be noticed late: " + e.getMessage());
            if (watch != null) {
                watch.close();
            }
            return null;
        }
    }

    /** When the next look is due. */
    long nextLookNs() {
        return nextLookNs;
    }

    /** Something was removed. */
    void onRemoval(long nowNs) {
        nextLookNs = Math.max(nowNs, lastLookNs + SHORTEST_PAUSE_NS);
        deaf = true;
    }

    void look(long nowNs) {
        lastLookNs = nowNs;
        nextLookNs = nowNs + PERIOD_NS;
        listenAgain();
        // First what keeps a second root out, then the record, so that it has the events of all.
        String ofDirectory = directory.isSame() && logs.isSame() ? null : makeDirectories();
        String ofLock = lock.isSame() ? null : lockAgain();
        String ofRecord = record.isSame() ? null : recordAgain();
        tellOnce(DIRECTORY, nowNs, ofDirectory);
        tellOnce(LOCK, nowNs, ofLock);
        tellOnce(RECORD, nowNs, ofRecord);
        tellOnce(PLAN, nowNs, plan.isSame() ? null : planAgain());
        tellOnce(SOCKET, nowNs, socket.isSame() ? null : bindAgain());
        for (ChildProcess child : children.all()) {
            if (child.hasSegment()) {
                lookAtSegment(child, nowNs);
                lookAtOwnerLock(child, nowNs);
            }
        }
    }

    /** Before the looks: what is removed after one is told of by the next. */
    private void listenAgain() {
        if (deaf && removals != null) {
            removals.drain();
            epoll.rearm(removals.fd(), Tokens.of(Tokens.DIRECTORY, 0));
            deaf = false;
        }
    }

    private String makeDirectories() {
        try {
            PrivateDirectory.ensure(directory.path(), instance.ownUid(), opening);
            PrivateDirectory.ensure(logs.path(), instance.ownUid());
            directory.remember();
            logs.remember();
            if (removals != null) {
                removals.watch(directory.path());
            }
            return "the directory or its logs/ had been removed or replaced; they are there again";
        } catch (StartupRefused | OsException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private String lockAgain() {
        try {
            moreLocks.add(RootLock.acquire(lock.path()));
            lock.remember();
            return "root.lock had been removed or replaced; the one that is there now is locked";
        } catch (RootLockHeldException e) {
            return "root.lock was replaced, and pid " + e.pid()
                    + " holds the one that is there now. One of the two must end: kill -9 keeps its children";
        } catch (OsException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Takes some milliseconds: the blocks of a segment are reserved before it is used. */
    private String recordAgain() {
        try {
            records.makeAnew(record.path());
            record.remember();
            return "root.seg had been removed or replaced; all but the events before now is in a new one";
        } catch (StartupRefused | SegmentException | StateException e) {
            return "root.seg: " + e.getMessage();
        }
    }

    private @Nullable String planAgain() {
        try {
            if (!records.recordPlan()) {
                return null;
            }
            plan.remember();
            return "the record of the plan had been removed or replaced; it is there again";
        } catch (StartupRefused | IOException e) {
            return "the record of the plan: " + e.getMessage();
        }
    }

    private String bindAgain() {
        try {
            control.listenAgain(socket.path(), access.group());
            socket.remember();
            return "control.sock had been removed or replaced; the root listens there again";
        } catch (OsException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void lookAtSegment(ChildProcess child, long nowNs) {
        boolean there = follow(child) || segmentOf(child).isSame();
        if (!there && !missing[child.slot]) {
            incidents.tell(
                    Incidents.Kind.FILE_LOST,
                    child.index,
                    nowNs,
                    "its segment was removed or replaced; it works on in what it has mapped, and that is lost when it ends");
        }
        missing[child.slot] = !there;
    }

    /** The lock that an owner has on a file that has lost its name keeps nobody out. */
    private void lookAtOwnerLock(ChildProcess child, long nowNs) {
        boolean there = ownerLockOf(child).isSame();
        if (!there && !unlocked[child.slot]) {
            incidents.tell(
                    Incidents.Kind.FILE_LOST,
                    child.index,
                    nowNs,
                    "its lock file was removed or replaced; until it ends, nothing but this root keeps a second owner out of its"
                            + " segment. The root makes the file anew before it starts it again");
        }
        unlocked[child.slot] = !there;
    }

    /**
     * When the owner before is dead: makes the lock file anew if that is missing. What cannot be made the process will say.
     */
    private void ensureOwnerLock(ChildProcess child) {
        if (ownerLockOf(child).isSame()) {
            return;
        }
        try {
            OwnerFiles.makeLock(instance.segment(child.plan.name()));
            users.giveAgain(child);
        } catch (SegmentException | IOException e) {
            console.warn(child.plan.name() + ": " + e.getMessage());
        }
        ownerLockOf(child).remember();
        unlocked[child.slot] = !ownerLockOf(child).isSame();
    }

    private NamedFile ownerLockOf(ChildProcess child) {
        return Objects.requireNonNull(ownerLocks[child.slot]);
    }

    /**
     * While a worker starts: whether another file, of another size, is its segment now. That is the one that has its name, is looked at,
     * and mapped, from then on.
     */
    boolean follow(ChildProcess child) {
        if (!child.hasSegment()) {
            return false;
        }
        settle(child);
        NamedFile segment = segmentOf(child);
        if (segment.isSame()) {
            return false;
        }
        sandboxes.follow(child);
        if (!mapped.follow(child)) {
            return false;
        }
        segment.remember();
        return true;
    }

    /**
     * Gives the segment's name to the file of another size that is the segment by now, if it is. Of what is in there nothing counts but
     * whether it is a segment of that name.
     */
    private void settle(ChildProcess child) {
        if (!nextFileOf(child).isThere()) {
            return;
        }
        try {
            NextFile.settle(instance.segment(child.plan.name()), instance.plan().instance(), child.plan.name());
        } catch (SegmentException e) {
            console.warn(child.plan.name() + ": " + e.getMessage());
        }
    }

    /**
     * Removes what was reserved for another size, if the worker says that it is ready, and does without. Not what was reserved for a plan
     * to come, whose length is another one.
     */
    private void removeIfRefused(ChildProcess child) {
        NamedFile next = nextFileOf(child);
        if (!next.isThere()) {
            return;
        }
        try {
            if (mapped.phase(child) == Phase.READY.code()
                    && Files.size(next.path())
                            == SegmentSpec.lengthFor(child.plan.stateBytes(), child.plan.checkpoints())) {
                NextFile.removeRefused(instance.segment(child.plan.name()));
                sandboxes.handOver(child);
            }
        } catch (SegmentException | IOException e) {
            console.warn(child.plan.name() + ": " + e.getMessage());
        }
    }

    private NamedFile nextFileOf(ChildProcess child) {
        return Objects.requireNonNull(nextFiles[child.slot]);
    }

    /** A worker that is not ready to the core has hinted: its segment may be another file, or it may do without one. */
    void onHint(ChildProcess child) {
        if (child.hasSegment()) {
            follow(child);
            removeIfRefused(child);
        }
    }

    /** Before a process is let go that will own the child's segment: its files are as it has to find them. */
    void prepareOwner(ChildProcess child) {
        if (child.hasSegment()) {
            settle(child);
            mapped.reopenIfLost(child, takesAnother(child));
            ensureOwnerLock(child);
        }
    }

    /** Before a daemon starts: whether another file has its segment's name than the one that was looked at so far. */
    boolean takesAnother(ChildProcess child) {
        NamedFile segment = segmentOf(child);
        if (!child.hasSegment() || segment.isSame()) {
            return false;
        }
        segment.remember();
        missing[child.slot] = !segment.isSame();
        sandboxes.follow(child);
        return true;
    }

    /** What does not heal is found at each look. Null: it is as it should be. */
    private void tellOnce(int what, long nowNs, @Nullable String text) {
        if (text != null && !text.equals(said[what])) {
            incidents.tell(Incidents.Kind.FILE_LOST, nowNs, text);
        }
        said[what] = text;
    }

    @Override
    public void close() {
        if (removals != null) {
            removals.close();
        }
        moreLocks.forEach(RootLock::close);
    }
}
