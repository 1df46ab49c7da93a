package io.coppice.ops.cli;

import io.coppice.ops.view.EventReader;
import io.coppice.ops.view.EventReader.Batch;
import io.coppice.ops.view.EventRow;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.Printable;
import io.coppice.ops.view.Suggestions;
import io.coppice.ops.view.UserNames;
import io.coppice.state.root.EventType;
import io.coppice.supervisor.plan.ReplicaSet;
import io.coppice.supervisor.plan.SlotName;
import java.io.IOException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coppice events}: what the root did and why, from a ring that outlives it. */
@Command(
        name = "events",
        description = "Print the root's events, oldest first. The last 1024 are kept, also across the root's death.")
final class EventsCommand implements Callable<Integer> {
    /** What the first column says of an event of no daemon. */
    private static final String ROOT = "root";

    private final CoppiceCommand coppice;

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description =
                    "Only of these, or of their replicas and slots of transactions; `root`: of none of them; default: all.")
    private List<String> names = List.of();

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            split = ",",
            completionCandidates = TypeWords.class,
            description = "Only of this type, such as exited; several by commas, or once for each; default: all.")
    private List<String> types = List.of();

    @Option(names = "--json", description = "One JSON object per line, and nothing else, on standard output.")
    private boolean json;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with new ones, until Ctrl-C; also across the root's restart.")
    private boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "Only the last N of these; default: all that are kept.")
    private @Nullable Integer lines;

    private final UserNames users = new UserNames();
    private String lastProblem = "";

    EventsCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() {
        if (lines != null && lines < 0) {
            throw new CommandFailedException(
                    ExitCode.USAGE, "--lines: " + lines + " is out of range, expected 0 or more.");
        }
        requireTypes();
        InstanceDirectory instance = coppice.resolveInstance();
        try (EventReader events = new EventReader(instance)) {
            Batch first = events.next();
            if (!follow && first.problem().isPresent()) {
                throw new CommandFailedException(
                        ExitCode.FAILED, first.problem().get());
            }
            requireNames(instance, first.rows());
            show(first, newest(asked(first.rows())));
            while (follow && Polling.pause(Polling.FOLLOW_INTERVAL)) {
                Batch batch = events.next();
                show(batch, asked(batch.rows()));
            }
            return ExitCode.DONE;
        } catch (IOException e) {
            throw coppice.output().failure(e);
        }
    }

    private void requireTypes() {
        List<String> known = new TypeWords().all();
        for (String type : types) {
            if (!known.contains(type)) {
                throw new CommandFailedException(
                        ExitCode.USAGE,
                        "--type: there is no event `" + Printable.of(type) + "`."
                                + Suggestions.nearest(type, known)
                                        .map(near -> " Did you mean `" + near + "`?")
                                        .orElse("")
                                + "\n  There are: " + String.join(", ", known) + ".");
            }
        }
    }

    /** A daemon that the instance has no more is known by what happened to it. */
    private void requireNames(InstanceDirectory instance, List<EventRow> rows) {
        List<String> others = names.stream()
                .filter(name -> !name.equals(ROOT) && rows.stream().noneMatch(row -> isOf(row, name)))
                .toList();
        if (!others.isEmpty()) {
            try (Daemons daemons = new Daemons(coppice, instance)) {
                daemons.known(others);
            }
        }
    }

    private List<EventRow> asked(List<EventRow> rows) {
        return rows.stream()
                .filter(row -> types.isEmpty() || types.contains(row.type()))
                .filter(row -> names.isEmpty() || names.stream().anyMatch(name -> isOf(row, name)))
                .toList();
    }

    private static boolean isOf(EventRow row, String name) {
        String daemon = row.daemon().orElse(ROOT);
        String whose = SlotName.daemonOf(daemon);
        return name.equals(daemon) || name.equals(whose) || name.equals(ReplicaSet.setOf(whose));
    }

    private List<EventRow> newest(List<EventRow> rows) {
        return lines == null ? rows : rows.subList(Math.max(0, rows.size() - lines), rows.size());
    }

    private void show(Batch batch, List<EventRow> rows) throws IOException {
        // Told once, not ten times a second for as long as it lasts.
        String problem = batch.problem().orElse("");
        if (!problem.isEmpty() && !problem.equals(lastProblem)) {
            coppice.note(problem);
        }
        lastProblem = problem;
        if (batch.beganAnew()) {
            coppice.note("the root's segment was made anew; going on with its first event.");
        }
        if (batch.lost() > 0) {
            showLost(batch.lost());
        }
        for (EventRow row : rows) {
            if (json) {
                row.writeJson(coppice.output().asStream());
            } else {
                coppice.output()
                        .line(row.line(coppice.palette(), ZoneId.systemDefault(), batch.nameWidth(), users::of));
            }
        }
        coppice.output().flush();
    }

    private void showLost(long count) throws IOException {
        if (json) {
            EventRow.writeLostJson(count, coppice.output().asStream());
        } else {
            coppice.output()
                    .line("… " + count + (count == 1 ? " event" : " events")
                            + " lost: the ring was overwritten before they were read");
        }
    }

    /** All types, also for completion. */
    static final class TypeWords implements Iterable<String> {
        List<String> all() {
            return Arrays.stream(EventType.values()).map(EventType::word).toList();
        }

        @Override
        public Iterator<String> iterator() {
            return all().iterator();
        }
    }
}
