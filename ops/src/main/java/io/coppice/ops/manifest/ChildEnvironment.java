package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.InheritedVariables;
import io.coppice.supervisor.plan.PlanBounds;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The complete environment of a child: the caller's, without what is the root's own business, then the manifest's. */
final class ChildEnvironment {
    private ChildEnvironment() {}

    static SortedMap<String, String> of(Map<String, String> callers, Map<String, Located<String>> manifests) {
        TreeMap<String, String> environment = new TreeMap<>();
        callers.forEach((name, value) -> {
            if (InheritedVariables.isInherited(name) && isPassable(name, value)) {
                environment.put(name, value);
            }
        });
        manifests.forEach((name, value) -> environment.put(name, value.value()));
        return environment;
    }

    private static boolean isPassable(String name, String value) {
        return !name.isEmpty()
                && PlanBounds.isEncodable(name)
                && PlanBounds.isEncodable(value)
                && (name + "=" + value).getBytes(StandardCharsets.UTF_8).length <= PlanBounds.MAX_ARGUMENT_BYTES;
    }
}
