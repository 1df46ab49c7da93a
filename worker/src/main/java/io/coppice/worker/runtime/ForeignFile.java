package io.coppice.worker.runtime;

import io.coppice.state.SegmentException;
import io.coppice.state.SegmentRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A segment that somebody else writes, mapped when it is first asked for. What could not be mapped is tried again, and of what is mapped it
 * is looked whether it is still the file of that name, once a second at most. Loop thread only.
 *
 * @param <S> of the mapping
 */
final class ForeignFile<S extends AutoCloseable> {
    private static final long LOOK_NS = 1_000_000_000;

    private final Path file;
    private final Opener<S> opener;
    private @Nullable S open;
    private @Nullable Object key;
    private long lookedAtNs;
    private boolean looked;
    private boolean unusable;

    @FunctionalInterface
    interface Opener<S> {
        S open(Path file) throws SegmentException;
    }

    ForeignFile(Path file, Opener<S> opener) {
        this.file = file;
        this.opener = opener;
    }

    Path file() {
        return file;
    }

    /** What is mapped, null if nothing is; allocates nothing. */
    @Nullable
    S mapped() {
        return open;
    }

    /** What is there, null if nothing is, or it is no such segment. */
    @Nullable
    S look(long nowNs) {
        if (looked && nowNs - lookedAtNs < LOOK_NS) {
            return open;
        }
        Object present = keyOf();
        if (open == null || present == null || !present.equals(key)) {
            close();
            open(present);
        }
        looked = true;
        lookedAtNs = nowNs;
        return open;
    }

    private void open(@Nullable Object present) {
        unusable = present == null;
        try {
            open = present == null ? null : opener.open(file);
            key = present;
        } catch (SegmentException e) {
            unusable = e instanceof SegmentRefusedException;
            open = null; // Of which its owner and the root know more; it is tried again.
        }
    }

    /** The next look is one, however soon it comes. */
    void lookAnew() {
        looked = false;
    }

    /** Whether there was no such file, or none that could be a segment, when it was last looked for. */
    boolean isUnusable() {
        return unusable;
    }

    /** It cannot be read as it is, and is mapped anew when it is next asked for. */
    void close() {
        looked = false;
        S present = open;
        open = null;
        if (present != null) {
            try {
                present.close();
            } catch (Exception e) {
                throw new IllegalStateException("unmapping " + file, e);
            }
        }
    }

    /** What tells a file from one that takes its place. */
    private @Nullable Object keyOf() {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (IOException e) {
            return null;
        }
    }
}
