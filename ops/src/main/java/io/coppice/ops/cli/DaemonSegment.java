package io.coppice.ops.cli;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceName;
import io.coppice.ops.view.PlanFile;
import io.coppice.state.Abandoned;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.root.ChildKind;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where the segment of a daemon is, and what of it is set aside beside it.
 *
 * @param name of the daemon
 * @param directory that holds it and its lock file
 */
record DaemonSegment(String name, Path directory) {
    /**
     * Finds it by the plan that the root recorded.
     *
     * @throws CommandFailedException with exit code 3 for an unknown name, 2 for one that cannot be, 1 for a plain command
     */
    static DaemonSegment find(CoppiceCommand coppice, InstanceDirectory instance, String name) {
        try (Daemons daemons = new Daemons(coppice, instance)) {
            daemons.requireOne(name, "a segment");
            if (daemons.table()
                    .daemon(name)
                    .filter(daemon -> !daemon.kind().equals(ChildKind.DAEMON.word())
                            && !daemon.kind().equals(ChildKind.TRANSACTION.word()))
                    .isPresent()) {
                throw new CommandFailedException(
                        ExitCode.FAILED, name + " is no daemon: it has no segment and so no state to show.");
            }
        }
        PlanFile plan = PlanFile.read(instance);
        plan.problem().ifPresent(coppice::note);
        if (!InstanceName.isValidChild(name)) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "`" + name
                            + "` is no daemon name, expected [a-z0-9-]{1,32}, NAME.N for a replica, or either with @N for a slot.");
        }
        return new DaemonSegment(name, plan.segmentDirectory().orElse(instance.path()));
    }

    Path file() {
        return directory.resolve(name + ".seg");
    }

    Path lock() {
        return directory.resolve(name + ".lock");
    }

    /** Newest first. */
    List<Abandoned> abandoned() throws SegmentException {
        return SegmentFile.abandoned(file());
    }

    /** @throws CommandFailedException with exit code 1 if there is nothing of that name */
    Abandoned abandoned(String id) throws SegmentException {
        List<Abandoned> all = abandoned();
        return all.stream()
                .filter(abandoned -> abandoned.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new CommandFailedException(
                        ExitCode.FAILED,
                        "Nothing of " + name + " is set aside as `" + io.coppice.ops.view.Printable.of(id) + "`.\n  "
                                + (all.isEmpty()
                                        ? "There is nothing."
                                        : "There is "
                                                + all.stream()
                                                        .map(Abandoned::id)
                                                        .collect(Collectors.joining(", "))
                                                + ".")));
    }
}
