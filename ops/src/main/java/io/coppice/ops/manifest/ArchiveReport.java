package io.coppice.ops.manifest;

import io.coppice.supervisor.archive.ArchivePlace;
import io.coppice.supervisor.archive.StartArchives;
import io.coppice.supervisor.plan.AgentOption;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.SlotName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
        if (plan.isolation() == Isolation.USER) {
            return List.of("archives   none with `isolation: user`: they are the root's, and closed to other users");
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
            obstacle.ifPresent(why -> lines.add("  " + SlotName.logName(daemon.name()) + " starts without: " + why));
        }
        lines.add(
                "  While one is made, up to two more JVMs with that daemon's options run. The memory above does not count them;"
                        + " where it is short, they are the first to go.");
        return lines;
    }

    private static List<String> launch(ChildPlan daemon) {
        List<String> argv = daemon.argv();
        return argv.subList(0, argv.indexOf("-cp") + 2).stream()
                .filter(word -> OWN.stream().noneMatch(word::startsWith))
                .toList();
    }
}
