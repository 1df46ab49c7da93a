package io.coppice.worker.runtime;

import io.coppice.state.OwnerFiles;
import io.coppice.state.root.ExitKind;
import io.coppice.state.root.LastExit;
import io.coppice.worker.TaskFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/** From what is known of a transaction's last process to a cause that a person can read. Loop thread only. */
final class FailureCauses {
    private static final int SIGKILL = 9;
    private static final String KILLED_BY_KERNEL = "killed by the kernel";
    private static final int OUT_OF_MEMORY_CODE = 3;

    /** How {@link LastWords} begins the line of what led to an exception. */
    private static final String LED_TO_IT = "caused by ";

    /** Thrown to say something to people, who need not know by what. */
    private static final List<String> FOR_PEOPLE =
            List.of(TaskFailedException.class.getName() + ": ", UnusableMainClassException.class.getName() + ": ");

    private final Path logs;
    private final Path reports;
    private final String name;
    private final OomKills kills;

    /**
     * Of one daemon's transactions.
     *
     * @param reports the own directory of their name, where a JVM that faults has left its report
     * @param name of them, as their log has it
     */
    FailureCauses(Path logs, Path reports, String name, OomKills kills) {
        this.logs = logs;
        this.reports = reports;
        this.name = name;
        this.kills = kills;
    }

    /**
     * In one line.
     *
     * @param words the last words of the process; empty if it left none
     * @param pid of the process, 0 unknown
     * @param segment of its slot, which belongs to the process's user
     */
    String of(Optional<LastExit> lastExit, Optional<String> words, long pid, Path segment) {
        if (lastExit.isEmpty()) {
            return "no attempt was made, as the root's table says";
        }
        LastExit exit = lastExit.get();
        String exceptions = words.map(FailureCauses::withoutFrames).orElse("");
        return switch (exit.kind()) {
            case EXCEPTION -> withoutClass(exceptions.isEmpty() ? exit.text() : exceptions);
            case HANG, START_TIMEOUT -> exit.text() + "; its threads are in " + log();
            case EXIT ->
                exit.code() == OUT_OF_MEMORY_CODE && exit.text().contains("out of memory")
                        ? "out of memory: its heap was full (exit code 3); the manifest key is `transactions: {jvm: {heap: …}}`"
                        : unusable(exit, exceptions).orElseGet(() -> exit.text() + fault(exit, pid, segment));
            case SIGNAL -> exit.text() + (exit.signal() == SIGKILL ? perhapsOfMemory(exit) : fault(exit, pid, segment));
            default -> exit.text() + fault(exit, pid, segment);
        };
    }

    /** The exception, and what led to it, in one line. */
    private static String withoutFrames(String words) {
        StringJoiner line = new StringJoiner("; ");
        words.lines().limit(1).forEach(line::add);
        words.lines().skip(1).filter(next -> next.startsWith(LED_TO_IT)).forEach(line::add);
        return line.toString();
    }

    /** The root knows a main class only, and says where to look. */
    private static Optional<String> unusable(LastExit exit, String exceptions) {
        return exit.code() == ExitCode.MAIN_CLASS_UNUSABLE && !exceptions.isEmpty()
                ? Optional.of("exit code " + exit.code() + ": " + withoutClass(exceptions))
                : Optional.empty();
    }

    private static String withoutClass(String words) {
        return FOR_PEOPLE.stream()
                .filter(words::startsWith)
                .findFirst()
                .map(name -> words.substring(name.length()))
                .orElse(words);
    }

    private String fault(LastExit exit, long pid, Path segment) {
        boolean ofFault = exit.kind() == ExitKind.SIGNAL || exit.kind() == ExitKind.UNKNOWN || exit.code() == 1;
        if (!ofFault || pid <= 0) {
            return "";
        }
        Path report = reports.resolve("hs_err_" + pid + ".log");
        return userOf(segment)
                .flatMap(user -> FaultReport.read(report, user, exit.atEpochMs()))
                .map(lines -> ": " + lines + " (" + reports.getFileName() + "/" + report.getFileName() + ")")
                .orElse("");
    }

    private static Optional<Integer> userOf(Path segment) {
        try {
            return Optional.of(OwnerFiles.userOf(segment));
        } catch (IOException e) {
            return Optional.empty(); // Moved away: nobody can tell whose a report is.
        }
    }

    /** Of one in a control group of its own the root knows, and says, more. */
    private String perhapsOfMemory(LastExit exit) {
        long more = kills.more();
        return more == 0 || exit.text().startsWith(KILLED_BY_KERNEL)
                ? ""
                : ", perhaps by the kernel's OOM killer: its control group counts " + more
                        + (more == 1 ? " such kill more" : " such kills more");
    }

    private String log() {
        Path log = logs.resolve(name + ".log");
        return Files.exists(log) ? log.toString() : "the journal, under " + name;
    }
}
