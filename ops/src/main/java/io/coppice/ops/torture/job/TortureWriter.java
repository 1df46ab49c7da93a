package io.coppice.ops.torture.job;

import io.coppice.worker.Daemon;
import io.coppice.worker.DaemonContext;
import io.coppice.worker.Next;
import io.coppice.worker.OnException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Plays its script, one step of it in each step, and acknowledges each once its commit is known. What it does beside the
 * script (when it throws, pauses, asks for a checkpoint) leaves no trace in the contents.
 */
public final class TortureWriter implements Daemon {
    private static final Next IDLE = Next.after(Duration.ofMillis(20));
    private static final int LONGEST_BURST = 40;
    private static final int CHECKPOINT_EVERY = 150;
    private static final int ROLL_BACK_EVERY = 4;
    private static final int THROW_EVERY = 30;
    private static final int MOST_OPERATIONS_BEFORE_A_THROW = 12;

    private @Nullable Job job;

    /** What start found and step needs. */
    private static final class Job {
        final DaemonContext context;
        final JobArguments arguments;
        final Script script;
        final SegmentOperations operations;
        final ReportLine line;
        final SplittableRandom whims;
        final Next pause;
        long acknowledged;
        int burstLeft;

        Job(DaemonContext context) throws IOException {
            this.context = context;
            arguments = JobArguments.of(context.args());
            pause = Next.after(arguments.pause());
            int index = Structures.WRITERS.indexOf(context.name());
            script = new Script(arguments.seed(), index);
            whims = new SplittableRandom(Mix.of(arguments.seed() + index, context.incarnation()));
            operations = new SegmentOperations(context.state(), context.incarnation());
            line = ReportLine.open(arguments.socket());
            acknowledged = operations.step();
            tell(Report.Kind.RESUMED, acknowledged);
        }

        void tell(Report.Kind kind, long step) throws IOException {
            line.send(new Report(kind, context.name(), context.incarnation(), step, ""));
        }
    }

    /** Thrown on purpose in the middle of a step. */
    private static final class WhimException extends RuntimeException {
        private static final long serialVersionUID = 1;

        WhimException() {
            super("on purpose", null, false, false);
        }
    }

    @Override
    public void start(DaemonContext context) throws IOException {
        job = new Job(context);
    }

    @Override
    public Next step() throws IOException {
        Job at = job;
        if (at == null) {
            throw new IllegalStateException("step before start");
        }
        long committed = at.operations.step();
        if (committed > at.acknowledged) {
            at.tell(Report.Kind.COMMITTED, committed);
            at.acknowledged = committed;
        }
        if (--at.burstLeft < 0) {
            at.burstLeft = at.whims.nextInt(LONGEST_BURST);
            return Files.exists(at.arguments.gate()) ? idle(at) : at.pause;
        }
        try {
            if (at.whims.nextInt(ROLL_BACK_EVERY) == 0) {
                at.script.play(Script.NEVER + committed, at.operations);
                at.context.rollback();
            }
            if (at.whims.nextInt(THROW_EVERY) == 0) {
                at.script.play(
                        Script.NEVER + committed, at.operations, at.whims.nextInt(MOST_OPERATIONS_BEFORE_A_THROW));
                throw new WhimException();
            }
            at.script.play(committed + 1, at.operations);
        } catch (ChannelFullException e) {
            at.context.rollback();
            return at.pause;
        }
        if (at.whims.nextInt(CHECKPOINT_EVERY) == 0) {
            at.context.checkpoint();
        }
        return Next.AGAIN;
    }

    private static Next idle(Job at) {
        at.burstLeft = 0;
        return IDLE;
    }

    @Override
    public OnException onException(Exception e) {
        return e instanceof WhimException ? OnException.CONTINUE : OnException.RESTART;
    }
}
