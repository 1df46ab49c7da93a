package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeartbeatScanProbeTest {
    private static final long SECOND_NS = 1_000_000_000L;

    @TempDir
    Path directory;

    @Test
    void shouldFindSilentWhoseSegmentStandsStillForLongerThanItMay() throws Exception {
        Path file = directory.resolve("one.seg");
        try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
            sized.setLength(SegmentSpec.MIN_LENGTH_BYTES);
        }
        SegmentFile.create(
                file, new SegmentSpec("bench", "one", SegmentSpec.KIND_DAEMON, SegmentSpec.MIN_LENGTH_BYTES));
        OwnerFiles.makeLock(file);
        try (OwnedSegment owner = SegmentFile.openOwned(
                        file,
                        directory.resolve("one.lock"),
                        ProcessHandle.current().pid(),
                        1);
                ReadOnlySegment segment = SegmentFile.openReadOnly(file)) {
            HeartbeatScanProbe probe = new HeartbeatScanProbe(1, HeartbeatScanProbe.in(List.of(segment)));
            for (int look = 0; look < 10; look++) {
                owner.heartbeat().beat();
                assertEquals(0, probe.scan(SECOND_NS));
            }
            for (int look = 0; look < 5; look++) {
                assertEquals(0, probe.scan(SECOND_NS));
            }
            assertEquals(1, probe.scan(SECOND_NS));
        }
    }

    @Test
    void shouldLookAtEveryDaemon() {
        boolean[] seen = new boolean[1000];
        HeartbeatScanProbe probe = new HeartbeatScanProbe(seen.length, new HeartbeatScanProbe.Counters() {
            @Override
            public long heartbeatCount(int daemon) {
                return 7;
            }

            @Override
            public long busyAtCount(int daemon) {
                return -1;
            }

            @Override
            public long busyAtMostMs(int daemon) {
                seen[daemon] = true;
                return 0;
            }
        });

        probe.scan(SECOND_NS);

        for (boolean one : seen) {
            assertTrue(one);
        }
    }
}
