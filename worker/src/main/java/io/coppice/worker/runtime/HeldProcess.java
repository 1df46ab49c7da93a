package io.coppice.worker.runtime;

import java.io.IOException;
import java.util.Optional;

/**
 * From the start of a process to the line that lets it go: held, and where the root says so parked in between, warm. Main thread.
 *
 * @param hold the pipe on standard input
 * @param root told when this process is parked
 * @param warmUp what a standby does before it is parked, and all that one does that trains
 */
record HeldProcess(HoldPipe hold, RootNotifier root, Runnable warmUp, WorkerLog log) {
    /**
     * Waits for the root's lines and does what they say up to the one that releases this process. Blocks for as long as it is held, or a standby.
     *
     * @return the line that releases it, or {@link RootLine.Waiting#TRAIN} once it has done that; empty if it must not go on
     * @throws IllegalArgumentException if the root writes another line than expected
     */
    Optional<RootLine> released() throws IOException {
        Optional<RootLine> line = hold.next();
        if (line.isPresent() && line.get() == RootLine.Waiting.TRAIN) {
            warmUp.run();
        }
        if (line.isPresent() && line.get() == RootLine.Waiting.STANDBY) {
            return assigned();
        }
        return line;
    }

    private Optional<RootLine> assigned() throws IOException {
        try {
            hold.outliveRoot();
        } catch (IOException e) {
            log.log("this standby will end with the root, as it cannot open its own standard input: " + e, null);
        }
        warmUp.run();
        root.phaseChanged();
        Optional<RootLine> line = hold.next();
        if (line.isPresent() && line.get() instanceof RootLine.Waiting waiting) {
            throw new IllegalArgumentException(
                    "release line '" + waiting.word() + "': expected 'go …', as this process is a standby already");
        }
        return line;
    }
}
