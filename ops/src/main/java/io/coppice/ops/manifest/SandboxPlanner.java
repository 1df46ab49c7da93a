package io.coppice.ops.manifest;

import io.coppice.supervisor.archive.ArchivePlace;
import io.coppice.supervisor.os.KernelGap;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.sandbox.IsolationGaps;
import io.coppice.supervisor.sandbox.Outside;
import io.coppice.supervisor.sandbox.StartFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts each child of an instance with {@code isolation: sandbox} into a sandbox, if there can be any on this machine. */
final class SandboxPlanner {
    /** Of which is warned one by one. */
    private static final int MOST_FILES = 5;

    private final Located<Isolation> isolation;
    private final Set<KernelGap> gaps;
    private final Problems problems;

    SandboxPlanner(Located<Isolation> isolation, Problems problems) {
        this.isolation = isolation;
        this.gaps = IsolationGaps.of(Isolation.SANDBOX);
        this.problems = problems;
    }

    /**
     * The children, each in a sandbox.
     *
     * @param open the names of daemons for which the manifest says {@code isolation: mapping}; with their transactions they are in none
     */
    List<ChildPlan> restricted(
            List<ChildPlan> children, Set<String> open, InstanceDirectory directory, Surroundings surroundings) {
        for (KernelGap gap : List.of(KernelGap.LANDLOCK, KernelGap.FILTER)) {
            if (gaps.contains(gap)) {
                problems.add(
                        isolation,
                        "a sandbox cannot be made here: " + gap.text(),
                        "a kernel that can, `isolation: user` or `isolation: mapping`",
                        "");
            }
        }
        Path archives = archives(surroundings);
        StartFiles started = StartFiles.of(children, List.of());
        try {
            tellFurtherNames(started);
            Outside.ofInstances(
                            directory.directory(), directory.segmentDirectory(), archives, started, surroundings.uid())
                    .rules();
        } catch (IOException e) {
            problems.add(
                    isolation,
                    "a sandbox cannot be made here: " + e.getMessage(),
                    "to be able to list what is beside an instance",
                    "");
        }
        return children.stream()
                .map(child -> child.kind() == ChildPlan.Kind.AUXILIARY || open.contains(child.daemon())
                        ? child
                        : child.toBuilder().restricted(true).plan())
                .toList();
    }

    /**
     * The directories in which processes in sandboxes can make nothing, though the user at hand may. Looks at the machine anew.
     *
     * @throws IOException if it cannot be told; with a message for people
     */
    static List<Path> closed(Plan plan, InstanceDirectory directory, Surroundings surroundings) throws IOException {
        return List.copyOf(Outside.ofInstances(
                        directory.directory(),
                        directory.segmentDirectory(),
                        archives(surroundings),
                        StartFiles.of(plan, StartFiles.own()),
                        surroundings.uid())
                .closed());
    }

    /** The directory of archives. */
    static Path archives(Surroundings surroundings) {
        return ArchivePlace.of(surroundings.environment(), surroundings.uid(), surroundings.home())
                .directory();
    }

    /** A rule is about a name that is known, and nobody finds the others. */
    private void tellFurtherNames(StartFiles started) throws IOException {
        Map<Path, Integer> files = started.withFurtherNames();
        files.entrySet().stream()
                .limit(MOST_FILES)
                .forEach(file -> problems.warn(
                        isolation.at(),
                        isolation.path(),
                        "processes in sandboxes may change " + file.getKey()
                                + ", which others start from, by another name: it has " + file.getValue()
                                + " (hard links); copy it instead of linking it"));
        if (files.size() > MOST_FILES) {
            problems.warn(
                    isolation.at(),
                    isolation.path(),
                    (files.size() - MOST_FILES) + " more files that processes start from have further names");
        }
    }
}
