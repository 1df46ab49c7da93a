package io.coppice.ops.prober;

import io.coppice.ops.prober.ProbeCount.Standing;
import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.ProbeCheck;
import org.jspecify.annotations.Nullable;

/**
 * When one probe looks at one process, and what its looks come to. Times are {@link System#nanoTime}, given by the caller.
 *
 * <p>A look begins a period after the one before it began, or when that has ended, if that is later. Until it is first well, a readiness
 * probe looks every second if its period is longer: what is ready should not wait, and a failure means nothing yet. A log line is looked
 * for all the time, and a period without it counts as one failure.
 */
final class ProbeSchedule {
    private static final long NANOS_PER_MS = 1_000_000;

    /** Between two looks for a line; these are cheap. */
    static final long LINE_PERIOD_NS = 200 * NANOS_PER_MS;

    /** The longest time between two looks that wait for readiness. */
    static final long IMPATIENT_PERIOD_NS = 1_000 * NANOS_PER_MS;

    /** A look that has not ended that long after its timeout, which it should keep itself, is not waited for. */
    static final long OVERDUE_NS = 500 * NANOS_PER_MS;

    /** What a look has to get ready takes milliseconds; after that it is told. */
    private static final long HELD_UP_NS = 60_000 * NANOS_PER_MS;

    private final String name;
    private final Probe probe;
    private final Look look;
    private final boolean impatient;
    private final boolean line;
    private ProbeCount count;
    private String lastText = "";
    private String obstacle = "";
    private long dueNs;
    private long countsFromNs;
    private boolean running;
    private long startedNs;
    private boolean overdue;
    private long excusedNs = Long.MIN_VALUE;

    private ProbeSchedule(String name, Probe probe, Seen process, Standing known, Looks looks) {
        this.name = name;
        this.probe = probe;
        this.look = looks.of(probe, process);
        this.impatient = name.equals("readiness");
        this.line = probe.check() instanceof ProbeCheck.LogLine;
        this.count = ProbeCount.begin(known);
        this.dueNs = process.spawnedAtNs() + probe.initialDelayMs() * NANOS_PER_MS;
        this.countsFromNs = line ? dueNs + periodNs() : dueNs;
    }

    /** Null if there is no probe. */
    static @Nullable ProbeSchedule of(String name, @Nullable Probe probe, Seen process, Standing known, Looks looks) {
        return probe == null ? null : new ProbeSchedule(name, probe, process, known, looks);
    }

    Standing standing() {
        return count.standing();
    }

    /** Whether nothing more can come of it: a line that was seen stays seen, whatever becomes of the file. */
    boolean isSettled() {
        return line && count.standing() == Standing.WELL;
    }

    String name() {
        return name;
    }

    Look look() {
        return look;
    }

    /** When there is something to do: a look to begin, or one that is overdue to give up. */
    long nextNs() {
        return running ? giveUpNs() : dueNs;
    }

    private long giveUpNs() {
        long sinceNs = Math.max(look.sinceNs(startedNs), excusedNs);
        return Math.max(sinceNs + probe.timeoutMs() * NANOS_PER_MS + OVERDUE_NS, overdue ? dueNs : 0);
    }

    private long periodNs() {
        return probe.periodMs() * NANOS_PER_MS;
    }

    /**
     * Notes what keeps the prober from looking.
     *
     * @param text empty for nothing
     * @return whether it is to be told, as it is another thing than before
     */
    boolean isNewObstacle(String text) {
        boolean other = !text.isEmpty() && !text.equals(obstacle);
        obstacle = text;
        return other;
    }

    /** Whether a look has been asked for long ago, and has not begun. */
    boolean isHeldUp(long nowNs) {
        return running && nowNs - startedNs > HELD_UP_NS && look.sinceNs(startedNs) >= nowNs;
    }

    /** Whether a look is to begin now, which the caller then does. One that is overdue counts as failed meanwhile. */
    boolean begin(long nowNs) {
        if (nowNs < nextNs()) {
            return false;
        }
        dueNs = nowNs + untilNextNs();
        if (running) {
            overdue = true;
            count(false, "no answer yet", nowNs);
            return false;
        }
        running = true;
        overdue = false;
        startedNs = nowNs;
        return true;
    }

    private long untilNextNs() {
        if (line && count.standing() != Standing.WELL) {
            return Math.min(periodNs(), LINE_PERIOD_NS);
        }
        return impatient && count.standing() == Standing.UNKNOWN
                ? Math.min(periodNs(), IMPATIENT_PERIOD_NS)
                : periodNs();
    }

    /**
     * The prober itself stood still until now. A look that is under way has all of its time anew, and a failure of it says nothing; a line
     * may take another period.
     */
    void excuse(long nowNs) {
        excusedNs = nowNs;
        if (line) {
            countsFromNs = Math.max(countsFromNs, nowNs + periodNs());
        }
    }

    /** The look that began last has ended. */
    void end(LookResult result, long nowNs) {
        running = false;
        if (!overdue && result.counts() && (result.success() || startedNs >= excusedNs)) {
            count(result.success(), result.text(), nowNs);
        }
    }

    private void count(boolean success, String text, long nowNs) {
        if (!success && nowNs < countsFromNs) {
            return;
        }
        if (line && !success) {
            countsFromNs = nowNs + periodNs();
        }
        count = count.after(success, probe);
        lastText = text;
    }

    /** For people: {@code readiness: tcp 127.0.0.1:80: Connection refused, 3 times in a row}. */
    String inWords() {
        int times = count.failures();
        return name + ": " + probe.check().words() + (lastText.isEmpty() ? "" : ": " + lastText)
                + (times > 1 ? ", " + times + " times in a row" : "");
    }
}
