package io.coppice.supervisor.root;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.SandboxPaths;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The views of children in a sandbox: of each a directory of links to the segments that its processes may read, which these may read and no
 * more. A rule of the kernel is about files and directories, not about names; so one about a peer's segment would say nothing of the file that
 * takes its name. A directory stays, and the root renews what is in it.
 *
 * <p>Duty-cycle thread only, and before it begins.
 */
final class SegmentViews {
    private static final String VIEWS = "*.view";

    private final Path segments;
    private final Map<Path, Set<String>> readByView = new LinkedHashMap<>();
    private final Map<String, Set<Path>> viewsByFile = new HashMap<>();

    /** @param segments the directory of the segments */
    SegmentViews(Path segments) {
        this.segments = segments;
    }

    /** Where the view of a child is. */
    Path of(ChildPlan child) {
        return segments.resolve(SandboxPaths.viewName(child.name()));
    }

    /**
     * Makes those of a plan, and removes what it does not have.
     *
     * @throws IOException naming the file
     */
    void arrange(Plan plan) throws IOException {
        readByView.clear();
        viewsByFile.clear();
        for (ChildPlan child : plan.children()) {
            if (child.restricted() && child.kind().hasSegment()) {
                readByView
                        .computeIfAbsent(of(child), view -> new LinkedHashSet<>())
                        .addAll(SandboxPaths.read(child));
            }
        }
        removeOthers();
        for (Map.Entry<Path, Set<String>> view : readByView.entrySet()) {
            fill(view.getKey(), view.getValue());
            removeOthers(view.getKey(), view.getValue());
            for (String file : view.getValue()) {
                viewsByFile.computeIfAbsent(file, name -> new LinkedHashSet<>()).add(view.getKey());
            }
        }
    }

    private void fill(Path view, Set<String> files) throws IOException {
        make(view);
        for (String file : files) {
            LinkedFile.follow(segments.resolve(file), view.resolve(file));
        }
    }

    /** Before a launch: makes a child's view anew if somebody has removed it. */
    void ensure(ChildPlan child) throws IOException {
        Path view = of(child);
        if (!Files.isDirectory(view, LinkOption.NOFOLLOW_LINKS)) {
            fill(view, readByView.getOrDefault(view, Set.of()));
        }
    }

    /** A segment's name may be another file's now. */
    void renew(String child) throws IOException {
        String file = child + ".seg";
        for (Path view : viewsByFile.getOrDefault(file, Set.of())) {
            LinkedFile.follow(segments.resolve(file), view.resolve(file));
        }
    }

    private static void make(Path view) throws IOException {
        try {
            Files.createDirectory(
                    view, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // It stays: those who live have a rule for it.
        }
    }

    private void removeOthers() throws IOException {
        for (Path view : list(segments, VIEWS)) {
            if (!readByView.containsKey(view)) {
                removeOthers(view, Set.of());
                Files.delete(view);
            }
        }
    }

    private static void removeOthers(Path view, Set<String> files) throws IOException {
        for (Path link : list(view, "*")) {
            if (!files.contains(String.valueOf(link.getFileName()))) {
                Files.delete(link);
            }
        }
    }

    private static List<Path> list(Path directory, String names) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, names)) {
            List<Path> all = new ArrayList<>();
            entries.forEach(all::add);
            return all;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }
}
