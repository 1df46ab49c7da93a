package io.coppice.ops.cli;

import io.coppice.ops.view.DaemonStatus;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceStatus;
import io.coppice.ops.view.MarkedProcesses;
import io.coppice.ops.view.MarkedProcesses.Marked;
import io.coppice.ops.view.ProcFileSystem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code coppice recover}: the way out when a root refuses to take over, because the record of what ran is damaged, of another
 * release, or gone. It says what it found and what could be done; with {@code --force} it does it.
 */
@Command(
        name = "recover",
        description = {
            "Tell what stands in the way of a root that refuses to take over what a dead one left, and what --force would do about it.",
            "--force ends what is alive of the instance and moves the unusable record aside; what daemons hold in their segments stays."
        })
final class RecoverCommand implements Callable<Integer> {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(30);

    private final CoppiceCommand coppice;

    @Option(names = "--force", description = "Do it.")
    private boolean force;

    RecoverCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() {
        InstanceDirectory instance = coppice.resolveInstanceOrLogs();
        try (Daemons daemons = new Daemons(coppice, instance)) {
            InstanceStatus status = daemons.table();
            if (status.root().running()) {
                coppice.output()
                        .line(instance.name() + ": its root " + status.root().words()
                                + "; there is nothing to recover.");
                return ExitCode.DONE;
            }
            if (status.readable()) {
                coppice.output().lines(wholeRecord(instance, status));
                return ExitCode.DONE;
            }
            List<Marked> alive = MarkedProcesses.of(instance, coppice.proc());
            if (alive.isEmpty() && !recordExists(instance)) {
                coppice.output()
                        .line(instance.name()
                                + ": nothing of it is alive, and there is no record; `coppice run` starts it.");
                return ExitCode.DONE;
            }
            status.problems().forEach(coppice.output()::line);
            coppice.output().lines(explanation(instance, alive));
            coppice.output().flush();
            if (force) {
                recover(instance);
            }
            return ExitCode.DONE;
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.FAILED, "Cannot recover " + instance.name() + ": " + e);
        }
    }

    private static boolean recordExists(InstanceDirectory instance) {
        return Files.exists(instance.rootSegment(), LinkOption.NOFOLLOW_LINKS);
    }

    private static List<String> wholeRecord(InstanceDirectory instance, InstanceStatus status) {
        List<String> lines = new ArrayList<>();
        lines.add(instance.name() + ": the record of what ran is whole; `coppice run` goes on from it. Its root "
                + status.root().words() + ".");
        for (DaemonStatus daemon : status.children().toList()) {
            if (daemon.pid().isPresent()) {
                lines.add("  " + daemon.name() + " lives as pid " + daemon.pid().getAsLong() + " and is taken over.");
            }
        }
        return lines;
    }

    private List<String> explanation(InstanceDirectory instance, List<Marked> alive) {
        List<String> lines = new ArrayList<>();
        lines.add(
                alive.isEmpty()
                        ? "Nothing of the instance is alive."
                        : "Alive, and of this instance by the mark in their environment:");
        alive.forEach(process -> lines.add("  " + process.child() + "  pid " + process.pid() + "  "
                + coppice.proc().command(process.pid()).orElse("")));
        lines.add(force ? "So:" : "With --force:");
        if (!alive.isEmpty()) {
            lines.add("  " + alive.size() + (alive.size() == 1 ? " process is" : " processes are")
                    + " sent TERM, and KILL after " + GRACE.toSeconds() + " s; nothing else is touched;");
        }
        if (recordExists(instance)) {
            lines.add("  " + instance.rootSegment() + " is moved aside, to "
                    + asideOf(instance).getFileName() + ";");
        }
        lines.add(
                "  what daemons hold in their segments stays; restart counts, backoffs, events, and which daemons an operator"
                        + " had stopped, are lost.");
        lines.add((force ? "After that" : "Then") + " `coppice run` starts everything anew from its segments.");
        return lines;
    }

    private Path asideOf(InstanceDirectory instance) {
        return instance.rootSegment()
                .resolveSibling("root.seg.unusable-"
                        + coppice.caller().clocks().epochMs().getAsLong());
    }

    /** Under the root's lock, so that no root comes in between. */
    private void recover(InstanceDirectory instance) throws IOException {
        try (FileChannel lock = FileChannel.open(
                instance.rootLock(),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE,
                LinkOption.NOFOLLOW_LINKS)) {
            if (!isLocked(lock)) {
                throw new CommandFailedException(
                        ExitCode.FAILED, "A root of " + instance.name() + " is starting; nothing was done. Try again.");
            }
            refuseFromWithin(instance);
            end(instance, false, GRACE);
            List<Marked> left = end(instance, true, KILL_TIMEOUT);
            if (!left.isEmpty()) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        "Not even KILL ends " + left.get(0).child() + " (pid "
                                + left.get(0).pid()
                                + "): something holds it in the kernel. The record was left where it is.");
            }
            if (recordExists(instance)) {
                Path aside = asideOf(instance);
                Files.move(instance.rootSegment(), aside);
                coppice.output().line("moved " + instance.rootSegment() + " to " + aside.getFileName());
            }
            coppice.output()
                    .line("Nothing of " + instance.name() + " is alive; `coppice run` starts it from its segments.");
        }
    }

    private static boolean isLocked(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private void refuseFromWithin(InstanceDirectory instance) {
        long self = ProcessHandle.current().pid();
        for (Marked process : MarkedProcesses.of(instance, coppice.proc())) {
            if (process.pid() == self) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        "This command was started by " + process.child()
                                + " itself, which --force would end; run it from elsewhere.");
            }
        }
    }

    /** @return what is alive at the end of that time */
    private List<Marked> end(InstanceDirectory instance, boolean kill, Duration within) {
        ProcFileSystem proc = coppice.proc();
        long startNs = System.nanoTime();
        List<Marked> signalled = new ArrayList<>();
        while (true) {
            List<Marked> alive = MarkedProcesses.of(instance, proc);
            for (Marked process : alive) {
                // What has been started meanwhile is ended as well.
                if (!signalled.contains(process) && proc.lives(process.pid(), process.startTicks())) {
                    signalled.add(process);
                    ProcessHandle.of(process.pid())
                            .ifPresent(handle -> coppice.output()
                                    .line(send(handle, kill) + " to " + process.child() + " (pid " + process.pid()
                                            + ")"));
                }
            }
            coppice.output().flush();
            if (alive.isEmpty()
                    || System.nanoTime() - startNs >= within.toNanos()
                    || !Polling.pause(Polling.AWAIT_INTERVAL)) {
                return alive;
            }
        }
    }

    private static String send(ProcessHandle handle, boolean kill) {
        boolean sent = kill ? handle.destroyForcibly() : handle.destroy();
        return sent ? "sent " + (kill ? "KILL" : "TERM") : "could not send a signal";
    }
}
