package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.state.OwnedSegment;
import io.coppice.state.SegmentFile;
import io.coppice.state.StructureType;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchWorkerTest {
    @TempDir
    Path parent;

    /** A type that is missing is linked in the middle of the first take-over that uses it. */
    @Test
    void shouldHaveMadeAStructureOfEveryType() throws Exception {
        WorkerArguments arguments = WorkerArguments.parse(new String[] {
            "--instance", "shop",
            "--name", "ingest",
            "--segment", parent.resolve("ingest.seg").toString(),
            "--lock", parent.resolve("ingest.lock").toString(),
            "--main", "no.such.Daemon",
            "--heartbeat-timeout-ms", "1000"
        });
        try (ScratchDirectory scratch = ScratchDirectory.makeIn(parent)) {
            new ScratchWorker(arguments, scratch, null).run();

            Set<StructureType> made = new TreeSet<>();
            try (OwnedSegment segment = SegmentFile.openOwned(scratch.segment(), scratch.lock(), OwnPid.get(), 1000)) {
                segment.recover();
                segment.state().structures().forEach(structure -> made.add(structure.type()));
            }
            // The requests of transactions are no structure of user code's.
            assertEquals(EnumSet.complementOf(EnumSet.of(StructureType.REQUESTS)), made);
        }
    }
}
