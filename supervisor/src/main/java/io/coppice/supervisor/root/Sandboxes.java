package io.coppice.supervisor.root;

import io.coppice.state.OwnerFiles;
import io.coppice.supervisor.archive.ArchivePlace;
import io.coppice.supervisor.archive.ArchivedLaunch;
import io.coppice.supervisor.os.PipeOfAnother;
import io.coppice.supervisor.os.Restricting;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.SandboxPaths;
import io.coppice.supervisor.plan.SlotName;
import io.coppice.supervisor.sandbox.Outside;
import io.coppice.supervisor.sandbox.StartFiles;
import io.coppice.supervisor.sandbox.WorkerRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that the root does for processes in a sandbox: makes the rules of each launch, hands a process its segment when it is to have one, and
 * keeps what it sees the same while segments get other files. Of what is in no sandbox it does nothing.
 *
 * <p>Duty-cycle thread only; what may take long is done by the spawner's thread, in {@link Launch#restricting}.
 */
final class Sandboxes {
    /** One launch into a sandbox. */
    record Launch(List<String> argv, Restricting restricting) {}

    private final PreparedInstance instance;
    private final SegmentViews views;
    private final WorkerFolders folders;
    private final Console console;

    /** Read by the spawner's thread, too. */
    private volatile StartFiles started;

    Sandboxes(PreparedInstance instance, Plan plan, Console console) {
        this.instance = instance;
        this.views = instance.views();
        this.folders = new WorkerFolders(instance.segmentDirectory());
        this.console = console;
        this.started = startedBy(plan);
    }

    private static StartFiles startedBy(Plan plan) {
        return plan.isolation() == Isolation.SANDBOX ? StartFiles.of(plan, StartFiles.own()) : StartFiles.NONE;
    }

    /**
     * Before all else of a launch: what the child reads is there.
     *
     * @throws IOException if it was removed and cannot be made anew
     */
    void ensure(ChildPlan plan) throws IOException {
        if (plan.restricted() && plan.kind().hasSegment()) {
            views.ensure(plan);
        }
    }

    /**
     * Before a launch: gives the process a folder, if it is to have a segment.
     *
     * @param process with what is known of its archive
     * @param incarnation that it is to have; {@link Launcher#NO_INCARNATION} of a standby
     * @return null if it is in no sandbox
     */
    @Nullable
    Launch prepare(LaunchedProcess process, ChildPlan plan, long incarnation) {
        if (!plan.restricted()) {
            return null;
        }
        if (!plan.kind().hasSegment()) {
            return new Launch(plan.argv(), () -> new WorkerRules().with(outside()));
        }
        Path folder = incarnation == Launcher.NO_INCARNATION
                ? folders.ofStandby(plan, PipeOfAnother.inode(process.holdWriteFd))
                : folders.ofProcess(plan, incarnation);
        process.folder = folder;
        ArchivedLaunch archived = process.archivedLaunch;
        WorkerRules rules = rules(plan, folder);
        List<String> argv = SandboxPaths.argv(
                plan,
                folder.toString(),
                views.of(plan).toString(),
                ownDirectory(plan).toString());
        return new Launch(argv, () -> {
            WorkerFolders.make(folder);
            // Known by now, as arguments come before rules. Not the whole directory: who can read its lock can hold it.
            Path archive = archived == null ? null : archived.archive();
            if (archive != null) {
                rules.readable(archive);
            }
            return rules.with(outside());
        });
    }

    /** What a process may that has a segment, in what is hidden. */
    private WorkerRules rules(ChildPlan plan, Path folder) {
        Path reports =
                OwnerFiles.directory(instance.segmentDirectory(), SlotName.logName(SlotName.of(plan.daemon(), 1)));
        WorkerRules rules =
                new WorkerRules().folder(folder).view(views.of(plan)).readable(instance.rootSegmentFile());
        return plan.slot() > 0
                ? rules.reports(reports).inGroup()
                : rules.ownDirectory(ownDirectory(plan)).readable(reports);
    }

    private Path ownDirectory(ChildPlan plan) {
        return OwnerFiles.directory(instance.segmentDirectory(), plan.name());
    }

    /**
     * What a process may that asks a child's to end: of files the same as that, and it reaches others.
     *
     * @return null if the child is in no sandbox
     */
    @Nullable
    Restricting besides(ChildProcess child) {
        Path folder = child.folder;
        if (!child.plan.restricted()) {
            return null;
        }
        WorkerRules rules = folder == null ? new WorkerRules() : rules(child.plan, folder);
        return () -> rules.reaching(outside().rules());
    }

    private Path archives() {
        return ArchivePlace.ofThis(instance.ownUid()).directory();
    }

    private Outside outside() throws IOException {
        return Outside.ofInstances(
                instance.directory(), instance.segmentDirectory(), archives(), started, instance.ownUid());
    }

    /** Before a process is told that it has the child's segment, and when that is another file: its folder has it. */
    void handOver(ChildProcess child) {
        try {
            folders.follow(child);
        } catch (IOException e) {
            // It will say that it cannot open its segment, and end.
            console.warn(child.plan.name() + ": its segment cannot be handed to its sandbox: " + e.getMessage());
        }
    }

    /** The child's segment is another file, or has another name: for whoever has it, and whoever reads it. */
    void follow(ChildProcess child) {
        handOver(child);
        try {
            views.renew(child.plan.name());
        } catch (IOException e) {
            console.warn(child.plan.name() + ": who reads its segment in a sandbox goes on reading the one before: "
                    + e.getMessage());
        }
    }

    /** A process is dead and buried, or its launch has come to nothing. */
    void discard(LaunchedProcess process) {
        try {
            folders.remove(process);
        } catch (IOException e) {
            console.warn("a folder of a process that has ended is left: " + e.getMessage());
        }
    }

    /** Of a process that was taken over. */
    void adopt(ChildProcess child, long pipeInode) {
        if (child.plan.restricted() && child.hasSegment()) {
            child.folder = pipeInode == 0
                    ? folders.ofProcess(child.plan, child.incarnation)
                    : folders.ofStandby(child.plan, pipeInode);
        }
    }

    /** Likewise. */
    void adopt(StandbyProcess standby) {
        if (standby.child.plan.restricted()) {
            standby.folder = folders.ofStandby(standby.child.plan, standby.pipeInode);
        }
    }

    /** After everything was adopted. */
    void removeOthers(ChildTable children, StandbyTable standbys) {
        try {
            folders.removeOthers(children, standbys);
        } catch (IOException e) {
            console.warn("folders of processes that have ended are left: " + e.getMessage());
        }
    }

    /** The children are others now, and those of the plan before that are not in this one have ended. */
    void replan(Plan plan) {
        started = startedBy(plan);
        try {
            views.arrange(plan);
        } catch (IOException e) {
            console.warn("who reads what in a sandbox is not as the new plan says: " + e.getMessage());
        }
    }
}
