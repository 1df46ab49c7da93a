package io.coppice.state;

import java.io.IOException;
import java.nio.file.Path;

/** Owns a segment until it is killed, and says so by its phase. */
final class FenceChild {
    private FenceChild() {}

    public static void main(String[] args) throws IOException, SegmentException, InterruptedException {
        try (OwnedSegment owner = SegmentFile.openOwned(
                Path.of(args[0]), Path.of(args[1]), ProcessHandle.current().pid(), Long.parseLong(args[2]))) {
            owner.recover();
            owner.phase(Phase.READY);
            Thread.currentThread().join();
        }
    }
}
