package io.coppice.ops.torture.job;

import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.OnException;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Reads all writers and tells the recorder what it sees; a part of its steps is thrown away after they have read. */
public final class TortureReader implements Daemon {
    private static final int THROW_EVERY = 40;
    private static final int CHECKPOINT_EVERY = 200;

    private @Nullable DaemonContext context;
    private Next pause = Next.AGAIN;
    private List<Reading> readings = List.of();
    private SplittableRandom whims = new SplittableRandom(0);

    /** Thrown on purpose after reading. */
    private static final class WhimException extends RuntimeException {
        private static final long serialVersionUID = 1;

        WhimException() {
            super("on purpose", null, false, false);
        }
    }

    @Override
    public void start(DaemonContext given) throws IOException {
        context = given;
        JobArguments arguments = JobArguments.of(given.args());
        pause = Next.after(arguments.pause());
        whims = new SplittableRandom(Mix.of(arguments.seed(), given.incarnation()));
        ReportLine line = ReportLine.open(arguments.socket());
        line.send(new Report(Report.Kind.RESUMED, given.name(), given.incarnation(), 0, ""));
        readings = Structures.WRITERS.stream()
                .map(writer -> new Reading(writer, given, line))
                .toList();
    }

    @Override
    public Next step() throws IOException {
        boolean any = false;
        for (Reading reading : readings) {
            any |= reading.look();
        }
        if (any && whims.nextInt(THROW_EVERY) == 0) {
            throw new WhimException();
        }
        if (context != null && any && whims.nextInt(CHECKPOINT_EVERY) == 0) {
            context.checkpoint();
        }
        return any ? Next.AGAIN : pause;
    }

    @Override
    public OnException onException(Exception e) {
        return e instanceof WhimException ? OnException.CONTINUE : OnException.RESTART;
    }
}
