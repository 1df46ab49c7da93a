package io.coppice.worker.runtime;

import io.coppice.state.Checksum;
import io.coppice.state.Fence;
import io.coppice.state.OwnedSegment;
import io.coppice.state.Phase;
import io.coppice.state.Recovery;
import io.coppice.state.SegmentDamagedException;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentLockedException;
import io.coppice.worker.Daemon;
import io.coppice.worker.PreviousExit;
import io.coppice.worker.Transactions;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a worker does once it is released: takes its segment and runs its daemon. Main thread.
 *
 * <p>A worker does not close it: its process ends next, and until then its segment stays mapped and locked.
 */
final class OwnedWorker implements Closeable {
    private final WorkerArguments arguments;
    private final ReleaseLine release;
    private final RootNotifier root;
    private final StopHook hook;
    private final @Nullable LibcLoader libc;
    private final @Nullable Answers answers;
    private final WorkerLog log;
    private @Nullable OwnedSegment opened;
    private @Nullable WorkerContext context;

    /**
     * @param root told of each phase
     * @param hook armed once there is a loop that can be asked to stop
     * @param libc for the loop word; null if that is no fence of this worker's
     * @param answers null if the root is not to ask for any
     */
    OwnedWorker(
            WorkerArguments arguments,
            ReleaseLine release,
            RootNotifier root,
            StopHook hook,
            @Nullable LibcLoader libc,
            @Nullable Answers answers,
            WorkerLog log) {
        this.arguments = arguments;
        this.release = release;
        this.root = root;
        this.hook = hook;
        this.libc = libc;
        this.answers = answers;
        this.log = log;
    }

    /** Runs to the end and answers the exit code. */
    int run() {
        Optional<PreviousExit> previousExit = release.previousExit()
                .map(exit -> Predecessor.withLastWords(exit, arguments.segment(), segment -> true));
        OwnedSegment segment;
        try {
            segment = SegmentFile.openOwned(
                    arguments.segment(),
                    arguments.lock(),
                    arguments.ownDirectory(),
                    OwnPid.get(),
                    release.incarnation(),
                    arguments.instance(),
                    arguments.name(),
                    arguments.fence(),
                    arguments.size(),
                    log);
            opened = segment;
        } catch (SegmentLockedException e) {
            log.log(String.valueOf(e.getMessage()), null);
            return ExitCode.SEGMENT_LOCKED;
        } catch (SegmentException e) {
            log.log(String.valueOf(e.getMessage()), null);
            return ExitCode.SEGMENT_REFUSED;
        }
        segment.loopThread(OwnThread.tid());
        if (answers != null) {
            answers.countIn(segment);
        }
        if (libc == null) {
            return runOn(segment, previousExit, null);
        }
        SegmentFence fence = new SegmentFence(segment, libc, log);
        try {
            fence.turn();
            return runOn(segment, previousExit, fence);
        } finally {
            fence.giveBack();
        }
    }

    private int runOn(OwnedSegment segment, Optional<PreviousExit> previousExit, @Nullable SegmentFence fence) {
        try {
            recover(segment);
        } catch (SegmentDamagedException e) {
            boolean replaced =
                    release.fallback().isPresent() || arguments.statePolicy().resume() == StatePolicy.Resume.ZERO;
            log.log(
                    "the contents of segment " + arguments.segment() + " are damaged, and "
                            + (replaced ? "will be replaced: " : "refused (exit code 74): ") + e.getMessage(),
                    null);
            if (!replaced) {
                return ExitCode.CONTENTS_DAMAGED;
            }
        }
        try {
            return runDaemon(previousExit, segment, fence);
        } catch (Throwable fatal) {
            log.log("this JVM cannot go on (exit code 70)", fatal);
            segment.lastWords(LastWords.of(fatal));
            segment.phase(Phase.FAILING);
            return ExitCode.EXCEPTION;
        }
    }

    private int runDaemon(Optional<PreviousExit> previousExit, OwnedSegment segment, @Nullable SegmentFence fence) {
        StopRequest stop = new StopRequest(Thread.currentThread());
        hook.arm(stop, words -> exited(segment, words));
        SegmentPort port = new SegmentPort(segment, root, arguments.statePolicy(), fence, log);
        port.phase(Phase.STARTING);
        Daemon daemon;
        try {
            daemon = MainClass.instantiate(arguments.mainClass());
        } catch (UnusableMainClassException e) {
            log.log(String.valueOf(e.getMessage()), e.getCause());
            port.lastWords(LastWords.of(e));
            port.phase(Phase.FAILING);
            return ExitCode.MAIN_CLASS_UNUSABLE;
        }
        try {
            new StartingContents(segment, arguments.statePolicy(), port)
                    .prepare(daemon, previousExit, release.fallback());
        } catch (SegmentDamagedException e) {
            log.log("the contents are damaged, and nothing replaces them (exit code 74)", e);
            return ExitCode.CONTENTS_DAMAGED;
        } catch (Throwable thrown) {
            DutyCycle.throwIfFatal(thrown);
            log.log("the state to start from could not be made (exit code 75)", thrown);
            port.lastWords(LastWords.of(thrown));
            port.phase(Phase.FAILING);
            return ExitCode.CONTENTS_NOT_MADE;
        }
        DaemonTransactions declared = arguments.transactions();
        WorkerPort world = port;
        Transactions transactions = null;
        if (declared != null) {
            TransactionPort segments =
                    new SegmentTransactions(segment, arguments.name(), declared, arguments.ownDirectory(), root, port);
            TransactionLedger ledger = new TransactionLedger(segments, declared.limits());
            world = new TransactingPort(port, ledger);
            transactions = new TransactionDesk(ledger, segments, declared.limits());
        }
        WorkerContext daemons =
                new WorkerContext(arguments, release.incarnation(), previousExit, port, world, stop, transactions);
        context = daemons;
        return new DutyCycle(daemon, daemons, world, stop, arguments.heartbeatTimeoutMs() * 1_000_000).run();
    }

    /** On the thread of the hook: where the loop thread's end opens the segment to a successor, no other may store into it. */
    private void exited(OwnedSegment segment, String words) {
        if (arguments.fence() == Fence.LOCK) {
            segment.lastWords(words);
            segment.phase(Phase.STOPPING);
        }
    }

    private void recover(OwnedSegment segment) {
        StatePolicy policy = arguments.statePolicy();
        Checksum before = segment.checksum();
        Recovery recovery = segment.recover(policy.checksum());
        if (before == Checksum.ARENA && policy.checksum() == Checksum.NONE) {
            log.log("the checksum of the arena is given up, as the manifest declares none; it was not checked", null);
        }
        if (recovery.undoneEntries() > 0) {
            log.log(
                    "rolled back " + recovery.undoneWords() + " uncommitted words; resuming at commit "
                            + recovery.commitSequence(),
                    null);
        }
    }

    /** The segment it took; null if it got none. */
    @Nullable
    OwnedSegment segment() {
        return opened;
    }

    /** Unmaps what was mapped and gives the lock back. */
    @Override
    public void close() throws IOException {
        if (context != null) {
            context.close();
        }
        if (answers != null) {
            answers.stop();
        }
        if (opened != null) {
            opened.close();
        }
    }
}
