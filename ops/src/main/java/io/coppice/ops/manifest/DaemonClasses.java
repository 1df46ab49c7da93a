package io.coppice.ops.manifest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds out whether a class can be a daemon, by its class file and those of its super types, without loading any. */
final class DaemonClasses implements AutoCloseable {
    private static final String DAEMON = "io/coppice/worker/Daemon";
    private static final int MAX_SCANNED_CLASSES = 50_000;
    private static final int MAX_LISTED = 4;

    private final ClassContainers all;
    private final ClassContainers users;
    private final int javaFeature;
    private final Map<String, Lookup> lookups = new HashMap<>();
    private @Nullable List<String> candidates;

    /**
     * @param workerJars searched first, as in the worker
     * @param userEntries the manifest's class path; suggestions come from here
     * @param javaFeature feature version of the JDK that will run the worker
     */
    DaemonClasses(List<Path> workerJars, List<Path> userEntries, int javaFeature) {
        this.javaFeature = javaFeature;
        List<Path> both = new ArrayList<>(workerJars);
        both.addAll(userEntries);
        all = new ClassContainers(both, javaFeature);
        users = new ClassContainers(userEntries, javaFeature);
    }

    /** What keeps a class from being a daemon, ready for an error; the hint may be empty. */
    record Fault(String what, String expected, String hint) {}

    /**
     * What keeps the class from being a daemon; null if it can be one.
     *
     * @param className a binary name, as {@link ClassName} reads it
     * @throws IllegalArgumentException if it is none
     */
    @Nullable
    Fault faultOf(String className) {
        if (!ClassName.isBinaryName(className)) {
            // Such a name might lead out of the class path.
            throw new IllegalArgumentException(className);
        }
        String expected = "a public class that implements io.coppice.worker.Daemon";
        Lookup lookup = lookup(className.replace('.', '/'));
        if (lookup.state == State.ABSENT) {
            return new Fault(
                    "class " + Problems.quoted(className) + " is not on the class path", expected, near(className));
        }
        if (lookup.state != State.READ) {
            return unreadable(className, lookup);
        }
        ClassFacts facts = lookup.factsOrThrow();
        if (facts.isInterface() || facts.isAbstract()) {
            return new Fault(
                    Problems.quoted(className) + " is " + (facts.isInterface() ? "an interface" : "abstract"),
                    "a class that can be instantiated",
                    near(className));
        }
        Lineage lineage = lineage(facts);
        if (!lineage.reachesDaemon) {
            String hint = near(className);
            if (lineage.unread != null) {
                hint = "its super type " + lineage.unread.internalName.replace('/', '.') + " "
                        + describe(lineage.unread) + (hint.isEmpty() ? "" : "; " + hint);
            }
            return new Fault(
                    "class " + Problems.quoted(className) + " does not implement io.coppice.worker.Daemon",
                    "a class that does",
                    hint);
        }
        if (lineage.unread != null) {
            return new Fault(
                    "super type `" + lineage.unread.internalName.replace('/', '.') + "` of "
                            + Problems.quoted(className) + " " + describe(lineage.unread),
                    "all super types on the class path",
                    "");
        }
        if (!facts.publicConstructor()) {
            return new Fault(
                    "class " + Problems.quoted(className)
                            + (facts.anyConstructor()
                                    ? " has a constructor without parameters that is not public"
                                    : " has no constructor without parameters"),
                    "a public one",
                    className.indexOf('$') > 0 && !facts.anyConstructor() ? "a nested class must be static" : "");
        }
        return null;
    }

    private Fault unreadable(String className, Lookup lookup) {
        return lookup.state == State.TOO_NEW
                ? new Fault(
                        "class " + Problems.quoted(className) + " was compiled for Java " + lookup.javaRelease,
                        "Java " + javaFeature + " at most, which runs the worker",
                        "compile with --release " + javaFeature + ", or run coppice on a JDK " + lookup.javaRelease)
                : new Fault(
                        "class " + Problems.quoted(className) + " in " + lookup.container + " is damaged",
                        "a class file",
                        "build the jar again");
    }

    private String describe(Lookup lookup) {
        return switch (lookup.state) {
            case ABSENT -> "is not on the class path";
            case TOO_NEW -> "was compiled for Java " + lookup.javaRelease + ", the worker runs on " + javaFeature;
            default -> "is damaged";
        };
    }

