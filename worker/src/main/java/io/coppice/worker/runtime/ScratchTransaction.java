package io.coppice.worker.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.coppice.state.OwnedSegment;
import io.coppice.state.RequestId;
import io.coppice.state.Requests;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.worker.Task;
import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Lives the whole life of a transaction's process over and over: from the line that assigns it, over lock, map, validation, rollback
 * and the reading of the request, to the commit of {@link ScratchTask}'s result; now and then with an attempt before that fails. It is
 * the production code on real segments, one of which stands for the daemon's; only that nobody is told of phases, nobody can ask it to
 * stop, and nobody reads its log. Main thread.
 */
final class ScratchTransaction {
    private static final String NOTHING = "/dev/null";
    private static final int SLOT = 1;
    private static final int ENTRIES = 4;
    private static final int INPUT_BYTES = 1024;

    /** Of so many lives one fails first: an exception is another path, and a slow one. */
    private static final int FAILING_EVERY = 16;

    private final TransactionArguments arguments;
    private final ScratchDirectory scratch;
    private final WorkerLog log;

    ScratchTransaction(TransactionArguments real, ScratchDirectory scratch) {
        this.scratch = scratch;
        this.arguments = new TransactionArguments(
                real.instance(),
                real.daemon(),
                scratch.segment(),
                scratch.prefix(),
                scratch.prefix(),
                Optional.empty(),
                real.mainClass(),
                null);
        this.log = WarmUp.unheard(real.daemon());
    }

    void run() throws Exception {
        scratch.createSegment(arguments.instance(), arguments.daemon(), 0);
        scratch.createSegment(arguments.segment(SLOT), arguments.instance(), arguments.name(SLOT), 0);
        MainClass.prepare(ScratchTask.class.getName(), Task.class);
        try (OwnedSegment daemon = SegmentFile.openOwned(scratch.segment(), scratch.lock(), OwnPid.get(), 1)) {
            daemon.recover();
            Requests requests = daemon.requests(ENTRIES, INPUT_BYTES);
            ScratchLives.live(life -> live(life, daemon, requests));
        }
    }

    private void live(int life, OwnedSegment daemon, Requests requests) throws IOException, SegmentException {
        long id = RequestId.of(1, life);
        boolean failing = life % FAILING_EVERY == 1;
        byte[] input = {failing ? ScratchTask.FAIL_FIRST : 0};
        int entry = requests.add(id, ScratchTask.class.getName(), input);
        daemon.state().commit();
        if (failing) {
            attempt(" none 0 - 0", id, 1, ExitCode.EXCEPTION);
        }
        attempt(failing ? " exception 70 - 1790000000123" : " none 0 - 0", id, failing ? 2 : 1, ExitCode.DONE);
        requests.free(entry);
        daemon.state().commit();
    }

    private void attempt(String previous, long id, int number, int expected) throws IOException {
        ReleaseLine release = line("go " + number + previous + " slot " + SLOT + " " + id + " " + number + "\n");
        TaskStopHook hook = new TaskStopHook(log);
        try (OwnedTransaction transaction = new OwnedTransaction(
                arguments, release, release.attempt().orElseThrow(), RootNotifier.toNobody(), hook, log)) {
            int exitCode = transaction.run();
            if (exitCode != expected) {
                throw new IllegalStateException(
                        "transaction " + RequestId.text(id) + " on scratch memory ended with exit code " + exitCode);
            }
        }
    }

    /** The line that assigns it, read as one is; and, without one, what is done to the pipe before and after. */
    private static ReleaseLine line(String line) throws IOException {
        try (HoldPipe pipe = new HoldPipe(new FileInputStream(NOTHING), NOTHING);
                HoldPipe text = new HoldPipe(new ByteArrayInputStream(line.getBytes(US_ASCII)), NOTHING)) {
            pipe.outliveRoot();
            Optional<RootLine> found = pipe.next();
            return (ReleaseLine) (found.isPresent() ? found : text.next()).orElseThrow();
        }
    }

    /** For a test: the slot that it lives in. */
    Path slot() {
        return arguments.segment(SLOT);
    }
}
