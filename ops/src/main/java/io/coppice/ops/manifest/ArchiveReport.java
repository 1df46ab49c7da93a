package io.coppice.ops.manifest;

import io.coppice.supervisor.archive.ArchivePlace;
import io.coppice.supervisor.archive.StartArchives;
import io.coppice.supervisor.plan.AgentOption;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Identity;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.SlotName;
import io.coppice.supervisor.plan.WorkerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code coppice check} says of start archives: where they are, and who starts without. Opens the jars. */
public final class ArchiveReport {
    /** What each daemon has to itself. */
    private static final List<String> OWN = List.of("-XX:ErrorFile=", "-Xms", "-Xmx");

    private ArchiveReport() {}

    /** Lines of the report; none if no daemon is a JVM of ours. */
    public static List<String> of(Plan plan, Surroundings surroundings) {
        List<ChildPlan> daemons = plan.children().stream()
                .filter(child ->
                        (child.kind() == ChildPlan.Kind.DAEMON && !AgentOption.isOf(child)) || child.slot() == 1)
                .toList();
        if (daemons.isEmpty()) {
            return List.of();
        }
        ArchivePlace place = ArchivePlace.of(surroundings.environment(), surroundings.uid(), surroundings.home());
        List<String> lines = new ArrayList<>();
        lines.add("archives   " + place.directory() + " (" + place.why()
                + "); of what daemons load, for faster starts, made in quiet times");
        String fault = StartArchives.fault(place.directory(), Math.toIntExact(surroundings.uid()));
        if (fault != null) {
            lines.add("  none: " + fault);
            return lines;
        }
        // Daemons of one class path have the same jars looked at.
        Map<List<String>, Optional<String>> known = new HashMap<>();
        for (ChildPlan daemon : daemons) {
            Optional<String> obstacle = daemon.argv().contains(ChildPlanner.NO_ARCHIVE)
                    ? Optional.of("the key `jvm.archive`")
                    : known.computeIfAbsent(
                            launch(daemon), same -> Optional.ofNullable(StartArchives.obstacle(daemon.argv())));
            if (obstacle.isEmpty()) {
                obstacle = Optional.ofNullable(unreachable(daemon, surroundings));
            }
            obstacle.ifPresent(why -> lines.add("  " + SlotName.logName(daemon.name()) + " starts without: " + why));
        }
        if (plan.isolation() == Isolation.USER) {
            lines.add("  Each daemon has its own, made as a user whom none of its processes is.");
        }
        if (plan.isolation() == Isolation.SANDBOX) {
            lines.add("  Each daemon in a sandbox has its own, made in a sandbox.");
        }
        lines.add(
                "  While one is made, up to two more JVMs with that daemon's options run. The memory above does not count them;"
                        + " where it is short, they are the first to go.");
        return lines;
    }

    /** Who makes a worker's archives is in its groups, and not its user: what only that may read, it may not. */
    private static @Nullable String unreachable(ChildPlan daemon, Surroundings surroundings) {
        Identity identity = daemon.identity();
        Path setpriv = Programs.find("setpriv", surroundings.environment().getOrDefault("PATH", Programs.DEFAULT_PATH));
        if (identity == null || setpriv == null) {
            return null;
        }
        int maker = identity.maker();
        try {
            Reachability.Obstacle obstacle = new Reachability(setpriv)
                    .obstacle(daemon, new Identity(maker, 1, identity.gid(), maker, 0, identity.groups()));
            return obstacle == null
                    ? null
                    : "user " + maker + ", who would make its archive, cannot read " + obstacle.words();
        } catch (IOException e) {
            return "whether user " + maker + ", who would make its archive, can read its files cannot be told: "
                    + e.getMessage();
        }
    }

    private static List<String> launch(ChildPlan daemon) {
        List<String> argv = daemon.argv();
        return argv.subList(0, argv.indexOf(WorkerOptions.CLASS_PATH) + 2).stream()
                .filter(word -> OWN.stream().noneMatch(word::startsWith))
                .toList();
    }
}
