package io.coppice.ops.bench;

import io.coppice.ops.bench.job.Steps;
import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.ExitCode;
import io.coppice.supervisor.os.OsException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Kills a process whose supervisor starts it again.
 *
 * @param name as in messages
 * @param mayBeKilled what must hold besides before it is killed, once all of its state is touched
 * @param result what becomes of the times
 */
record KilledRow(
        String name, StepView steps, Kill.Successor successor, BooleanSupplier mayBeKilled, Consumer<Kill> result)
        implements RecoveryRow {
    /** A root refills its reserve in quiet times only, and this machine may have few. */
    private static final long WATCHDOG_NS = TimeUnit.MINUTES.toNanos(5);

    private static final long POLL_MS = 1;

    /** Touches all, and goes on for a little. */
    private static final int STEPS_BEFORE_A_KILL = Steps.STEPS_UNTIL_TOUCHED + 3;

    /** Of one that starts again cold, and may be killed at any time. */
    static KilledRow cold(String name, StepView steps, Consumer<Kill> result) {
        return new KilledRow(name, steps, Kill.Successor.COLD, () -> true, result);
    }

    /**
     * Of one with a process in reserve, and not before that waits.
     *
     * @param told that it was not the successor
     */
    static KilledRow reserved(StandbyReserve reserve, StepView steps, Consumer<Kill> result, Consumer<String> told) {
        return new KilledRow(reserve.daemon(), steps, Kill.Successor.READY, reserve::isReady, kill -> {
            result.accept(kill);
            if (!reserve.held(steps.pid())) {
                told.accept("the standby of " + reserve.daemon()
                        + " was not its successor: that one started cold, after " + kill.commitNs() / 1_000
                        + " µs, and counts all the same");
            }
        });
    }

    @Override
    public void measure() throws InterruptedException, OsException {
        long sinceNs = System.nanoTime();
        while (steps.steps() < STEPS_BEFORE_A_KILL || !mayBeKilled.getAsBoolean()) {
            if (System.nanoTime() - sinceNs > WATCHDOG_NS) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        "bench: " + name + " was not at rest within "
                                + TimeUnit.NANOSECONDS.toMinutes(WATCHDOG_NS) + " minutes; it has made " + steps.steps()
                                + " steps of the " + STEPS_BEFORE_A_KILL + " that were expected"
                                + (mayBeKilled.getAsBoolean() ? "." : ", and no process waits in reserve for it."));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
        result.accept(Kill.of(steps, successor, name));
    }
}
