package io.coppice.worker.runtime;

import io.coppice.state.Phase;
import io.coppice.state.ReadOnlySegment;
import io.coppice.worker.fixture.Tasks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Times how long a transaction's process takes from its line to its result; run by hand, no test. The task is empty. What is timed is
 * what the root starts, without the root: the command line of a transaction, a pipe on standard input and one on descriptor 3.
 *
 * <pre>
 *  java … TransactionTimes standby|cold ROUNDS REST_MS [JVM OPTION…]
 * </pre>
 *
 * A standby is parked for REST_MS before it gets its line. Prints microseconds, min, p50, p90, max: from the line to the process's first store into the slot (lock, map), to STARTING (rolled
 * back), to READY (input read, slot emptied, task made), and to the result, as somebody sees them who looks without pause.
 */
public final class TransactionTimes {
    private static final String[] MARKS = {"owner", "STARTING", "READY", "result"};

    private TransactionTimes() {}

    public static void main(String[] args) throws Exception {
        boolean warm = args[0].equals("standby");
        int rounds = Integer.parseInt(args[1]);
        long restMs = Long.parseLong(args[2]);
        Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "coppice-times-");
        try (ChildJvm child = new ChildJvm(directory);
                HandMadeDaemon daemon = new HandMadeDaemon(directory)) {
            child.jvmOptions.addAll(List.of(args).subList(3, args.length));
            long[][] us = new long[MARKS.length][rounds];
            for (int round = 0; round < rounds; round++) {
                Process process = child.launchWithHints(command(child, daemon));
                if (warm) {
                    ChildJvm.tell(process, "standby");
                    if (process.getInputStream().read() != 'p') {
                        throw new IllegalStateException("no hint: " + child.log());
                    }
                }
                Thread.sleep(restMs);
                long id = daemon.submit(Tasks.Empty.class, "");
                long[] found = release(process, daemon.slot, round + 1, id);
                for (int mark = 0; mark < MARKS.length; mark++) {
                    us[mark][round] = found[mark] / 1000;
                }
                child.exitCode(process);
            }
            for (int mark = 0; mark < MARKS.length; mark++) {
                Arrays.sort(us[mark]);
                System.out.printf(
                        Locale.ROOT,
                        "%s to %-8s min %d p50 %d p90 %d max %d us%n",
                        args[0],
                        MARKS[mark],
                        us[mark][0],
                        us[mark][rounds / 2],
                        us[mark][rounds * 9 / 10],
                        us[mark][rounds - 1]);
            }
            System.out.print(child.log());
        } finally {
            try (var files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static long[] release(Process process, ReadOnlySegment slot, long incarnation, long id) throws Exception {
        String line = "go " + incarnation + " none 0 - 0 slot 1 " + id + " 1";
        long[] ns = new long[MARKS.length];
        long sinceNs = System.nanoTime();
        ChildJvm.tell(process, line);
        while (!slot.done(id)) {
            if (slot.incarnation() == incarnation) {
                int phase = slot.phase();
                mark(ns, 0, sinceNs);
                if (phase == Phase.STARTING.code()) {
                    mark(ns, 1, sinceNs);
                } else if (phase == Phase.READY.code()) {
                    mark(ns, 2, sinceNs);
                }
            }
            if (!process.isAlive() && !slot.done(id)) {
                throw new IllegalStateException("exit code " + process.exitValue());
            }
        }
        mark(ns, 3, sinceNs);
        for (int mark = MARKS.length - 2; mark >= 0; mark--) {
            ns[mark] = ns[mark] == 0 ? ns[mark + 1] : ns[mark];
        }
        return ns;
    }

    private static void mark(long[] ns, int mark, long sinceNs) {
        if (ns[mark] == 0) {
            ns[mark] = System.nanoTime() - sinceNs;
        }
    }

    private static List<String> command(ChildJvm child, HandMadeDaemon daemon) {
        List<String> command = new ArrayList<>(child.java(TransactionMain.class));
        command.addAll(List.of("--instance", "shop", "--daemon", "thumbs"));
        command.addAll(List.of("--requests", daemon.segment.toString()));
        command.addAll(List.of("--segments", daemon.arguments.segments(), "--locks", daemon.arguments.locks()));
        command.addAll(List.of("--main", Tasks.Submitter.class.getName(), "--"));
        return command;
    }
}
