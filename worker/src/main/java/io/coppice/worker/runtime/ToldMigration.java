package io.coppice.worker.runtime;

import io.coppice.state.Migration;
import io.coppice.state.RingView;
import io.coppice.state.State;
import io.coppice.state.StateView;
import io.coppice.state.StructureInfo;
import io.coppice.state.StructureType;
import io.coppice.worker.Daemon;

/**
 * A daemon's migration, and a line in the log for each channel with messages that not every receiver had read: they stay
 * behind with the old contents, unless the daemon sends them anew. Loop thread.
 */
final class ToldMigration implements Migration {
    private final Daemon daemon;
    private final WorkerPort port;

    ToldMigration(Daemon daemon, WorkerPort port) {
        this.daemon = daemon;
        this.port = port;
    }

    @Override
    public void migrate(StateView old, State state) throws Exception {
        daemon.migrate(old, state);
        for (StructureInfo structure : old.structures()) {
            if (structure.type() == StructureType.CHANNEL) {
                RingView channel = old.ring(structure.name());
                if (channel.waitingMessages() > 0) {
                    port.log(
                            "the migration leaves " + channel.waitingMessages() + " messages of channel "
                                    + structure.name()
                                    + " behind that, when it last had to look, not all of its receivers ("
                                    + String.join(", ", channel.receivers())
                                    + ") had read; they are in the contents that are kept aside",
                            null);
                }
            }
        }
    }
}
