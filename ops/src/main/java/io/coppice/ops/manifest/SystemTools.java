package io.coppice.ops.manifest;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Programs of the system that start others: found now and named by their paths, so that no daemon's own PATH chooses them. */
final class SystemTools {
    private final Surroundings surroundings;
    private final Problems problems;

    SystemTools(Surroundings surroundings, Problems problems) {
        this.surroundings = surroundings;
        this.problems = problems;
    }

    /**
     * Where a program is; null if it is nowhere, which has been told then.
     *
     * @param key what needs it
     */
    @Nullable
    Path find(String name, String debianPackage, Located<?> key) {
        String searchPath = surroundings.environment().getOrDefault("PATH", Programs.DEFAULT_PATH);
        Path found = Programs.find(name, searchPath);
        if (found == null || !found.toString().matches("[A-Za-z0-9_@%+=:,./-]+")) {
            problems.add(
                    key,
                    "no program `" + name + "` on PATH (" + Problems.quoted(searchPath) + ")",
                    "it, of the package " + debianPackage,
                    "");
            return null;
        }
        return found;
    }
}
