package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.PlanBounds;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rule for an instance's name: {@code --instance}, {@code $COPPICE_INSTANCE}, the manifest's key, the file's name. */
final class InstanceName {
    static final String VARIABLE = "COPPICE_INSTANCE";

    private InstanceName() {}

    /** The name; null if the first source that gives one gives none that is valid, which has been told then. */
    static @Nullable String resolve(
            CompileOptions options, @Nullable Located<String> key, Path file, Problems problems) {
        // The key is checked even where another source wins: the manifest is wrong either way.
        boolean keyValid = key == null || check(key, problems);
        String option = options.instance();
        if (option != null) {
            return checkElsewhere("--instance", option, problems);
        }
        String variable = options.surroundings().environment().get(VARIABLE);
        if (variable != null && !variable.isEmpty()) {
            return checkElsewhere("$" + VARIABLE, variable, problems);
        }
        if (key != null) {
            return keyValid ? key.value() : null;
        }
        return fromFileName(file, problems);
    }

    /** Lower case, with {@code -} for every other character that no name may have; at most 32 characters. */
    static String normalised(String name) {
        String normalised = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]+", "-");
        normalised = normalised.replaceAll("^-+|-+$", "");
        return normalised.length() <= 32 ? normalised : normalised.substring(0, 32);
    }

    private static boolean check(Located<String> key, Problems problems) {
        if (PlanBounds.isName(key.value())) {
            return true;
        }
        problems.add(key, Problems.quoted(key.value()), "[a-z0-9-]{1,32}", guess(key.value()));
        return false;
    }

    private static @Nullable String checkElsewhere(String source, String name, Problems problems) {
        if (PlanBounds.isName(name)) {
            return name;
        }
        String guess = guess(name);
        problems.addElsewhere(
                source,
                Problems.quoted(name) + " cannot name an instance, expected [a-z0-9-]{1,32}"
                        + (guess.isEmpty() ? "" : "; " + guess));
        return null;
    }

    private static @Nullable String fromFileName(Path file, Problems problems) {
        Path last = file.getFileName();
        String fileName = last == null ? "" : last.toString();
        int dot = fileName.lastIndexOf('.');
        String stem = dot > 0 ? fileName.substring(0, dot) : fileName;
        String normalised = normalised(stem);
        if (!PlanBounds.isName(normalised) || stem.length() > 32) {
            problems.add(
                    Position.WHOLE_FILE,
                    "instance",
                    "missing, and the file's name " + Problems.quoted(stem) + " cannot stand for it",
                    "a name, [a-z0-9-]{1,32}",
                    PlanBounds.isName(normalised) ? "write `instance: " + normalised + "`" : "");
            return null;
        }
        if (!normalised.equals(stem)) {
            problems.warn(
                    Position.WHOLE_FILE,
                    "instance",
                    "missing; " + Problems.quoted(stem) + " of the file's name becomes `" + normalised + "`");
        }
        return normalised;
    }

    private static String guess(String name) {
        String normalised = normalised(name);
        return Suggestion.didYouMean(PlanBounds.isName(normalised) ? normalised : null);
    }
}
