package io.coppice.ops.cli;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceName;
import io.coppice.ops.view.JournalMatch;
import io.coppice.ops.view.LogFile;
import io.coppice.ops.view.PlanFile;
import io.coppice.supervisor.plan.ReplicaSet;
import io.coppice.supervisor.plan.SlotName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code coppice logs}: what a daemon wrote to its standard output and error, be it to its log file or to the journal. */
@Command(
        name = "logs",
        description = "Print what a daemon or command wrote: standard output and error, of all its incarnations.")
final class LogsCommand implements Callable<Integer> {
    private static final int LINES_BEFORE_FOLLOWING = 10;
    private static final int MAX_LINES = 1_000_000_000;

    private final CoppiceCommand coppice;

    @Parameters(
            paramLabel = "NAME",
            description =
                    "Daemon or command: of one with replicas all, each under a heading; or NAME.N for one of them. With @N behind"
                            + " it, what its transactions wrote, which is one log for all its slots. Or an errand of the root: _reload, what SIGHUP brought about; _notify, what that command said; _archiver.")
    private String name = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on printing what is added, until Ctrl-C; also across truncation and rotation.")
    private boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "Only the last N lines; default: all, with -f " + LINES_BEFORE_FOLLOWING + ".")
    private @Nullable Integer lines;

    LogsCommand(CoppiceCommand coppice) {
        this.coppice = coppice;
    }

    @Override
    public Integer call() {
        if (lines != null && (lines < 0 || lines > MAX_LINES)) {
            throw new CommandFailedException(
                    ExitCode.USAGE, "--lines: " + lines + " is out of range, expected 0 to " + MAX_LINES + ".");
        }
        InstanceDirectory instance = coppice.resolveWholeInstance("the logs");
        boolean errand = InstanceName.isErrand(name);
        if (!InstanceName.isValidChild(name) && !errand) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "`" + name
                            + "` is no daemon name, expected [a-z0-9-]{1,32}, NAME.N for a replica, or either with @N for a slot.");
        }
        requireSlot(instance);
        Integer last = lines != null || !follow ? lines : Integer.valueOf(LINES_BEFORE_FOLLOWING);
        Optional<ReplicaSet> set = PlanFile.read(instance).plan().flatMap(plan -> plan.replicaSet(name));
        if (set.isPresent()) {
            return printAll(instance, set.get().childNames(), last);
        }
        // An errand writes to its file, also where children write to the journal.
        Optional<JournalMatch> journal = errand ? Optional.empty() : journal(instance, name);
        if (journal.isPresent()) {
            noteFile(instance);
            new JournalLines(coppice, name, journal.get()).print(last, follow);
            return ExitCode.DONE;
        }
        try (LogFile log = open(instance)) {
            if (last != null) {
                log.seekToLastLines(last);
            }
            print(log);
            while (follow && Polling.pause(Polling.FOLLOW_INTERVAL)) {
                print(log);
                switch (log.followChange()) {
                    case TRUNCATED -> coppice.note("the log of " + name + " was truncated; going on at its beginning.");
                    case REPLACED -> coppice.note("the log of " + name + " was replaced; going on with the new file.");
                    case NONE -> {}
                }
            }
            return ExitCode.DONE;
        } catch (IOException e) {
            throw unreadable(instance, e);
        }
    }

    /** All slots share one log, which says nothing of whether there is one of that number. That of a daemon that is no more is shown. */
    private void requireSlot(InstanceDirectory instance) {
        if (!SlotName.isSlot(name)) {
            return;
        }
        try (Daemons daemons = new Daemons(coppice, instance)) {
            boolean isAnother = daemons.table()
                    .daemon(SlotName.daemonOf(name))
                    .filter(daemon -> !daemon.slots().isEmpty())
                    .filter(daemon -> daemon.slots().stream()
                            .noneMatch(slot -> slot.process().name().equals(name)))
                    .isPresent();
            if (isAnother) {
                daemons.requireOne(name, "a log");
            }
        }
    }

    private int printAll(InstanceDirectory instance, List<String> replicas, @Nullable Integer last) {
        if (replicas.isEmpty()) {
            throw new CommandFailedException(ExitCode.FAILED, name + " has no replicas now.");
        }
        if (journal(instance, replicas.get(0)).isPresent()) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "The replicas of " + name + " write to the journal, each under its own name. Name one: "
                            + String.join(", ", replicas) + ".");
        }
        try (ReplicaLogs logs = new ReplicaLogs(coppice, instance, replicas)) {
            logs.print(last, follow);
            return ExitCode.DONE;
        } catch (IOException e) {
            throw new CommandFailedException(
                    e instanceof AccessDeniedException ? ExitCode.NOT_PERMITTED : ExitCode.FAILED,
                    "Cannot read the logs of the replicas of " + name + ": " + e.getMessage());
        }
    }

    private static Optional<JournalMatch> journal(InstanceDirectory instance, String name) {
        try {
            return JournalMatch.of(instance, name);
        } catch (IOException e) {
            throw new CommandFailedException(
                    e instanceof AccessDeniedException ? ExitCode.NOT_PERMITTED : ExitCode.FAILED,
                    "Cannot tell where the journal has the output of " + name + ": " + e.getMessage());
        }
    }

    /** Of a child that writes to the journal: what went to a file before, or while the journal could not be reached. */
    private void noteFile(InstanceDirectory instance) {
        Path file = instance.log(name);
        try {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) > 0) {
                coppice.note("what " + name + " did not write to the journal is in " + file + ".");
            }
        } catch (IOException e) {
            coppice.note("cannot look at " + file + ": " + e.getMessage());
        }
    }

    private LogFile open(InstanceDirectory instance) throws IOException {
        try {
            return LogFile.open(instance.log(name));
        } catch (NoSuchFileException e) {
            if (InstanceName.isErrand(name)) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        "There is no " + instance.log(name)
                                + ": the root has sent nobody on such an errand yet (`_reload`"
                                + " is what it does on SIGHUP, `_notify` runs when restarts have run out, `_archiver` makes start archives).");
            }
            try (Daemons daemons = new Daemons(coppice, instance)) {
                daemons.requireOne(name, "a log");
            }
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    name + " has no log yet: " + instance.log(name)
                            + " does not exist.\n  It is made when " + name
                            + " is launched for the first time; `coppice status "
                            + name + "` shows what it waits for.");
        }
    }

    private void print(LogFile log) throws IOException {
        for (ByteBuffer bytes = log.next(); bytes.hasRemaining(); bytes = log.next()) {
            coppice.output().bytes(bytes);
        }
        coppice.output().flush();
    }

    private CommandFailedException unreadable(InstanceDirectory instance, IOException e) {
        return new CommandFailedException(
                e instanceof AccessDeniedException ? ExitCode.NOT_PERMITTED : ExitCode.FAILED,
                "Cannot read the log " + instance.log(name) + ": " + e.getMessage());
    }
}
