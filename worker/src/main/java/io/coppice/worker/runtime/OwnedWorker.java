package io.coppice.worker.runtime;

import io.coppice.state.Checksum;
import io.coppice.state.OwnedSegment;
import io.coppice.state.Phase;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.Recovery;
import io.coppice.state.SegmentDamagedException;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentLockedException;
import io.coppice.state.root.ExitKind;
import io.coppice.worker.Daemon;
import io.coppice.worker.PreviousExit;
import java.util.Optional;

/** What a worker does once it is released: takes its segment and runs its daemon. Main thread. */
final class OwnedWorker {
    private OwnedWorker() {}

    /** Runs to the end and answers the exit code. The segment stays mapped and locked: the process ends next. */
    static int run(WorkerArguments arguments, ReleaseLine release, WorkerLog log) {
        Optional<PreviousExit> previousExit = release.previousExit().map(exit -> withLastWords(exit, arguments));
        OwnedSegment segment;
        try {
            segment = SegmentFile.openOwned(
                    arguments.segment(),
                    arguments.lock(),
                    ProcessHandle.current().pid(),
                    release.incarnation(),
                    arguments.instance(),
                    arguments.name());
        } catch (SegmentLockedException e) {
            log.log(String.valueOf(e.getMessage()), null);
            return ExitCode.SEGMENT_LOCKED;
        } catch (SegmentException e) {
            log.log(String.valueOf(e.getMessage()), null);
            return ExitCode.SEGMENT_REFUSED;
        }
        try {
            recover(segment, arguments.statePolicy(), log);
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
            return runDaemon(arguments, release, previousExit, segment, log);
        } catch (Throwable fatal) {
            log.log("this JVM cannot go on (exit code 70)", fatal);
            segment.lastWords(LastWords.of(fatal));
            segment.phase(Phase.FAILING);
            return ExitCode.EXCEPTION;
        }
    }

    private static int runDaemon(
            WorkerArguments arguments,
            ReleaseLine release,
            Optional<PreviousExit> previousExit,
            OwnedSegment segment,
            WorkerLog log) {
        Thread loop = Thread.currentThread();
        StopRequest stop = new StopRequest(loop);
        new StopHook(loop, stop, log).install();
        SegmentPort port = new SegmentPort(segment, new RootNotifier(), arguments.statePolicy(), log);
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
        WorkerContext context =
                new WorkerContext(arguments, release.incarnation(), previousExit, segment::state, port, stop);
        return new DutyCycle(daemon, context, port, stop, arguments.heartbeatTimeoutMs() * 1_000_000).run();
    }

    private static void recover(OwnedSegment segment, StatePolicy policy, WorkerLog log) {
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

    /** Reads what the predecessor left before the segment has a new owner, whose first act is to clear it. */
    private static PreviousExit withLastWords(PreviousExit exit, WorkerArguments arguments) {
        boolean mayHaveSpoken = exit.kind() == ExitKind.EXCEPTION || exit.kind() == ExitKind.EXIT;
        if (!mayHaveSpoken) {
            return exit;
        }
        try (ReadOnlySegment segment = SegmentFile.openReadOnly(arguments.segment())) {
            Optional<String> lastWords = segment.lastWords().filter(words -> !words.isEmpty());
            return new PreviousExit(exit.kind(), exit.code(), exit.signal(), exit.at(), lastWords);
        } catch (SegmentException e) {
            return exit; // Opening it as its owner comes next and says what is wrong with it.
        }
    }
}
