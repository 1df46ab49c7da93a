package io.coppice.ops.cli;

import io.coppice.ops.view.EventReader;
import io.coppice.ops.view.EventReader.Batch;
import io.coppice.ops.view.EventRow;
import io.coppice.ops.view.InstanceDirectory;
import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code coppice events}: what the root did and why, from a ring that outlives it. */
@Command(
        name = "events",
        description = "Print the root's events, oldest first. The last 1024 are kept, also across the root's death.")
final class EventsCommand implements Callable<Integer> {
    private final CoppiceCommand coppice;

    @Option(names = "--json", description = "One JSON object per line, and nothing else, on standard output.")
    private boolean json;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with new ones, until Ctrl-C; also across the root's restart.")
    private boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "Only the last N; default: all that are kept.")
    private @Nullable Integer lines;

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
        InstanceDirectory instance = coppice.resolveInstance();
        try (EventReader events = new EventReader(instance)) {
            Batch first = events.next();
            if (!follow && first.problem().isPresent()) {
                throw new CommandFailedException(
                        ExitCode.FAILED, first.problem().get());
            }
            show(first, newest(first.rows()));
            while (follow && Polling.pause(Polling.FOLLOW_INTERVAL)) {
                Batch batch = events.next();
                show(batch, batch.rows());
            }
            return ExitCode.DONE;
        } catch (IOException e) {
            throw coppice.output().failure(e);
        }
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
                coppice.output().line(row.line(coppice.palette(), ZoneId.systemDefault(), batch.nameWidth()));
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
}
