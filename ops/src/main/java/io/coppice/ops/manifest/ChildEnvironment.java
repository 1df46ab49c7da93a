package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.PlanBounds;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The complete environment of a child: the caller's, without what is the root's own business, then the manifest's. */
final class ChildEnvironment {
    /** Options for every JVM there is would get into the workers behind the budget's back. */
    private static final Set<String> JVM_VARIABLES = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    /** What only the shell that started us should say; it is wrong in a child with another directory. */
    private static final Set<String> SHELL_VARIABLES = Set.of("PWD", "OLDPWD", "_");

    /**
     * What the service manager says to the root alone: where to notify, and which file its standard error is. A child has one of
     * its own, and is not told which, lest its logging library talk to the journal itself, under another name.
     */
    private static final Set<String> SERVICE_VARIABLES = Set.of("NOTIFY_SOCKET", "JOURNAL_STREAM");

    private static final List<String> OURS = List.of("WATCHDOG_", "LISTEN_", "COPPICE_");

    private ChildEnvironment() {}

    static SortedMap<String, String> of(Map<String, String> callers, Map<String, Located<String>> manifests) {
        TreeMap<String, String> environment = new TreeMap<>();
        callers.forEach((name, value) -> {
            if (isInherited(name) && isPassable(name, value)) {
                environment.put(name, value);
            }
        });
        manifests.forEach((name, value) -> environment.put(name, value.value()));
        return environment;
    }

    /** Variables of the manifest that a JVM would take options from. */
    static boolean isForTheJvm(String name) {
        return JVM_VARIABLES.contains(name);
    }

    private static boolean isInherited(String name) {
        return !JVM_VARIABLES.contains(name)
                && !SHELL_VARIABLES.contains(name)
                && !SERVICE_VARIABLES.contains(name)
                && OURS.stream().noneMatch(name::startsWith);
    }

    private static boolean isPassable(String name, String value) {
        return !name.isEmpty()
                && PlanBounds.isEncodable(name)
                && PlanBounds.isEncodable(value)
                && (name + "=" + value).getBytes(StandardCharsets.UTF_8).length <= PlanBounds.MAX_ARGUMENT_BYTES;
    }
}
