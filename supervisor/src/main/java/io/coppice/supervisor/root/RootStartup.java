package io.coppice.supervisor.root;

import io.coppice.state.NextFile;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.StateException;
import io.coppice.state.Validation;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootSegment;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.limits.GroupTree;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.os.RootLock;
import io.coppice.supervisor.os.RootLockHeldException;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanSuccession;
import io.coppice.supervisor.sandbox.IsolationGaps;
import io.coppice.supervisor.sandbox.IsolationRecord;
import io.coppice.supervisor.specs.PlanSpecs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From a plan to an instance that can run: directory, root lock, segments, root segment, what a dead root left behind, recorded
 * plan. Nothing of it is undone by a later start; a start that is refused removes the segments that it
 * made itself.
 */
final class RootStartup {
    private static final int EXIT_FAILED = 1;

    private Plan plan;
    private @Nullable Plan next;
    private final Console console;
    private final Path directory;
    private Path segmentDirectory;
    private final Path rootSegmentFile;
    private final ProcessTable processes = new ProcessTable();
    private final PreviousRecord record;

    private RootStartup(Plan plan, Console console) {
        this.plan = plan;
        this.console = console;
        this.directory = Path.of(plan.directory());
        this.segmentDirectory = Path.of(plan.segmentDirectory());
        this.rootSegmentFile = PreparedInstance.rootSegmentFile(directory);
        this.record = new PreviousRecord(directory, processes);
    }

    /**
     * @param fresh empty the segments first
     * @throws StartupRefused with nothing started and no new segment left behind
     */
    static PreparedInstance prepare(Plan plan, boolean fresh, Console console) throws StartupRefused, OsException {
        return new RootStartup(plan, console).prepare(fresh);
    }

    private PreparedInstance prepare(boolean fresh) throws StartupRefused, OsException {
        int ownUid = ownUid();
        PrivateDirectory.ensure(directory, ownUid, Opening.of(plan));
        PrivateDirectory.ensure(directory.resolve("logs"), ownUid);
        RootLock lock = lockRoot();
        Reservations reservations = new Reservations();
        try {
            PreviousLife previous = record.previousLife();
            refuseBesideALivingRoot(previous);
            Errands.endLeft(directory, processes);
            List<Leftovers.OnRecord> living = previous.living(processes);
            if (fresh) {
                emptyAll(living);
                previous = previous.forgotten();
            }
            if (!fresh && !living.isEmpty()) {
                beginAsTheLastOne(living);
            }
            // The plan may be the last one by now, and the directories the same.
            Opening opening = Opening.of(plan);
            PrivateDirectory.ensure(segmentDirectory, ownUid, opening.workers() ? opening : Opening.NONE);
            PrivateDirectory.ensure(directory, ownUid, opening);
            reservations.ensure(rootSegmentFile, RootSegment.spec(plan.instance()));
            shareRecord();
            List<String> lost = ensureSegments(reservations, previous, living);
            // Nothing of what was there has been touched so far.
            RootSegment rootSegment = openRootSegment();
            try {
                StartingPoint start = startingPoint(previous, rootSegment, living);
                GroupTree groups = groups(rootSegment, living);
                SegmentViews views = views();
                for (String text : lost) {
                    tell(rootSegment, text);
                }
                recordPlan();
                moveEarlierAbandoned();
                return new PreparedInstance(
                        plan,
                        next,
                        lock,
                        rootSegment,
                        directory,
                        segmentDirectory,
                        start,
                        childOutput(ownUid),
                        groups,
                        views,
                        ownUid,
                        processes);
            } catch (StartupRefused | OsException | RuntimeException e) {
                closeAfter(rootSegment, e);
                throw e;
            }
        } catch (StartupRefused | OsException | RuntimeException e) {
            reservations.undo(console);
            lock.close();
            throw e;
        }
    }

