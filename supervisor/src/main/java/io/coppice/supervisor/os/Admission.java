package io.coppice.supervisor.os;

import java.io.IOException;

/** What is done to a child that waits for it, after its start and before it does anything: on the spawner's thread, which may block. */
@FunctionalInterface
public interface Admission {
    /**
     * The script's first command of a child that is to be admitted: it waits. A spawner that is gone, or that refuses it, ends it.
     */
    String AWAIT = "read -r _ <&" + SpawnCall.ADMISSION_FD + " || exit 125; exec " + SpawnCall.ADMISSION_FD + "<&-; ";

    /**
     * Called once, unrestricted.
     *
     * @param pid of the child, which cannot be another's: nobody has taken its status
     * @throws IOException if the child must not go on, with the reason as one line for people; it is ended then
     */
    void admit(int pid) throws IOException;
}
