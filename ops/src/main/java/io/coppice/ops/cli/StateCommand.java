package io.coppice.ops.cli;

import io.coppice.ops.view.AbandonedContents;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.SegmentContents;
import io.coppice.state.ChecksumVerdict;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentDamagedException;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SnapshotResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coppice state}: what a daemon's segment holds, whether the daemon lives or not. */
@Command(
        name = "state",
        description = {
            "Show what a daemon's segment holds as of its last commit, and its checkpoints.",
            "Structures, fields, the first entries of maps. Only reads; the daemon does not notice."
        })
final class StateCommand implements Callable<Integer> {
    private final CoppiceCommand coppice;

    @Parameters(paramLabel = "NAME", description = "Daemon, or NAME.N for a replica.")
    private String name = "";

    @Option(names = "--json", description = "One JSON object, and nothing else, on standard output.")
    private boolean json;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Most elements of a structure to show, such as keys of a map; default: ${DEFAULT-VALUE}.")
    private int limit = 20;

    @Option(
            names = "--structure",
            paramLabel = "S",
            description = "Only this structure: less to copy from a busy or large segment. Repeatable.")
    private List<String> structures = List.of();

    @Option(
            names = "--hex",
            description = "The structures' bytes in place of what they mean, at most --limit lines of 16 each.")
    private boolean hex;

    @Option(
            names = "--abandoned",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "ID",
            description = "List the contents that steps back set aside (a poisoned state, for instance), or show those"
                    + " of this ID. `coppice restore` brings them back.")
    private @Nullable String abandoned;

    StateCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() {
        if (limit < 0) {
            throw new CommandFailedException(
                    ExitCode.USAGE, "--limit: " + limit + " is out of range, expected 0 or more.");
        }
        InstanceDirectory instance = coppice.resolveWholeInstance("the segments");
        DaemonSegment daemon = DaemonSegment.find(coppice, instance, name);
        try {
            if (abandoned != null && abandoned.isEmpty()) {
                show(AbandonedContents.of(name, daemon.abandoned()));
            } else {
                show(
                        abandoned == null
                                ? daemon.file()
                                : daemon.abandoned(abandoned).file());
            }
            return ExitCode.DONE;
        } catch (SegmentException | SegmentDamagedException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "Cannot show the state of " + name + ": " + e.getMessage());
        } catch (IOException e) {
            throw coppice.output().failure(e);
        }
    }

    private io.coppice.state.StateView snapshot(ReadOnlySegment segment, Path file) {
        SnapshotResult result;
        try {
            result = structures.isEmpty() ? segment.snapshot() : segment.snapshot(structures);
        } catch (OutOfMemoryError e) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "The state of " + name + " is too large to copy into this command's heap of "
                            + Runtime.getRuntime().maxMemory() / (1 << 20)
                            + " MiB.\n  Show one structure at a time with --structure.");
        }
        if (result instanceof SnapshotResult.Snapshot snapshot) {
            requireStructures(snapshot.view());
            return snapshot.view();
        }
        throw new CommandFailedException(
                ExitCode.FAILED,
                result instanceof SnapshotResult.Busy busy
                        ? whyBusy(segment, busy)
                        : "The segment " + file + " is damaged: " + ((SnapshotResult.Damaged) result).reason());
    }

    private String whyBusy(ReadOnlySegment segment, SnapshotResult.Busy busy) {
        return segment.stepBack()
                .map(kind -> "The contents of " + name + " are being replaced just now: it "
                        + switch (kind) {
                            case EMPTY -> "starts empty";
                            case CHECKPOINT -> "goes back to a checkpoint";
                            case ABANDONED -> "gets contents back that were set aside";
                            case MIGRATION -> "migrates to another layout";
                        }
                        + ".\n  Try again. If its process died in that, its next one finishes it.")
                .orElseGet(() -> name + " commits faster than its state can be copied: " + busy.attempts()
                        + " attempts were in vain.\n  Try again, or copy less with --structure.");
    }

    /** Of a file that was truncated the snapshot, which comes next, tells more. */
    private static ChecksumVerdict checksum(ReadOnlySegment segment) {
        try {
            return segment.checksum();
        } catch (SegmentDamagedException e) {
            return ChecksumVerdict.WRONG;
        }
    }

    private void requireStructures(io.coppice.state.StateView view) {
        for (String structure : structures) {
            if (view.structure(structure).isEmpty()) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        name + " has no structure `" + structure + "`.\n  `coppice state " + name
                                + "` without --structure lists them.");
            }
        }
    }

    private void show(Path file) throws SegmentException, IOException {
        try (ReadOnlySegment segment = SegmentFile.openReadOnly(file)) {
            SegmentContents contents = new SegmentContents(
                    segment.header(), checksum(segment), snapshot(segment, file), segment.checkpoints(), limit, hex);
            if (json) {
                contents.writeJson(coppice.output().asStream());
            } else {
                coppice.output().lines(contents.lines(coppice.palette()));
            }
            coppice.output().flush();
        }
    }

    private void show(AbandonedContents contents) throws IOException {
        if (json) {
            contents.writeJson(coppice.output().asStream());
        } else {
            coppice.output().lines(contents.lines());
        }
        coppice.output().flush();
    }
}
