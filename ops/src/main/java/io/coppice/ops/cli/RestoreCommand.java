package io.coppice.ops.cli;

import io.coppice.ops.view.DaemonStatus;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceStatus;
import io.coppice.ops.view.PlanFile;
import io.coppice.state.Abandoned;
import io.coppice.state.Checkpoint;
import io.coppice.state.NextFile;
import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.Phase;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentDamagedException;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code coppice restore}: puts older contents in place of a daemon's present ones, under the lock that every owner of its
 * segment takes, so that no process of the daemon can run meanwhile.
 */
@Command(
        name = "restore",
        description = {
            "Bring contents of a daemon back that were set aside (the newest, or those of ID), or a checkpoint.",
            "Its present contents are set aside first. Refused (1) while it has a process, or will get one by itself:"
                    + " `coppice stop` it first, and `coppice start` it afterwards."
        })
final class RestoreCommand implements Callable<Integer> {
    private final CoppiceCommand coppice;

    @Parameters(index = "0", paramLabel = "NAME", description = "Daemon, or NAME.N for a replica.")
    private String name = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "ID",
            description = "Of contents set aside, such as T1-C40; `coppice state NAME --abandoned` lists them.")
    private @Nullable String id;

    @Option(
            names = "--checkpoint",
            paramLabel = "N",
            description = "Number of a checkpoint; `coppice state NAME` lists them.")
    private @Nullable Long checkpoint;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    RestoreCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() {
        if (id != null && checkpoint != null) {
            throw new CommandFailedException(ExitCode.USAGE, "Give an ID or --checkpoint, not both.");
        }
        InstanceDirectory instance = coppice.resolveWholeInstance("the segments");
        DaemonSegment daemon = DaemonSegment.find(coppice, instance, name);
        refuseIfItRuns(instance);
        try {
            Abandoned abandoned = checkpoint == null ? chosen(daemon) : null;
            if (abandoned == null) {
                requireCheckpoint(daemon);
            }
            String what = abandoned == null ? "checkpoint " + checkpoint : abandoned.id();
            if (PlanFile.read(instance).startsEmpty(name)) {
                coppice.note(
                        "By its plan " + name
                                + " starts empty (`resume: zero`): its next start would throw away what is"
                                + " restored.\n  Say `resume: resume` in its manifest first, end the root and `coppice run` again.");
            }
            if (!yes
                    && !Confirmation.given(
                            coppice,
                            "Replace the contents of " + name + " by " + what,
                            "restore would replace the contents of " + name + " by " + what + ": say --yes.")) {
                coppice.note("Nothing changed.");
                return ExitCode.FAILED;
            }
            restoreAsOwner(instance, daemon, abandoned, what);
            return ExitCode.DONE;
        } catch (SegmentException | SegmentDamagedException e) {
            throw new CommandFailedException(ExitCode.FAILED, "Cannot restore " + name + ": " + e.getMessage());
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.FAILED, "Cannot restore " + name + ": " + e);
        }
    }

    private void refuseIfItRuns(InstanceDirectory instance) {
        try (Daemons daemons = new Daemons(coppice, instance)) {
            InstanceStatus status = daemons.table();
            status.daemon(name).ifPresent(daemon -> refuseIfItRuns(daemon, status));
        }
    }

    private void refuseIfItRuns(DaemonStatus daemon, InstanceStatus status) {
        boolean lives =
                daemon.pid().isPresent() && coppice.proc().lives(daemon.pid().getAsLong(), daemon.startTicks());
        boolean down = daemon.is("failed") || daemon.is("completed") || (daemon.is("stopped") && !daemon.wantedUp());
        if (lives || (status.root().running() && !down)) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "Will not restore " + name + " while it is " + daemon.stateWords()
                            + (lives ? " as pid " + daemon.pid().getAsLong() : "") + ".\n  "
                            + (status.root().running() ? "" : "Its root is dead: `coppice run` the instance, then ")
                            + "`coppice stop " + name + "` first, and `coppice start " + name + "` afterwards.");
        }
    }

    private Abandoned chosen(DaemonSegment daemon) throws SegmentException {
        if (id != null) {
            return daemon.abandoned(id);
        }
        List<Abandoned> all = daemon.abandoned();
        if (all.isEmpty()) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "Nothing of " + name + " is set aside.\n  --checkpoint N brings a checkpoint back; `coppice state "
                            + name + "` lists them.");
        }
        return all.get(0);
    }

    /** The daemon's user, where it has one of its own, is to read what is set aside here; and it has no hand in it meanwhile. */
    private void restoreAsOwner(
            InstanceDirectory instance, DaemonSegment daemon, @Nullable Abandoned abandoned, String what)
            throws SegmentException, IOException {
        Path own = OwnerFiles.directory(daemon.file());
        boolean ofAnother = Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS)
                && OwnerFiles.userOf(own)
                        != OwnerFiles.userOf(daemon.file().resolveSibling(".").normalize());
        if (!ofAnother) {
            restore(instance, daemon, abandoned, what);
            return;
        }
        int user = OwnerFiles.userOf(own);
        int group = (Integer) Files.getAttribute(own, "unix:gid", LinkOption.NOFOLLOW_LINKS);
        OwnerFiles.takeDirectory(own);
        try {
            restore(instance, daemon, abandoned, what);
        } finally {
            OwnerFiles.giveDirectory(own, user, group);
        }
    }

    /** Takes the segment over as a worker would; the next worker finds the new contents, and the old owner's record. */
    private void restore(InstanceDirectory instance, DaemonSegment daemon, @Nullable Abandoned abandoned, String what)
            throws SegmentException, IOException {
        // Its last owner may have given it another size when there was no root.
        NextFile.settle(daemon.file(), instance.name(), daemon.name());
        long incarnation;
        int phase;
        try (ReadOnlySegment present = SegmentFile.openReadOnly(daemon.file())) {
            incarnation = present.incarnation();
            phase = present.phase();
        }
        // The daemon may never have been launched by a root that makes this file.
        OwnerFiles.makeLock(daemon.file());
        try (OwnedSegment segment = SegmentFile.openOwned(
                daemon.file(), daemon.lock(), ProcessHandle.current().pid(), incarnation)) {
            recover(segment);
            List<Abandoned> before = daemon.abandoned();
            if (abandoned != null) {
                segment.restore(abandoned);
            } else {
                segment.restore(chosenCheckpoint(segment.checkpoints()));
            }
            if (Phase.of(phase).isPresent()) {
                segment.phase(phase);
            }
            coppice.output()
                    .line(name + ": restored " + what + "; timeline " + segment.timeline() + " begins at commit "
                            + segment.state().commitSequence() + "."
                            + segment.setAside()
                                    .map(kept -> " What it held before is set aside as " + kept.id() + ".")
                                    .orElse("")
                            + madeRoom(before, daemon.abandoned()));
            coppice.output().flush();
        }
    }

    /** Only so many are kept: whoever counts on an older one hears that it is gone. */
    private static String madeRoom(List<Abandoned> before, List<Abandoned> after) {
        List<String> gone = before.stream()
                .filter(kept -> !after.contains(kept))
                .map(Abandoned::id)
                .toList();
        return gone.isEmpty()
                ? ""
                : " " + String.join(" and ", gone) + " made room for it and " + (gone.size() == 1 ? "is" : "are")
                        + " gone.";
    }

    /** Damaged contents are a reason to restore others, not a reason against it. */
    private void recover(OwnedSegment segment) {
        try {
            segment.recover();
        } catch (SegmentDamagedException e) {
            coppice.note("The present contents of " + name + " are damaged: " + e.getMessage());
        }
    }

    /** Before anybody is asked; it is looked for again when nobody else can change anything. */
    private void requireCheckpoint(DaemonSegment daemon) throws SegmentException {
        try (ReadOnlySegment segment = SegmentFile.openReadOnly(daemon.file())) {
            chosenCheckpoint(segment.checkpoints());
        }
    }

    private Checkpoint chosenCheckpoint(List<Checkpoint> all) {
        for (Checkpoint candidate : all) {
            if (checkpoint != null && candidate.number() == checkpoint) {
                return candidate;
            }
        }
        throw new CommandFailedException(
                ExitCode.FAILED,
                name + " keeps no checkpoint " + checkpoint + ".\n  "
                        + (all.isEmpty()
                                ? "It keeps none."
                                : "It keeps "
                                        + all.stream()
                                                .map(kept -> kept.number() + " (commit " + kept.commitSequence() + ")")
                                                .collect(Collectors.joining(", "))
                                        + "."));
    }
}
