package io.coppice.worker.runtime;

import io.coppice.state.LayoutMismatchException;
import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.Phase;
import io.coppice.state.Recovery;
import io.coppice.state.RequestId;
import io.coppice.state.RequestReader;
import io.coppice.state.SegmentDamagedException;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentLockedException;
import io.coppice.worker.PreviousExit;
import io.coppice.worker.Task;
import io.coppice.worker.TaskFailedException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction's process does once it is released: takes its slot's segment, makes it the request's, runs the task and commits
 * its result. Main thread.
 *
 * <p>May die between any two instructions. Before the segment's request is another one, its contents are the earlier request's, which
 * are adopted or given up by then. From there to the commit of the result a further attempt goes on from the last checkpoint; after it,
 * a further attempt finds that the result is there, and runs nothing.
 *
 * <p>It does not close the segment: its process ends next, and until then the segment stays mapped and locked.
 */
final class OwnedTransaction implements Closeable {
    private final TransactionArguments arguments;
    private final ReleaseLine release;
    private final ReleaseLine.Attempt attempt;
    private final String name;
    private final RootNotifier root;
    private final TaskStopHook hook;
    private final WorkerLog log;
    private @Nullable OwnedSegment opened;

    /** Guards the words of this process's end, which the hook's thread may have to say. */
    private final Object parting = new Object();

    private boolean completed;
    private boolean exitTold;

    /**
     * @param attempt the release line's
     * @param root told of each phase
     * @param hook armed once there is a task that can be asked to stop
     */
    OwnedTransaction(
            TransactionArguments arguments,
            ReleaseLine release,
            ReleaseLine.Attempt attempt,
            RootNotifier root,
            TaskStopHook hook,
            WorkerLog log) {
        this.arguments = arguments;
        this.release = release;
        this.attempt = attempt;
        this.name = arguments.name(attempt.slot());
        this.root = root;
        this.hook = hook;
        this.log = log;
    }

