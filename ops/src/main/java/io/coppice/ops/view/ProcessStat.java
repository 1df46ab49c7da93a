package io.coppice.ops.view;

/**
 * One process as {@code /proc/PID/stat} tells it.
 *
 * @param processGroup id of its group; every child of a root leads one of its own
 * @param state the kernel's letter: R, S, D, T, t, Z, X or I
 * @param startTicks field 22, clock ticks from boot to the start; with the pid it names a process for one boot
 */
public record ProcessStat(long pid, long parentPid, long processGroup, char state, long startTicks) {
    /** Whether it can still run, hold locks and map files: a zombie cannot. */
    public boolean alive() {
        return state != 'Z' && state != 'X';
    }

    /** The kernel's letter as a word. */
    public String stateWord() {
        return switch (state) {
            case 'R' -> "running";
            case 'S', 'I' -> "sleeping";
            case 'D' -> "blocked";
            case 'T' -> "stopped";
            case 't' -> "traced";
            case 'Z' -> "zombie";
            case 'X' -> "dead";
            default -> "unknown";
        };
    }
}
