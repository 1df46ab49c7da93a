package io.coppice.ops.cli;

import io.coppice.ops.view.DaemonStatus;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceReader;
import io.coppice.ops.view.InstanceStatus;
import io.coppice.ops.view.Printable;
import io.coppice.ops.view.Suggestions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** The daemons of one instance as commands name them. One thread. */
final class Daemons implements AutoCloseable {
    private final CoppiceCommand coppice;
    private final InstanceDirectory instance;
    private final InstanceReader reader;

    Daemons(CoppiceCommand coppice, InstanceDirectory instance) {
        this.coppice = coppice;
        this.instance = instance;
        this.reader =
                new InstanceReader(instance, coppice.proc(), coppice.caller().clocks());
    }

    /** The status table without a look into the daemons' segments; cheap enough to poll. */
    InstanceStatus table() {
        return reader.readTable();
    }

    /** The status table with commits. */
    InstanceStatus status() {
        return reader.read();
    }

    /**
     * The names, each once, all known.
     *
     * @throws CommandFailedException with exit code 2 unless either names or {@code --all} are given; 3 for an unknown name
     */
    List<String> choose(List<String> names, boolean all) {
        if (names.isEmpty() == !all) {
            throw new CommandFailedException(
                    ExitCode.USAGE, all ? "Give names or --all, not both." : "Which daemon? Give names, or --all.");
        }
        if (all) {
            InstanceStatus status = table();
            if (!status.readable()) {
                throw new CommandFailedException(
                        ExitCode.FAILED, "Cannot tell which daemons there are. " + String.join(" ", status.problems()));
            }
            return status.names();
        }
        requireKnown(names);
        return List.copyOf(new LinkedHashSet<>(names));
    }

    /**
     * Checks names against the status table. If that cannot be read, nothing is known to be wrong: whoever is asked next
     * will say so.
     *
     * @throws CommandFailedException with exit code 3, a suggestion and the list, if one is unknown
     */
    void requireKnown(List<String> names) {
        InstanceStatus status = table();
        if (!status.readable()) {
            noteProblems(status);
            return;
        }
        List<String> complaints = new ArrayList<>();
        for (String name : names) {
            if (status.daemon(name).isEmpty()) {
                complaints.add("No such daemon in " + instance.name() + ": " + Printable.of(name) + "."
                        + Suggestions.nearest(name, status.names())
                                .map(near -> " Did you mean " + near + "?")
                                .orElse(""));
            }
        }
        if (!complaints.isEmpty()) {
            complaints.add(
                    status.names().isEmpty()
                            ? "  It has none."
                            : "  It has: " + String.join(", ", status.names()) + ".");
            throw new CommandFailedException(ExitCode.NO_SUCH, String.join("\n", complaints));
        }
    }

    /** Tells what could not be read. */
    void noteProblems(InstanceStatus status) {
        status.problems().forEach(coppice::note);
        for (DaemonStatus daemon : status.daemons()) {
            daemon.problem().ifPresent(problem -> coppice.note(daemon.name() + ": " + problem));
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