    /** Runs to the end and answers the exit code. */
    int run() {
        Path file = arguments.segment(attempt.slot());
        Optional<PreviousExit> previousExit = release.previousExit()
                .map(exit -> Predecessor.withLastWords(exit, file, segment -> segment.requestId() == attempt.request()))
                .map(exit -> arguments
                        .root()
                        .map(table -> Predecessor.withVerdict(exit, table, name, attempt.request()))
                        .orElse(exit));
        OwnedSegment segment;
        try {
            segment = SegmentFile.openSlot(
                    file,
                    arguments.lock(attempt.slot()),
                    OwnerFiles.directory(file),
                    OwnPid.get(),
                    release.incarnation(),
                    arguments.instance(),
                    name,
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
        try {
            return attempt(segment, previousExit);
        } catch (Throwable fatal) {
            return failed(segment, "this JVM cannot go on", fatal, ExitCode.EXCEPTION);
        }
    }

    private int attempt(OwnedSegment segment, Optional<PreviousExit> previousExit) {
        boolean begun = recover(segment);
        segment.phase(Phase.STARTING);
        if (segment.done(attempt.request())) {
            log.log("the result is there already: the process before ended after it had committed it", null);
            return completed(segment);
        }
        RequestReader.Request request;
        try {
            Optional<RequestReader.Request> found = SubmittedTask.find(arguments.requests(), attempt.request());
            if (found.isEmpty()) {
                return notFound(segment, "has none of that id");
            }
            request = found.get();
        } catch (SegmentException | SegmentDamagedException e) {
            return notFound(segment, "cannot be read: " + e.getMessage());
        }
        if (!begun) {
            segment.beginRequest(attempt.request());
        }
        return run(segment, previousExit, request);
    }

    /** @return whether an earlier attempt has begun this request here, so that its last checkpoint is where to go on */
    private boolean recover(OwnedSegment segment) {
        try {
            Recovery recovery = segment.recover();
            boolean begun = segment.requestId() == attempt.request();
            if (begun && recovery.undoneEntries() > 0) {
                log.log(
                        "rolled back " + recovery.undoneWords() + " uncommitted words; going on from commit "
                                + recovery.commitSequence(),
                        null);
            }
            return begun;
        } catch (SegmentDamagedException e) {
            if (segment.requestId() == attempt.request()) {
                log.log(
                        "the checkpoint of the attempt before is damaged, and the task begins anew: " + e.getMessage(),
                        null);
            }
            return false;
        }
    }

    private int notFound(OwnedSegment segment, String why) {
        String words = "request " + RequestId.text(attempt.request()) + " is not there: the daemon's segment "
                + arguments.requests() + " " + why + ". Nothing was run";
        log.log(words + " (exit code " + ExitCode.REQUEST_NOT_FOUND + ")", null);
        parting(segment, words, Phase.FAILING);
        return ExitCode.REQUEST_NOT_FOUND;
    }

    private int run(OwnedSegment segment, Optional<PreviousExit> previousExit, RequestReader.Request request) {
        StopRequest stop = new StopRequest(Thread.currentThread());
        hook.arm(stop, words -> exited(segment, words));
        Task task;
        try {
            task = MainClass.instantiate(request.task(), Task.class, "task");
        } catch (UnusableMainClassException e) {
            return failed(segment, e.getMessage(), e, ExitCode.MAIN_CLASS_UNUSABLE);
        }
        if (stop.requested()) {
            return stopped(segment, "it was asked to end before its task began");
        }
        TaskContext context = new TaskContext(arguments.instance(), name, attempt, previousExit, segment, stop);
        phase(segment, Phase.READY);
        try {
            byte[] result = task.run(context, request.input());
            context.end();
            if (result == null) {
                throw new IllegalStateException(
                        request.task() + ".run() returned null, expected the result; an empty array is one");
            }
            new TaskResult(segment, attempt.request()).commit(result);
        } catch (TaskFailedException e) {
            return failed(segment, "the task says that it will never succeed", e, ExitCode.FAIL);
        } catch (TaskResult.TooLargeException e) {
            String words = String.valueOf(e.getMessage());
            log.log(words + " (exit code " + ExitCode.FAIL + ")", null);
            parting(segment, words, Phase.FAILING);
            return ExitCode.FAIL;
        } catch (Throwable thrown) {
            if (stop.requested()) {
                log.log("asked to end, the task ended with an exception", thrown);
                return stopped(segment, "it was asked to end, and did so by " + LastWords.of(thrown));
            }
            context.end();
            forgetUnreadable(segment, thrown);
            return failed(segment, "an exception ends this attempt", thrown, ExitCode.EXCEPTION);
        }
        return completed(segment);
    }

    /** A checkpoint of a release whose layouts were others, or a damaged one, would end every further attempt in the same way. */
    private void forgetUnreadable(OwnedSegment segment, Throwable thrown) {
        boolean otherLayout = thrown instanceof LayoutMismatchException mismatch && mismatch.isOwners();
        if (otherLayout || thrown instanceof SegmentDamagedException) {
            segment.beginRequest(attempt.request());
            log.log(
                    "its checkpoint is " + (otherLayout ? "of another layout" : "damaged")
                            + ", and is dropped: a further attempt begins anew",
                    null);
        }
    }

    private int completed(OwnedSegment segment) {
        synchronized (parting) {
            completed = true;
            segment.phase(Phase.COMPLETED);
        }
        return ExitCode.DONE;
    }

    private int stopped(OwnedSegment segment, String words) {
        parting(segment, LastWords.cut(words), Phase.STOPPING);
        return ExitCode.STOPPED;
    }

    private int failed(OwnedSegment segment, @Nullable String what, Throwable thrown, int exitCode) {
        log.log(what + " (exit code " + exitCode + ")", thrown);
        parting(segment, LastWords.of(thrown), Phase.FAILING);
        return exitCode;
    }

    /** Unless the hook has had the last word. */
    private void parting(OwnedSegment segment, String words, Phase phase) {
        synchronized (parting) {
            if (!exitTold) {
                segment.lastWords(words);
                phase(segment, phase);
            }
        }
    }

    /** On the thread of the hook: somebody has called System.exit. */
    private void exited(OwnedSegment segment, String words) {
        synchronized (parting) {
            if (!completed) {
                exitTold = true;
                segment.lastWords(words);
                segment.phase(Phase.STOPPING);
            }
        }
    }

    /** Those that the root should see at once. Of the others one is passed soon, and the other followed by this process's end. */
    private void phase(OwnedSegment segment, Phase phase) {
        segment.phase(phase);
        root.phaseChanged();
    }

    /** The segment it took; null if it got none. */
    @Nullable
    OwnedSegment segment() {
        return opened;
    }

    /** Unmaps what was mapped and gives the lock back. */
    @Override
    public void close() throws IOException {
        if (opened != null) {
            opened.close();
        }
    }
}