    /**
     * Where the manifest has changed since, and what runs cannot simply go on by the new one: a root that was there would have stopped
     * what is gone by its own rules, or refused the change and watched on. So it begins with the plan on record, and reloads.
     */
    private void beginAsTheLastOne(List<Leftovers.OnRecord> living) {
        Plan last = PlanRecord.read(directory);
        if (last == null
                || !last.directory().equals(plan.directory())
                || !last.instance().equals(plan.instance())) {
            return;
        }
        Plan wanted = plan;
        boolean lacks = last.children().stream()
                .anyMatch(child -> !PlanSuccession.keeps(wanted, child)
                        && living.stream().anyMatch(alive -> alive.name().equals(child.name())));
        if (lacks || PlanSuccession.obstacle(last, wanted) != null) {
            next = wanted;
            plan = last;
            segmentDirectory = Path.of(last.segmentDirectory());
        }
    }

    /** @return what is to be told: of each daemon that ran before, and has to begin with nothing */
    private List<String> ensureSegments(
            Reservations reservations, PreviousLife previous, List<Leftovers.OnRecord> living) throws StartupRefused {
        List<String> lost = new ArrayList<>();
        for (ChildPlan child : plan.children()) {
            if (child.kind().hasSegment()) {
                Path file = segmentDirectory.resolve(child.name() + ".seg");
                SegmentSpec spec = new SegmentSpec(
                        plan.instance(),
                        child.name(),
                        SegmentSpec.KIND_DAEMON,
                        child.stateBytes(),
                        child.checkpoints());
                reservations.settle(file, spec);
                if (previous.hasSegment(child.name())) {
                    refuseBesideALostSegment(child, file, living);
                }
                boolean gone = !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
                boolean made = mayLose(child, living)
                        ? reservations.ensureUsable(file, spec)
                        : reservations.ensure(file, spec);
                reservations.ensureOwnerFiles(file, child.name(), isAlive(child, living));
                ensureNext(reservations, file, child, spec, isAlive(child, living));
                giveToOwner(child, file);
                long incarnation = previous.incarnation(child.name());
                if (made && incarnation > 0) {
                    lost.add("the segment of " + child.name() + (gone ? " was gone;" : " was no segment any more;")
                            + " it is made anew, empty (last was incarnation "
                            + incarnation + ")");
                }
            }
        }
        return lost;
    }

    /** What lives needs it when it is started anew only, and is not to be left alone for want of it. */
    private void ensureNext(Reservations reservations, Path file, ChildPlan child, SegmentSpec spec, boolean alive)
            throws StartupRefused {
        try {
            reservations.ensureNext(file, child, spec, Reservations.ANY);
        } catch (StartupRefused e) {
            if (!alive) {
                throw e;
            }
            console.warn(String.valueOf(e.getMessage()));
        }
    }

    static void giveToOwner(ChildPlan child, Path segment) throws StartupRefused {
        try {
            Ownership.prepare(child, segment);
        } catch (IOException e) {
            throw new StartupRefused(
                    EXIT_FAILED, "cannot give the files of " + child.name() + " to its user: " + e.getMessage());
        }
    }

    /** A task may have written anything into its slot's; its request is in the daemon's, and is begun anew. */
    private static boolean mayLose(ChildPlan child, List<Leftovers.OnRecord> living) {
        return child.kind() == ChildPlan.Kind.TRANSACTION && !isAlive(child, living);
    }

    private static boolean isAlive(ChildPlan child, List<Leftovers.OnRecord> living) {
        return living.stream().anyMatch(alive -> alive.name().equals(child.name()));
    }

    /** A new one would be watched in its place: its heartbeat stands still, so the daemon that works would be killed. */
    private static void refuseBesideALostSegment(ChildPlan child, Path file, List<Leftovers.OnRecord> living)
            throws StartupRefused {
        for (Leftovers.OnRecord alive : living) {
            if (alive.name().equals(child.name()) && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new StartupRefused(
                        EXIT_FAILED,
                        "the segment " + file + " is gone, while " + child.name() + " (pid " + alive.pid()
                                + ") still works in it: what it holds is lost when that process ends. Put the file back if it"
                                + " was only moved, or end the process; then this start makes a new one, empty.");
            }
        }
    }