    private Lineage lineage(ClassFacts start) {
        Lineage lineage = new Lineage();
        Set<String> seen = new HashSet<>();
        ArrayDeque<String> open = new ArrayDeque<>(start.supertypes());
        while (!open.isEmpty()) {
            String name = open.remove();
            if (!seen.add(name)) {
                continue;
            }
            if (name.equals(DAEMON)) {
                lineage.reachesDaemon = true;
                continue;
            }
            Lookup lookup = lookup(name);
            if (lookup.state == State.READ) {
                open.addAll(lookup.factsOrThrow().supertypes());
            } else if (lookup.state != State.ABSENT || !isOfTheJdk(name)) {
                lineage.unread = lookup;
            }
        }
        return lineage;
    }

    private Lookup lookup(String internalName) {
        return lookups.computeIfAbsent(internalName, name -> {
            ClassContainers.Found found = all.find(name);
            if (found == null) {
                return new Lookup(name, State.ABSENT, "", 0, null);
            }
            byte[] bytes = found.bytes();
            int release = bytes == null ? 0 : ClassFacts.javaRelease(bytes);
            if (bytes == null || release <= 0) {
                return new Lookup(name, State.DAMAGED, found.container(), 0, null);
            }
            if (release > javaFeature) {
                return new Lookup(name, State.TOO_NEW, found.container(), release, null);
            }
            ClassFacts facts = ClassFacts.of(bytes);
            return facts == null || !facts.internalName().equals(name)
                    ? new Lookup(name, State.DAMAGED, found.container(), release, null)
                    : new Lookup(name, State.READ, found.container(), release, facts);
        });
    }

    /** The nearest class of the manifest's class path that can be a daemon, or the few that there are. */
    private String near(String className) {
        List<String> usable = candidates();
        String simple = className.substring(className.lastIndexOf('.') + 1);
        for (String candidate : usable) {
            String other = candidate.substring(candidate.lastIndexOf('.') + 1);
            if (other.equalsIgnoreCase(simple)
                    || other.substring(other.lastIndexOf('$') + 1).equalsIgnoreCase(simple)) {
                return Suggestion.didYouMean(candidate);
            }
        }
        String nearest = Suggestion.near(className, usable);
        if (nearest == null) {
            List<String> simpleNames = usable.stream()
                    .map(name -> name.substring(name.lastIndexOf('.') + 1))
                    .toList();
            String nearestSimple = Suggestion.near(simple, simpleNames);
            nearest = nearestSimple == null ? null : usable.get(simpleNames.indexOf(nearestSimple));
        }
        if (nearest != null) {
            return Suggestion.didYouMean(nearest);
        }
        if (usable.isEmpty()) {
            return "no class of this class path implements it";
        }
        List<String> shown = usable.subList(0, Math.min(MAX_LISTED, usable.size()));
        return "the class path holds `" + String.join("`, `", shown) + "`"
                + (usable.size() > MAX_LISTED ? " and " + (usable.size() - MAX_LISTED) + " more" : "");
    }

    private List<String> candidates() {
        List<String> known = candidates;
        if (known != null) {
            return known;
        }
        Set<String> found = new LinkedHashSet<>();
        users.forEach(MAX_SCANNED_CLASSES, bytes -> {
            int release = ClassFacts.javaRelease(bytes);
            ClassFacts facts = release > 0 && release <= javaFeature ? ClassFacts.of(bytes) : null;
            if (facts != null && !facts.isAbstract() && facts.publicConstructor() && lineage(facts).reachesDaemon) {
                found.add(facts.binaryName());
            }
        });
        known = List.copyOf(found);
        candidates = known;
        return known;
    }

    private static boolean isOfTheJdk(String internalName) {
        return ClassLoader.getPlatformClassLoader().getResource(internalName + ".class") != null;
    }

    @Override
    public void close() throws IOException {
        try (users) {
            all.close();
        }
    }

    private enum State {
        READ,
        ABSENT,
        TOO_NEW,
        DAMAGED
    }

    private record Lookup(
            String internalName,
            State state,
            String container,
            int javaRelease,
            @Nullable ClassFacts facts) {
        ClassFacts factsOrThrow() {
            if (facts == null) {
                throw new IllegalStateException(internalName + " has not been read");
            }
            return facts;
        }
    }

    private static final class Lineage {
        private boolean reachesDaemon;
        private @Nullable Lookup unread;
    }
}
