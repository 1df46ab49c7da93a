package io.coppice.supervisor.root;

import io.coppice.supervisor.os.ThreadStat;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether one worker hangs: how long its heartbeat has been silent, and how much of that is to be laid at its door. Pure: it is given
 * what was seen at each look, and asks nobody.
 *
 * <p>Silence counts, but for what an {@link Excuse} takes off:
 *
 * <ul>
 *   <li>stopped: all of the time between two looks of which one found its loop thread stopped;
 *   <li>starved: of the time between two looks, the share in which its loop thread was ready to run and had no CPU;
 *   <li>standstill: all of the time in which the whole JVM left a question unanswered that any of its threads can answer.
 * </ul>
 *
 * Each is bounded, and so are all together: the worst that a worker can bring about is that it is found hung that much later. Nothing is
 * excused in the first half of what it may be silent, as nobody asks then.
 *
 * <p>Duty-cycle thread only; allocates nothing but the texts.
 */
final class HangJudge {
    private static final double NANOS_PER_SECOND = 1e9;

    /** What is less than this part of the timeout is not worth a word. */
    private static final int PARTS_WORTH_A_WORD = 20;

    private final long timeoutNs;
    private final long[] excusedNs = new long[Excuse.values().length];

    /** What counts. */
    private long silentNs;

    private long allExcusedNs;
    private boolean told;

    /** What the look before this one found; nothing if this is the first that is made closely. */
    private boolean looked;

    private boolean stopped;
    private boolean asked;
    private long answers;
    private long ranNs;
    private long waitedNs;

    /** Of the loop thread, since it has been looked at closely. */
    private long allRanNs;

    private long allWaitedNs;
    private Excuse last = Excuse.STOPPED;

    /** @param timeoutNs 1 or more, what one worker may be silent without a word; excuses are measured by it */
    HangJudge(long timeoutNs) {
        this.timeoutNs = timeoutNs;
    }

    /** The heartbeat moved, or a watch begins. */
    void onBeat() {
        silentNs = 0;
        if (looked) {
            forget();
        }
    }

    private void forget() {
        Arrays.fill(excusedNs, 0);
        allExcusedNs = 0;
        allRanNs = 0;
        allWaitedNs = 0;
        told = false;
        looked = false;
        stopped = false;
        asked = false;
    }

    /** The heartbeat did not move. */
    void onSilence(long countedNs) {
        silentNs += countedNs;
    }

    /** Whether it is time to look more closely. */
    boolean isSuspect(long limitNs) {
        return silentNs > limitNs / 2;
    }

    boolean isHung(long limitNs) {
        return silentNs > limitNs;
    }

    /**
     * Takes in what was seen at a close look, after {@link #onSilence}.
     *
     * @param countedNs what that counted for the time since the last look
     * @param elapsedNs how long that was by the clock
     * @return whether to ask the worker's JVM for an answer now
     */
    boolean weigh(SuspectReading seen, long countedNs, long elapsedNs) {
        long wantedNs = looked ? starvedNs(seen, countedNs, elapsedNs) : 0;
        boolean unanswered = asked && seen.answers == answers;
        if (seen.stopped || stopped) {
            excuse(Excuse.STOPPED, countedNs);
        } else if (!unanswered || wantedNs > countedNs / 2) {
            excuse(Excuse.STARVED, wantedNs);
        } else {
            excuse(Excuse.STANDSTILL, countedNs);
        }
        looked = true;
        stopped = seen.stopped;
        ranNs = seen.ranNs;
        waitedNs = seen.waitedNs;
        if (unanswered) {
            return false;
        }
        answers = seen.answers;
        asked = seen.answers != 0 && !seen.stopped;
        return asked;
    }

    /** How much of the time counted the loop thread was ready to run, and did not. */
    private long starvedNs(SuspectReading seen, long countedNs, long elapsedNs) {
        if (elapsedNs <= 0 || ranNs == ThreadStat.NOT_TOLD || seen.ranNs == ThreadStat.NOT_TOLD) {
            return 0;
        }
        long ran = Math.max(0, Math.min(seen.ranNs - ranNs, elapsedNs));
        // A wait that lasts is not in the kernel's sum yet, but shows in that it is ready now and has not run.
        long waited = seen.runnable ? elapsedNs - ran : Math.max(0, Math.min(seen.waitedNs - waitedNs, elapsedNs));
        allRanNs += ran;
        allWaitedNs += waited;
        return (long) (countedNs * ((double) waited / elapsedNs));
    }

    private void excuse(Excuse excuse, long ns) {
        int of = excuse.place;
        long granted = Math.min(ns, leftNs(excuse));
        if (granted > 0) {
            excusedNs[of] += granted;
            allExcusedNs += granted;
            silentNs -= granted;
            last = excuse;
        }
    }

    private long leftNs(Excuse excuse) {
        return Math.min(
                excuse.mostTimeouts * timeoutNs - excusedNs[excuse.place],
                Excuse.MOST_TIMEOUTS * timeoutNs - allExcusedNs);
    }

    /**
     * What to tell the operator of a worker that would be found hung by now but for its excuses; once in each silence.
     *
     * @return null if there is nothing to tell
     */
    @Nullable
    String newExcuse(long limitNs) {
        if (told || allExcusedNs == 0 || silentNs > limitNs || silentNs + allExcusedNs <= limitNs) {
            return null;
        }
        told = true;
        return "silent for " + seconds(silentNs + allExcusedNs) + ", excused: " + excuses() + "; taken for hung after "
                + seconds(limitNs + allExcusedNs + leftNs(last)) + " at the latest";
    }

    /** What was excused of this silence, empty if nothing worth a word was. */
    String excuses() {
        StringBuilder text = new StringBuilder();
        for (Excuse excuse : Excuse.values()) {
            long ns = excusedNs[excuse.place];
            if (ns > timeoutNs / PARTS_WORTH_A_WORD) {
                text.append(text.length() == 0 ? "" : ", ")
                        .append(seconds(ns))
                        .append(' ')
                        .append(excuse.words);
                if (excuse == Excuse.STARVED && allRanNs + allWaitedNs > 0) {
                    text.append(" (got ")
                            .append(Math.round(100.0 * allRanNs / (allRanNs + allWaitedNs)))
                            .append(" % of the CPU it wanted)");
                }
            }
        }
        return text.toString();
    }

    private static String seconds(long ns) {
        return String.format(Locale.ROOT, "%.1f s", ns / NANOS_PER_SECOND);
    }
}
