package io.coppice.supervisor.core;

import java.util.Objects;

/**
 * How long a process has been in each stage of its start. The stages are its own word: whatever it says, and however
 * often, each stage's time only adds up, so that all of them together last no longer than the sum of their timeouts.
 *
 * @param stage the present one
 * @param sinceNs when it was entered
 * @param startNs spent in START before that; likewise the other two
 */
public record StartClock(StartStage stage, long sinceNs, long startNs, long recoverNs, long migrateNs) {
    /** Of a child that was not released. */
    public static final StartClock STOPPED = new StartClock(StartStage.START, ChildState.NEVER, 0, 0, 0);

    public StartClock {
        Objects.requireNonNull(stage);
    }

    /** Of a process that was released now. */
    static StartClock begin(long nowNs) {
        return new StartClock(StartStage.START, nowNs, 0, 0, 0);
    }

    StartClock enter(StartStage next, long nowNs) {
        long spentNs = Math.max(0, nowNs - sinceNs);
        return switch (stage) {
            case START -> new StartClock(next, nowNs, startNs + spentNs, recoverNs, migrateNs);
            case RECOVER -> new StartClock(next, nowNs, startNs, recoverNs + spentNs, migrateNs);
            case MIGRATE -> new StartClock(next, nowNs, startNs, recoverNs, migrateNs + spentNs);
        };
    }

    /** With less time spent in the present stage. */
    StartClock excused(long ns) {
        return new StartClock(stage, sinceNs + ns, startNs, recoverNs, migrateNs);
    }

    /** What is left of the present stage's time as of {@link #sinceNs}; zero or less if it is used up. */
    long leftNs(StartTimeouts timeouts) {
        return timeouts.ofNs(stage)
                - switch (stage) {
                    case START -> startNs;
                    case RECOVER -> recoverNs;
                    case MIGRATE -> migrateNs;
                };
    }
}
