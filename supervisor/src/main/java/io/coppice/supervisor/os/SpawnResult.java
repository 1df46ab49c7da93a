package io.coppice.supervisor.os;

import org.jspecify.annotations.Nullable;

/** What became of a {@link SpawnRequest}. */
public sealed interface SpawnResult {
    /** The request's token. */
    long token();

    /**
     * The program was executed; the process is held, leads a session and a process group of its own number, and is ours to reap.
     *
     * @param pid also the number of its session and process group
     * @param journalRefusal why it writes to its log file and not to the journal that was asked for, one line for people;
     *     null if it writes where it was asked to
     * @param logStartBytes how long its log file was just before; 0 if there was none
     */
    record Spawned(long token, int pid, @Nullable String journalRefusal, long logStartBytes) implements SpawnResult {}

    /**
     * No process came of it and nothing of it is left, save perhaps an empty log file.
     *
     * @param errno as posix_spawn(3) returned it
     * @param reason one line for people: what, the system's text, what to do
     */
    record Failed(long token, int errno, String reason) implements SpawnResult {}
}
