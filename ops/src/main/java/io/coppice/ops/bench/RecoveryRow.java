package io.coppice.ops.bench;

import io.coppice.supervisor.os.OsException;
import java.io.IOException;

/** Something of {@code bench recovery} that is measured again and again, in turn with the others. One thread. */
interface RecoveryRow {
    /**
     * Measures once, and adds to its {@link RowTimes}. Blocks until what it measures is at rest again, or until the watchdog's time is
     * over.
     *
     * @throws io.coppice.ops.cli.CommandFailedException if that which was killed did not go on
     */
    void measure() throws IOException, InterruptedException, OsException;
}
