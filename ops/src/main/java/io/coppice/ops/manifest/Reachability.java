package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Identity;
import io.coppice.supervisor.plan.StartPrefix;
import io.coppice.supervisor.plan.WorkerOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether workers that are users of their own can read what they are started from: their JDK, their jars, their directory. Tried as that user with
 * its groups, since modes alone tell neither access control lists nor mounts. Blocks for some milliseconds for each user.
 */
final class Reachability {
    /** Prints the first file that cannot be read, and on a second line the first directory on the way to it that cannot be passed. */
    private static final String READABLE =
            "for file; do [ -r \"$file\" ] && continue; echo \"$file\"; up=; rest=${file#/};"
                    + " while [ \"$rest\" != \"${rest#*/}\" ]; do up=$up/${rest%%/*}; rest=${rest#*/};"
                    + " [ -x \"$up\" ] || { echo \"$up\"; exit 3; }; done; exit 3; done";

    private static final int UNREADABLE = 3;
    private static final long TIMEOUT_SECONDS = 10;
    private static final int MAX_ANSWER_BYTES = 16 << 10;

    private final Path setpriv;
    private final Set<List<Object>> known = new HashSet<>();

    /** @param setpriv the program */
    Reachability(Path setpriv) {
        this.setpriv = setpriv;
    }

    /**
     * What cannot be read.
     *
     * @param directory the first one above it that does not let the user pass; null if all do
     */
    record Obstacle(String file, @Nullable String directory) {
        /** Which file, and what keeps it from being read. */
        String words() {
            return file + (directory == null ? "" : ": " + directory + " does not let it pass");
        }
    }

    /**
     * What of a child's files its user cannot read; null if it can read them all, or somebody of that user could already.
     *
     * @throws IOException if that cannot be tried
     */
    @Nullable
    Obstacle obstacle(ChildPlan child, Identity identity) throws IOException {
        List<String> files = filesOf(child);
        if (!known.add(List.of(identity.uid(), identity.groups(), files))) {
            return null;
        }
        List<String> command = new ArrayList<>(List.of(
                setpriv.toString(),
                "--reuid=" + identity.uid(),
                "--regid=" + identity.gid(),
                identity.groups().isEmpty()
                        ? "--clear-groups"
                        : "--groups="
                                + identity.groups().stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(",")),
                "/bin/sh",
                "-c",
                READABLE,
                "coppice-check"));
        command.addAll(files);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8);
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("no answer within " + TIMEOUT_SECONDS + " s");
            }
            if (process.exitValue() != 0 && process.exitValue() != UNREADABLE) {
                throw new IOException(said.strip());
            }
            List<String> lines = said.lines().toList();
            return process.exitValue() == 0 || lines.isEmpty()
                    ? null
                    : new Obstacle(lines.get(0), lines.size() == 1 ? null : lines.get(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** The program, the class path, and the jar of an agent. */
    static List<String> filesOf(ChildPlan child) {
        List<String> argv = StartPrefix.without(child.argv());
        Set<String> files = new LinkedHashSet<>();
        if (argv.get(0).startsWith("/")) {
            files.add(argv.get(0));
        }
        int classPath = child.kind().hasSegment() ? argv.indexOf(WorkerOptions.CLASS_PATH) : -1;
        if (classPath >= 0 && classPath + 1 < argv.size()) {
            files.addAll(Arrays.asList(argv.get(classPath + 1).split(":", -1)));
        }
        return List.copyOf(files);
    }
}
