package io.coppice.supervisor.root;

import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.plan.ChildMark;
import java.nio.file.Path;
import java.util.List;

/**
 * Children of an instance that are alive and of which there is no record: somebody removed it. Told by the mark in their environment,
 * and by being what we launch: the leader of a process group of its own, in the session of whoever launched it. What they have
 * started themselves is not counted, nor what has made itself a session of its own.
 */
final class Strays {
    private Strays() {}

    /** For people: {@code web (pid 12)} each. Reads all of /proc. */
    static List<String> find(Path directory, ProcessTable processes) throws OsException {
        return MarkedLeaders.find(processes, entry -> ChildMark.childIn(entry, directory.toString()) != null).stream()
                .map(leader -> ChildMark.childIn(leader.entry(), directory.toString()) + " (pid " + leader.pid() + ")")
                .toList();
    }
}
