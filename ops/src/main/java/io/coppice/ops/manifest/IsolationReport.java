package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.StartPrefix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@code coppice check} says of what keeps workers from touching each other, and of what that does not. Pure. */
final class IsolationReport {
    private static final String OF_MAPPING = """
            isolation  mapping: workers are one user, and map each other's segments read-only;
                       that keeps off accidents, not malice (the key `isolation` changes it)
            """;

    private static final String OF_USER = """
            isolation  user: each worker, and each process of a slot, is a user of its own; it is kept from writing what is
                       not its own, from reading segments that it has no `reads` for, and from signalling others.
                       Not from using up CPU and memory without `limits`, disks, or what is open to all users
            """;

    private static final String OF_SANDBOX = """
            isolation  sandbox: each process but the prober is in one of its own; it is kept from writing what is not its own
                       of this instance, from reading segments that it has no `reads` for, from signalling and inspecting
                       others (programs of probes and of `shutdown` may signal), from changing jars, the JDK, modes of
                       files, and others' priorities and limits. Not from using up CPU and memory without `limits`, disks,
                       nor from what its user may change elsewhere: files of other programs, services that act for that user
            """;

    private static final String NO_COUNTERS = "-XX:-UsePerfData";

    private static final int MOST_DIRECTORIES = 12;

    private IsolationReport() {}

    /**
     * Lines, ended by a newline each.
     *
     * @param gaps what sandboxes leave open on this kernel
     * @param closed directories in which processes in sandboxes can make nothing
     * @param readers the daemons that may read every segment, for want of {@code reads}
     */
    static String of(Plan plan, List<String> gaps, ManifestResult.Directories closed, List<String> readers) {
        return switch (plan.isolation()) {
            case MAPPING -> OF_MAPPING;
            case USER -> OF_USER + readers(readers) + gaps(gaps) + privileged(plan);
            case SANDBOX ->
                OF_SANDBOX + readers(readers) + gaps(gaps) + closed(closed) + open(plan) + countersInFiles(plan);
        };
    }

    private static String readers(List<String> readers) {
        return readers.isEmpty()
                ? ""
                : "           Every segment may be read by " + String.join(", ", readers)
                        + ", for want of `reads` (`reads: []`: no other)\n";
    }

    private static String gaps(List<String> gaps) {
        StringBuilder lines = new StringBuilder();
        gaps.forEach(gap ->
                lines.append("           This kernel leaves open: ").append(gap).append('\n'));
        return lines.toString();
    }

    private static String closed(ManifestResult.Directories closed) {
        List<Path> directories;
        try {
            directories = closed.find();
        } catch (IOException e) {
            return "           In which directories nothing can be made cannot be told: " + e.getMessage() + "\n";
        }
        if (directories.isEmpty()) {
            return "";
        }
        String more = directories.size() > MOST_DIRECTORIES
                ? " and " + (directories.size() - MOST_DIRECTORIES) + " more"
                : "";
        return "           Nothing can be made, renamed or removed directly in these, as they lead to what is protected:\n           "
                + directories.stream()
                        .limit(MOST_DIRECTORIES)
                        .map(Path::toString)
                        .collect(Collectors.joining(", "))
                + more + "\n";
    }

    private static String open(Plan plan) {
        List<String> names = plan.children().stream()
                .filter(child -> !child.restricted() && child.kind() != ChildPlan.Kind.AUXILIARY && child.slot() == 0)
                .map(ChildPlan::name)
                .toList();
        return names.isEmpty()
                ? ""
                : "           Nothing is kept from " + String.join(", ", names) + ", as `isolation` says there\n";
    }

    private static String countersInFiles(Plan plan) {
        List<String> names = plan.children().stream()
                .filter(child -> child.restricted() && child.kind() == ChildPlan.Kind.COMMAND)
                .filter(IsolationReport::hasCountersInAFile)
                .map(ChildPlan::name)
                .toList();
        return names.isEmpty()
                ? ""
                : "           The counters of its JVM are in a file that others in sandboxes may cut off, which ends it: "
                        + String.join(", ", names) + "\n           (" + AgentCommandLine.COUNTERS_IN_NO_FILE
                        + " after `java` takes the file away)\n";
    }

    /** As far as a command line and variables that a JVM reads say it. */
    private static boolean hasCountersInAFile(ChildPlan child) {
        List<String> words = StartPrefix.without(child.argv());
        return Path.of(words.get(0)).endsWith("java")
                && Stream.concat(
                                words.stream(),
                                Stream.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS")
                                        .map(name -> child.environment().getOrDefault(name, "")))
                        .noneMatch(text ->
                                text.contains(AgentCommandLine.COUNTERS_IN_NO_FILE) || text.contains(NO_COUNTERS));
    }

    private static String privileged(Plan plan) {
        List<String> names = plan.children().stream()
                .filter(child -> child.identity() == null && child.kind() == ChildPlan.Kind.COMMAND)
                .map(ChildPlan::name)
                .toList();
        return names.isEmpty()
                ? ""
                : "           Nothing is kept from " + String.join(", ", names) + ", as `user` says there\n";
    }
}
