package io.coppice.supervisor.core;

/** How a process ended, as the kernel told it. */
public sealed interface ExitStatus {
    /** Ended by itself with an exit code, 0 to 255. */
    record Exited(int code) implements ExitStatus {}

    /** Ended by a signal; {@code core} when the kernel wrote a core file. */
    record Signaled(int signal, boolean core) implements ExitStatus {}

    /** The kernel could not tell, for example of a process that was not our child. */
    record Unknown() implements ExitStatus {}

    /** It ended while there was no root, and nobody kept its status. */
    record Unwitnessed() implements ExitStatus {}

    /** Of a status as wait(2) gives it. */
    static ExitStatus ofWait(int status) {
        int signal = status & 0x7f;
        return signal == 0 ? new Exited((status >> 8) & 0xff) : new Signaled(signal, (status & 0x80) != 0);
    }
}
