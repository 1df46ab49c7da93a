package io.coppice.ops.bench;

import io.coppice.ops.cli.CommandFailedException;
import io.coppice.ops.cli.ExitCode;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Processes that a bench starts beside those of its instance; none outlives this. Any thread. */
final class Guests implements Closeable {
    private static final int GRACE_SECONDS = 10;

    private final List<Process> running = new ArrayList<>();
    private boolean closed;

    /**
     * Starts one.
     *
     * @throws CommandFailedException if the bench has been told to end
     */
    synchronized Process start(ProcessBuilder builder) throws IOException {
        if (closed) {
            throw new CommandFailedException(ExitCode.FAILED, "bench: interrupted");
        }
        Process process = builder.start();
        running.add(process);
        return process;
    }

    /** Kills one, and returns when it is reaped. */
    void kill(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
        synchronized (this) {
            running.remove(process);
        }
    }

    /** Asks each to end, then kills it, and what it has started. */
    @Override
    public void close() {
        List<Process> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(running);
            running.clear();
        }
        for (Process process : left) {
            List<ProcessHandle> children = process.descendants().toList();
            process.destroy();
            process.onExit()
                    .completeOnTimeout(process, GRACE_SECONDS, TimeUnit.SECONDS)
                    .join();
            process.destroyForcibly().onExit().join();
            children.forEach(ProcessHandle::destroyForcibly);
            children.forEach(child -> child.onExit().join());
        }
    }
}
