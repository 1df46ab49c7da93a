package io.coppice.ops.manifest;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the segments still need of the file systems that hold them. */
final class SegmentSpace {
    /** The default of Docker, Podman and Kubernetes' runtimes. */
    private static final long CONTAINERS_SHM_BYTES = 64L << 20;

    private SegmentSpace() {}

    /**
     * One limit per file system. Blocks that existing segments own already are not needed again; they were reserved in
     * full when the files were made, so a file's length is what it owns.
     *
     * @param wanted the length of each segment, by file
     * @throws IOException if a file system cannot be asked; the message names the directory
     */
    static List<Budget.Limit> of(Map<Path, Long> wanted) throws IOException {
        Map<FileStore, Need> needs = new LinkedHashMap<>();
        for (Map.Entry<Path, Long> segment : wanted.entrySet()) {
            Path directory = existingAncestor(segment.getKey());
            Need need;
            try {
                need = needs.computeIfAbsent(Files.getFileStore(directory), store -> new Need());
            } catch (IOException e) {
                throw new IOException(
                        "the file system of " + directory + " cannot be asked for its free space (" + e + ")", e);
            }
            long owned = Files.isRegularFile(segment.getKey(), LinkOption.NOFOLLOW_LINKS)
                    ? Math.min(Files.size(segment.getKey()), segment.getValue())
                    : 0;
            need.directory = segment.getKey().getParent();
            need.bytes += segment.getValue() - owned;
            need.ownedBytes += owned;
        }
        List<Budget.Limit> limits = new ArrayList<>();
        for (Map.Entry<FileStore, Need> need : needs.entrySet()) {
            FileStore store = need.getKey();
            long owned = need.getValue().ownedBytes;
            limits.add(new Budget.Limit(
                    "free space of the file system that holds " + need.getValue().directory,
                    store + ", " + store.type()
                            + (owned == 0 ? "" : "; its segments own " + Quantity.roundedSize(owned) + " already")
                            + hint(store.type(), store.getTotalSpace()),
                    store.getUsableSpace(),
                    need.getValue().bytes,
                    Budget.Limit.Kind.FILE_SYSTEM));
        }
        return limits;
    }

    /** Nobody who runs a container has chosen that size. */
    static String hint(String fileSystem, long totalBytes) {
        return fileSystem.equals("tmpfs") && totalBytes <= CONTAINERS_SHM_BYTES
                ? "; " + Quantity.roundedSize(totalBytes)
                        + " in all, which is what a container's /dev/shm has unless it is given more: --shm-size, or a volume"
                : "";
    }

    static Path existingAncestor(Path path) {
        Path ancestor = path.toAbsolutePath().getParent();
        while (ancestor != null && !Files.isDirectory(ancestor)) {
            ancestor = ancestor.getParent();
        }
        return ancestor == null ? Path.of("/") : ancestor;
    }

    private static final class Need {
        /** Of the last segment: all are in one directory but the root's, which comes first. */
        private @Nullable Path directory;

        private long bytes;
        private long ownedBytes;
    }
}
