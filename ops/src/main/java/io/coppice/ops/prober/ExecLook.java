package io.coppice.ops.prober;

import io.coppice.ops.view.ProcFileSystem;
import io.coppice.ops.view.ProcessStat;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.Restricting;
import io.coppice.supervisor.os.Restriction;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Whether a program ends with exit code 0 in time. One that does not is killed with all that has come of it, told by a mark in the
 * environment, since a shell that is killed alone leaves what it waits for; of one in a sandbox that is killed after each look. What it
 * starts stays in the prober's own process group, so that nothing of it outlives a prober that is killed, if it does not mean to.
 */
final class ExecLook implements Look {
    /** A variable that only the processes of one look have. */
    static final String VARIABLE = "COPPICE_PROBE";

    private static final long NANOS_PER_MS = 1_000_000;
    private static final long LONGEST_WAIT_NS = 20 * NANOS_PER_MS;
    private static final int KEPT_BYTES = 200;
    private static final int ROUNDS_OF_ONE_THAT_HANGS = 100;

    /** What it has left can be so slow to end that the look would be late. */
    private static final int ROUNDS_OF_ONE_THAT_HAS_ENDED = 10;

    private static final long BETWEEN_ROUNDS_MS = 1;
    private static final AtomicLong LOOKS = new AtomicLong();

    private final List<String> argv;
    private final Map<String, String> environment;
    private final Map<String, String> mark;
    private final File directory;
    private final long timeoutNs;
    private final ProcFileSystem proc;
    private final @Nullable Restricting restricting;
    private volatile boolean gettingReady;
    private volatile long readyNs = Long.MIN_VALUE;

    /** @param restricting what the program may do; null for all that the prober may */
    ExecLook(
            List<String> argv,
            Map<String, String> environment,
            Map<String, String> mark,
            String directory,
            long timeoutNs,
            ProcFileSystem proc,
            @Nullable Restricting restricting) {
        this.argv = argv;
        this.environment = environment;
        this.mark = mark;
        this.directory = new File(directory);
        this.timeoutNs = timeoutNs;
        this.proc = proc;
        this.restricting = restricting;
    }

    @Override
    public LookResult look() throws InterruptedException {
        String ofThisLook = ProcessHandle.current().pid() + "-" + LOOKS.incrementAndGet();
        ProcessBuilder builder = new ProcessBuilder(argv).directory(directory).redirectErrorStream(true);
        builder.redirectInput(new File("/dev/null"));
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().putAll(mark);
        builder.environment().put(VARIABLE, ofThisLook);
        Process process;
        if (restricting == null) {
            readyNs = System.nanoTime();
            try {
                process = builder.start();
            } catch (IOException e) {
                return LookResult.unwell(String.valueOf(e.getMessage()));
            }
        } else {
            gettingReady = true;
            try {
                process = start(builder, restricting);
            } catch (NoSandboxException e) {
                return LookResult.nothing("a sandbox for its program cannot be made: " + e.getMessage());
            } catch (IOException e) {
                return LookResult.unwell(String.valueOf(e.getMessage()));
            } finally {
                gettingReady = false;
            }
        }
        long endNs = readyNs + timeoutNs;
        Head head = new Head(process.getInputStream());
        try {
            if (!hasEnded(process, head, endNs)) {
                return LookResult.unwell("not done within " + timeoutNs / NANOS_PER_MS + " ms" + head.inWords());
            }
            int code = process.exitValue();
            return code == 0 ? LookResult.well("") : LookResult.unwell("exit code " + code + head.inWords());
        } finally {
            // What is in a sandbox may well leave something behind on purpose.
            if (process.isAlive()) {
                killAll(process, ofThisLook, ROUNDS_OF_ONE_THAT_HANGS);
            } else if (restricting != null) {
                killAll(process, ofThisLook, ROUNDS_OF_ONE_THAT_HAS_ENDED);
            }
            head.close();
        }
    }

    @Override
    public long sinceNs(long begunNs) {
        return gettingReady ? System.nanoTime() : Math.max(begunNs, readyNs);
    }

    private Process start(ProcessBuilder builder, Restricting rules)
            throws NoSandboxException, IOException, InterruptedException {
        Restriction restriction;
        try {
            restriction = rules.restriction();
        } catch (IOException | RuntimeException e) {
            throw new NoSandboxException(e);
        }
        try {
            return restriction.start(builder, () -> {
                readyNs = System.nanoTime();
                gettingReady = false;
            });
        } catch (OsException | IllegalStateException e) {
            throw new NoSandboxException(e);
        }
    }

    /** Says nothing of the program. */
    private static final class NoSandboxException extends Exception {
        private static final long serialVersionUID = 1;

        NoSandboxException(Exception cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** Waits, and reads meanwhile: nobody is to wait for a reader. */
    private static boolean hasEnded(Process process, Head head, long endNs) throws InterruptedException {
        for (long waitNs = NANOS_PER_MS; ; waitNs = Math.min(2 * waitNs, LONGEST_WAIT_NS)) {
            head.read();
            long leftNs = endNs - System.nanoTime();
            if (process.waitFor(Math.max(0, Math.min(waitNs, leftNs)), TimeUnit.NANOSECONDS)) {
                head.read();
                return true;
            }
            if (leftNs <= 0) {
                return false;
            }
        }
    }

    private void killAll(Process process, String ofThisLook, int rounds) throws InterruptedException {
        process.destroyForcibly();
        boolean some = true;
        for (int round = 0; some && round < rounds; round++) {
            if (round > 0) {
                TimeUnit.MILLISECONDS.sleep(BETWEEN_ROUNDS_MS);
            }
            some = false;
            for (ProcessStat other : proc.all()) {
                some |= other.alive() && kill(other.pid(), ofThisLook);
            }
        }
        process.waitFor();
    }

    private boolean kill(long pid, String ofThisLook) {
        // Found before it is looked at: a handle stands for one process, whoever has its pid later.
        Optional<ProcessHandle> handle = ProcessHandle.of(pid);
        return handle.isPresent()
                && proc.environment(pid)
                        .filter(variables -> ofThisLook.equals(variables.get(VARIABLE)))
                        .isPresent()
                && handle.get().destroyForcibly();
    }

    /** The beginning of what a program writes. All else is read and dropped. */
    private static final class Head {
        private final InputStream in;
        private final byte[] kept = new byte[KEPT_BYTES];
        private final byte[] dropped = new byte[8192];
        private int length;
        private boolean broken;

        Head(InputStream in) {
            this.in = in;
        }

        void read() {
            try {
                while (!broken && in.available() > 0) {
                    int count = length < kept.length
                            ? in.read(kept, length, Math.min(kept.length - length, in.available()))
                            : -in.read(dropped, 0, Math.min(dropped.length, in.available()));
                    length += Math.max(0, count);
                }
            } catch (IOException e) {
                broken = true; // its end is closed; what it said so far is kept
            }
        }

        String inWords() {
            String text = new String(kept, 0, length, StandardCharsets.UTF_8).strip();
            return text.isEmpty() ? "" : ": " + text.lines().findFirst().orElse("");
        }

        void close() {
            try {
                in.close();
            } catch (IOException e) {
                broken = true; // nobody reads any more
            }
        }
    }
}