    private RootLock lockRoot() throws StartupRefused, OsException {
        try {
            return RootLock.acquire(PreparedInstance.rootLockFile(directory));
        } catch (RootLockHeldException e) {
            throw new StartupRefused(
                    EXIT_FAILED,
                    "instance " + plan.instance() + " is already run by "
                            + (e.pid() > 0
                                    ? "pid " + e.pid() + ", for " + duration(e.ageSeconds())
                                    : "another root, which is just starting")
                            + ". Use that one (`coppice status --instance "
                            + plan.instance() + "`), stop it first, or choose another --instance.");
        }
    }

    /** Whoever removes the lock of a root that lives makes room for a second one over the same children. */
    private void refuseBesideALivingRoot(PreviousLife previous) throws StartupRefused, OsException {
        long pid = previous.awaitEndOfRoot(processes);
        if (pid != PreviousLife.ENDED) {
            throw new StartupRefused(
                    EXIT_FAILED,
                    "instance " + plan.instance() + " is run by pid " + pid + ", although nobody holds "
                            + PreparedInstance.rootLockFile(directory)
                            + ": that file has been removed or replaced. Stop that root first (kill -TERM " + pid
                            + "; kill -9 leaves its children running, and this one takes them over).");
        }
    }

    private static void closeAfter(RootSegment rootSegment, Exception e) {
        try {
            rootSegment.close();
        } catch (IOException notClosed) {
            e.addSuppressed(notClosed);
        }
    }

    private void emptyAll(List<Leftovers.OnRecord> living) throws StartupRefused {
        if (!living.isEmpty()) {
            List<String> alive = new ArrayList<>();
            living.forEach(child -> alive.add(child.name() + " (pid " + child.pid() + ")"));
            throw new StartupRefused(
                    EXIT_FAILED,
                    "--fresh empties segments, and children of a root that died still own some: "
                            + String.join(", ", alive) + ". Run without --fresh first, or kill them.");
        }
        emptySegments();
    }

    /** Goes on with what it can, and ends what nobody goes on with. */
    private StartingPoint startingPoint(PreviousLife previous, RootSegment rootSegment, List<Leftovers.OnRecord> living)
            throws StartupRefused, OsException {
        StartingPoint start;
        try {
            start = previous.startingPoint(
                    rootSegment,
                    PlanSpecs.groups(plan),
                    PlanSpecs.specs(plan),
                    owners(),
                    !living.isEmpty(),
                    System.nanoTime());
        } catch (UnknownRecordException e) {
            throw record.refused(rootSegmentFile + ": " + e.getMessage() + ".");
        }
        Leftovers.stop(previous.leftovers(rootSegment, start.recorded()), processes, text -> tell(rootSegment, text));
        return start;
    }

    private SegmentViews views() throws StartupRefused {
        SegmentViews views = new SegmentViews(segmentDirectory);
        try {
            views.arrange(plan);
            new IsolationRecord(directory).write(plan.isolation(), IsolationGaps.of(plan.isolation()));
            return views;
        } catch (IOException e) {
            throw new StartupRefused(EXIT_FAILED, "what keeps workers apart cannot be arranged and recorded: " + e);
        }
    }

    /** Those of processes that live on; what is in others is what nobody goes on with. */
    private GroupTree groups(RootSegment rootSegment, List<Leftovers.OnRecord> living)
            throws StartupRefused, OsException {
        GroupTree groups = new GroupTree(plan.instance(), directory);
        LaunchLimits.endLeft(groups, living, processes);
        if (LaunchLimits.areIn(plan) || (next != null && LaunchLimits.areIn(next))) {
            LaunchLimits.prepare(groups);
            LaunchLimits.notEnforced(plan, groups).forEach(text -> tell(rootSegment, text));
        }
        return groups;
    }

    /** Stored with this root's first commit. */
    private void tell(RootSegment rootSegment, String text) {
        console.warn(text);
        rootSegment.event(System.currentTimeMillis(), Command.RecordEvent.ROOT, EventType.NOTE, 0, 0, text);
    }

