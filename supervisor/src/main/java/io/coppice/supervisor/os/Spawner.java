package io.coppice.supervisor.os;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts programs on a daemon thread of its own, one after the other, because the call blocks until the child executes:
 * a program on a hung network file system would otherwise stop the duty cycle.
 *
 * <p>{@link #submit}, {@link #poll} and {@link #close} on one thread, the duty cycle's; none of them blocks. Each
 * submitted request gets exactly one result, in order, unless the spawner is closed first. The children belong to the
 * process, not to the thread: anybody here may reap them.
 */
public final class Spawner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spawner.class);

    private final EventFd completion;
    private final BlockingQueue<Work> submitted = new LinkedBlockingQueue<>();
    private final Queue<SpawnResult> results = new ConcurrentLinkedQueue<>();
    private final SpawnCall call = new SpawnCall(); // the thread's own from its start on
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Starts the thread.
     *
     * @param completion signalled after each result; stays the caller's, who closes it after the spawner
     */
    public Spawner(EventFd completion) {
        this.completion = completion;
        this.thread = new Thread(this::run, "coppice-spawner");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Queues a request. The descriptors in it are copied before this returns, so the caller may close its own; the
     * copies are closed when the result is there.
     *
     * @throws IllegalStateException after {@link #close}
     */
    public void submit(SpawnRequest request) {
        if (closed) {
            throw new IllegalStateException("The spawner is closed; nothing was started for token " + request.token());
        }
        int hold = Fds.copyHigh(request.holdReadFd());
        if (hold < 0) {
            refuse(request, "hold", request.holdReadFd(), -hold);
            return;
        }
        int notify = -1;
        if (request.notifyWriteFd() >= 0) {
            notify = Fds.copyHigh(request.notifyWriteFd());
            if (notify < 0) {
                Fds.close(hold);
                refuse(request, "notify", request.notifyWriteFd(), -notify);
                return;
            }
        }
        submitted.add(new Work(request, hold, notify));
    }

    /** The next result, or null when there is none yet. Allocates nothing. */
    public @Nullable SpawnResult poll() {
        return results.poll();
    }

    /**
     * Starts nothing more and drops what is queued. A call under way is not waited for: its child, if one comes of it, is
     * held by a pipe that its caller closes, and so ends by itself.
     */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void run() {
        try {
            while (!closed) {
                Work work = submitted.take();
                try {
                    results.add(attempt(work));
                } finally {
                    work.closeFds();
                }
                completion.signal();
            }
        } catch (InterruptedException e) {
            LOG.debug("spawner closed");
        } finally {
            for (Work dropped = submitted.poll(); dropped != null; dropped = submitted.poll()) {
                dropped.closeFds();
            }
        }
    }

    private SpawnResult attempt(Work work) {
        SpawnRequest request = work.request();
        try {
            return call.spawn(request, work.holdFd(), work.notifyFd());
        } catch (IOException e) {
            return new SpawnResult.Failed(
                    request.token(),
                    Errno.EIO,
                    "Cannot start '" + request.argv().get(0) + "': " + e.getMessage());
        } catch (LinkageError e) {
            LOG.error("The C library lacks a call", e);
            return new SpawnResult.Failed(
                    request.token(),
                    Errno.ENOSYS,
                    "Cannot start '" + request.argv().get(0) + "': the C library lacks a call (" + e.getMessage()
                            + "). glibc 2.34 or newer is needed");
        } catch (RuntimeException | OutOfMemoryError e) {
            // The thread must live, and every request gets its result: a lost one would leave its child STARTING for
            // ever.
            LOG.error("Cannot start {}", request.argv().get(0), e);
            return new SpawnResult.Failed(
                    request.token(),
                    Errno.EIO,
                    "Cannot start '" + request.argv().get(0) + "': " + e);
        }
    }

    private void refuse(SpawnRequest request, String pipe, int fd, int errno) {
        // EINVAL: the limit is so low that no number is high enough.
        int told = errno == Errno.EINVAL ? Errno.EMFILE : errno;
        String reason = "Cannot start '" + request.argv().get(0) + "': descriptor " + fd + " of its " + pipe + " pipe";
        results.add(new SpawnResult.Failed(
                request.token(),
                told,
                String.valueOf(Fds.exhausted(reason, told).getMessage())));
        completion.signal();
    }

    private record Work(SpawnRequest request, int holdFd, int notifyFd) {
        void closeFds() {
            Fds.close(holdFd);
            if (notifyFd >= 0) {
                Fds.close(notifyFd);
            }
        }
    }
}
