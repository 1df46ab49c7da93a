package io.coppice.supervisor.core;

/**
 * How long a worker may take until it is ready, by what it says it is doing; nanoseconds, zero: no limit.
 *
 * @param startNs from release to ready, without the time of the other two
 * @param recoverNs all the time in {@link StartStage#RECOVER}
 * @param migrateNs all the time in {@link StartStage#MIGRATE}
 */
public record StartTimeouts(long startNs, long recoverNs, long migrateNs) {
    /** For a plain command, which is ready once it is released. */
    public static final StartTimeouts NONE = new StartTimeouts(0, 0, 0);

    public StartTimeouts {
        if (startNs < 0 || recoverNs < 0 || migrateNs < 0) {
            throw new IllegalArgumentException(
                    "start timeouts: " + startNs + ", " + recoverNs + ", " + migrateNs + " must be 0 or more");
        }
    }

    /** Of one stage. */
    public long ofNs(StartStage stage) {
        return switch (stage) {
            case START -> startNs;
            case RECOVER -> recoverNs;
            case MIGRATE -> migrateNs;
        };
    }
}
