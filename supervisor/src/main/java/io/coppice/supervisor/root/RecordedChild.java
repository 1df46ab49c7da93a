package io.coppice.supervisor.root;

import io.coppice.state.root.StandbyRecord;
import io.coppice.supervisor.core.ChildState;
import java.util.List;

/**
 * A child as a root that died had recorded it.
 *
 * @param state of the core, under the new plan's spec
 * @param session that its process is in
 * @param pidfdInode of that process, 0 where the kernel did not tell
 * @param pipeInode of the pipe that lets that process go, if it was a standby; else 0
 * @param logStartBytes how long its log file was when that process was launched
 * @param standbys its processes in reserve
 * @param lastExitEpochMs when it last ended, milliseconds since 1970
 */
record RecordedChild(
        ChildState state,
        long session,
        long pidfdInode,
        long pipeInode,
        long logStartBytes,
        List<StandbyRecord> standbys,
        long lastExitEpochMs) {
    /** The standby of that id. */
    StandbyRecord standby(long id) {
        for (StandbyRecord standby : standbys) {
            if (standby.id() == id) {
                return standby;
            }
        }
        throw new IllegalArgumentException(state.spec().name() + " has no standby " + id + " on record");
    }
}