    private List<Long> owners() throws StartupRefused {
        List<Long> owners = new ArrayList<>();
        for (ChildPlan child : plan.children()) {
            owners.add(child.kind().hasSegment() ? owner(child.name()) : 0L);
        }
        return owners;
    }

    private long owner(String daemon) throws StartupRefused {
        try (ReadOnlySegment segment = SegmentFile.openReadOnly(segmentDirectory.resolve(daemon + ".seg"))) {
            return SegmentWatch.lastOwner(segment);
        } catch (SegmentException e) {
            throw new StartupRefused(EXIT_FAILED, String.valueOf(e.getMessage()));
        }
    }

    private void emptySegments() throws StartupRefused {
        try {
            emptySegment(rootSegmentFile);
            if (Files.isDirectory(segmentDirectory, LinkOption.NOFOLLOW_LINKS)) {
                SegmentFile.moveEarlierAbandoned(segmentDirectory);
            }
            for (ChildPlan child : plan.children()) {
                Path segment = segmentDirectory.resolve(child.name() + ".seg");
                emptySegment(segment);
                Files.deleteIfExists(NextFile.of(segment));
                SegmentFile.removeAbandoned(segment);
            }
        } catch (IOException | SegmentException e) {
            throw new StartupRefused(EXIT_FAILED, "--fresh: cannot remove a segment: " + e.getMessage());
        }
    }

    /** Removes a segment, be it damaged or of another release; a file that never was one is somebody else's. */
    private static void emptySegment(Path file) throws StartupRefused, IOException {
        Validation found = SegmentFile.validate(file);
        if (found instanceof Validation.WrongMagic
                || found instanceof Validation.Unreadable
                || found instanceof Validation.WrongLength) {
            // Not even long enough, or too long: validate(file) knows of no other length to expect.
            throw new StartupRefused(EXIT_FAILED, "--fresh: " + found.message());
        }
        Files.deleteIfExists(file);
    }

    private void shareRecord() throws StartupRefused {
        try {
            SharedFiles.record(rootSegmentFile, Opening.of(plan));
        } catch (IOException e) {
            throw new StartupRefused(EXIT_FAILED, String.valueOf(e.getMessage()));
        }
    }

    private RootSegment openRootSegment() throws StartupRefused {
        try {
            return RootSegment.open(rootSegmentFile, ProcessHandle.current().pid(), System.currentTimeMillis());
        } catch (SegmentException | StateException e) {
            throw new StartupRefused(EXIT_FAILED, rootSegmentFile + ": " + e.getMessage());
        }
    }

    /** Of an earlier release. None is lost by a failure: each says where it is. */
    private void moveEarlierAbandoned() {
        try {
            SegmentFile.moveEarlierAbandoned(segmentDirectory);
        } catch (SegmentException e) {
            console.warn(String.valueOf(e.getMessage()));
        }
    }

    private void recordPlan() throws StartupRefused {
        PlanRecord.write(directory, plan);
        try {
            PlanRecord.replace(directory);
        } catch (IOException e) {
            throw new StartupRefused(EXIT_FAILED, "cannot record the plan in " + directory + ": " + e.getMessage());
        }
    }

    private ChildOutput childOutput(int ownUid) throws StartupRefused {
        try {
            ChildOutput output = ChildOutput.ofThisProcess(plan.instance(), ownUid);
            output.record(directory);
            return output;
        } catch (IOException e) {
            throw new StartupRefused(
                    EXIT_FAILED, "cannot tell or record in " + directory + " where output goes: " + e.getMessage());
        }
    }

    private static int ownUid() throws StartupRefused {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new StartupRefused(EXIT_FAILED, "cannot read /proc/self: " + e.getMessage() + "; is /proc mounted?");
        }
    }

    static String duration(long seconds) {
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 2 * 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 2 * 86_400 ? seconds / 3600 + " h" : seconds / 86_400 + " days";
    }
}
