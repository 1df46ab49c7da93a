package io.coppice.worker.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lives a worker's whole life over and over: from the line that assigns it, over lock, map, validation and rollback, to
 * commits of {@link ScratchDaemon}'s steps, and to its end; each time with changes left behind that nobody committed.
 * It is the production code on a real segment, with the contents rules of the real daemon; only that nobody is told of phases, nobody
 * can ask it to stop, and nobody reads its log. Main thread.
 */
final class ScratchWorker {
    private static final String NOTHING = "/dev/null";

    private final WorkerArguments arguments;
    private final ScratchDirectory scratch;
    private final @Nullable LibcLoader libc;
    private final WorkerLog log;

    ScratchWorker(WorkerArguments real, ScratchDirectory scratch, @Nullable LibcLoader libc) {
        this.scratch = scratch;
        this.libc = libc;
        this.arguments = new WorkerArguments(
                real.instance(),
                real.name(),
                scratch.segment(),
                scratch.lock(),
                OwnerFiles.directory(scratch.segment()),
                ScratchDaemon.class.getName(),
                real.heartbeatTimeoutMs(),
                real.statePolicy(),
                real.fence(),
                null,
                Map.of(real.name(), scratch.segment()),
                real.userArgs(),
                null);
        this.log = WarmUp.unheard(real.name());
    }

    void run() throws Exception {
        boolean checkpoints = arguments.statePolicy().checkpointEveryMs() > 0
                || arguments.statePolicy().checkpointEveryCommits() > 0;
        scratch.createSegment(arguments.instance(), arguments.name(), checkpoints ? 1 : 0);
        MainClass.prepare(arguments.mainClass());
        ScratchLives.live(this::live);
    }

    private void live(int life) throws IOException {
        OwnedWorker worker = new OwnedWorker(
                arguments, line(life), RootNotifier.toNobody(), new StopHook(log), libc, new Answers(), log);
        try {
            int exitCode = worker.run();
            OwnedSegment segment = worker.segment();
            if (exitCode != ExitCode.DONE || segment == null) {
                throw new IllegalStateException("life " + life + " on scratch memory ended with exit code " + exitCode);
            }
            ScratchDaemon.changeWithoutCommit(segment.state());
        } finally {
            worker.close();
        }
    }

    /** The line that assigns it, read as one is; and, without one, what is done to the pipe before and after. */
    private static ReleaseLine line(int life) throws IOException {
        String line = "go " + life + (life % 8 == 1 ? " exception 70 -" : " signal 0 KILL") + " 1790000000123\n";
        try (HoldPipe pipe = new HoldPipe(new FileInputStream(NOTHING), NOTHING);
                HoldPipe text = new HoldPipe(new ByteArrayInputStream(line.getBytes(US_ASCII)), NOTHING)) {
            pipe.outliveRoot();
            Optional<RootLine> found = pipe.next();
            return (ReleaseLine) (found.isPresent() ? found : text.next()).orElseThrow();
        }
    }
}
