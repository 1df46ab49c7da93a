package io.coppice.ops.system;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.stream.Stream;

/**
 * A control group of version 2 of a test's own, with controllers, as one is delegated to a root: below the first of all groups, which passes the controllers on
 * from then on, as another test may go by it.
 */
final class UnifiedGroup implements AutoCloseable {
    private static final String ROOT_GROUP = "coppice-root";

    private final Path directory;

    private UnifiedGroup(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes one; ends the test as one that cannot be run here, and prints the reason, where that is not possible.
     *
     * @param controllers by their names in the kernel
     */
    static UnifiedGroup with(List<String> controllers) throws IOException {
        Path first = first();
        List<String> present = List.of(
                Files.readString(first.resolve("cgroup.controllers")).strip().split(" "));
        for (String controller : controllers) {
            if (!present.contains(controller)) {
                return skip("control groups of version 2 in " + first + " have no controller `" + controller
                        + "`, it is of version 1 here, or the kernel lacks it");
            }
        }
        Path own = first.resolve("coppice-test-" + ProcessHandle.current().pid());
        try {
            for (String controller : controllers) {
                Files.writeString(first.resolve("cgroup.subtree_control"), "+" + controller);
            }
            Files.createDirectory(own);
        } catch (IOException e) {
            return skip("no control group of version 2 can be made: " + e);
        }
        if (Files.isDirectory(Path.of("/run/systemd/system"))) {
            // What systemd says with Delegate=.
            Files.getFileAttributeView(own, UserDefinedFileAttributeView.class)
                    .write("delegate", ByteBuffer.wrap("1".getBytes(StandardCharsets.US_ASCII)));
        }
        return new UnifiedGroup(own);
    }

    private static UnifiedGroup skip(String why) {
        System.out.println("SKIPPED: limits in control groups of version 2: " + why);
        return abort(why);
    }

    private static Path first() throws IOException {
        for (String mount : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            if (mount.contains(" - cgroup2 ")) {
                return Path.of(mount.split(" ")[4]);
            }
        }
        skip("they are not mounted here");
        throw new IllegalStateException("skipped");
    }

    /** What starts a program in it, as long as no root has made groups there. */
    List<String> entry() {
        return entry(directory);
    }

    /** What starts a program where a root has moved itself to, as {@code DelegateSubgroup=} of a unit does. */
    List<String> entryBesideItsGroups() {
        return entry(directory.resolve(ROOT_GROUP));
    }

    private static List<String> entry(Path group) {
        return List.of(
                "sh",
                "-c",
                "echo $$ >\"$0\" && exec \"$@\"",
                group.resolve("cgroup.procs").toString());
    }

    /** That of one process of a child, as a root makes it. */
    Path of(String child, long incarnation) throws IOException {
        try (Stream<Path> groups = Files.walk(directory)) {
            return groups.filter(group -> group.endsWith(child + "." + incarnation))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no group of " + child + " in " + directory));
        }
    }

    /** Of groups that a root has made for its children. */
    List<String> names() throws IOException {
        try (Stream<Path> groups = Files.walk(directory, 1)) {
            return groups.filter(group -> !group.equals(directory) && Files.isDirectory(group))
                    .map(group -> group.getFileName().toString())
                    .filter(name -> !name.equals(ROOT_GROUP))
                    .toList();
        }
    }

    /** All that is in it is killed. */
    @Override
    public void close() throws IOException {
        Files.writeString(directory.resolve("cgroup.kill"), "1");
        try {
            Coppice.await("nobody in " + directory, () -> {
                try {
                    return Files.readString(directory.resolve("cgroup.events")).contains("populated 0");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        List<Path> groups;
        try (Stream<Path> all = Files.walk(directory)) {
            groups = all.filter(Files::isDirectory).toList();
        }
        for (int i = groups.size() - 1; i >= 0; i--) {
            Files.delete(groups.get(i));
        }
    }
}
