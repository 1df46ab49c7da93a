package io.coppice.ops.view;

import io.coppice.state.SegmentException;
import io.coppice.state.StateException;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.RootView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root's segment, read again and again: stays mapped between reads, copies only after a commit, and moves to the new
 * file when it was replaced. One thread.
 */
public final class RootTable implements AutoCloseable {
    /** A root that is busy starting hundreds of children may outrun one round of copies. */
    private static final int BUSY_ROUNDS = 5;

    private final Path file;
    private @Nullable RootView view;
    private @Nullable Object fileKey;
    private @Nullable RootSnapshot latest;
    private long generation;

    /** Opens nothing yet. */
    public RootTable(Path file) {
        this.file = file;
    }

    /** The table as of the last commit, or why it cannot be read. */
    public Reading read() {
        try {
            RootView current = open();
            RootSnapshot known = latest;
            if (known != null && current.commitSequenceAcquire() == known.commitSequence()) {
                return new Reading(Optional.of(known), "", generation);
            }
            RootReadResult result = current.read();
            for (int round = 1; round < BUSY_ROUNDS && result instanceof RootReadResult.Busy; round++) {
                result = current.read();
            }
            if (result instanceof RootReadResult.Read read) {
                latest = read.snapshot();
                return new Reading(Optional.of(read.snapshot()), "", generation);
            }
            return unreadable(
                    result instanceof RootReadResult.Damaged damaged
                            ? "The root's segment " + file + " is damaged: " + damaged.reason()
                                    + " `coppice recover` tells what can be done."
                            : "The root's segment " + file + " changes faster than it can be copied. Try again.");
        } catch (NoSuchFileException e) {
            return unreadable("The root's segment " + file + " does not exist; it is made when the root starts.");
        } catch (SegmentException | StateException e) {
            return unreadable("Cannot read the root's segment: " + e.getMessage());
        } catch (IOException e) {
            return unreadable("Cannot read the root's segment " + file + ": " + e);
        }
    }

    @Override
    public void close() {
        if (view != null) {
            view.close();
            view = null;
        }
        latest = null;
    }

    private RootView open() throws IOException, SegmentException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
        RootView current = view;
        if (current != null && key != null && key.equals(fileKey)) {
            return current;
        }
        close();
        current = RootView.open(file);
        view = current;
        fileKey = key;
        generation++;
        return current;
    }

    private Reading unreadable(String problem) {
        return new Reading(Optional.empty(), problem, generation);
    }

    /**
     * One read.
     *
     * @param snapshot empty if it failed
     * @param problem why it failed, a sentence; "" if it did not
     * @param generation counts the files that had this name, from 1
     */
    public record Reading(Optional<RootSnapshot> snapshot, String problem, long generation) {}
}
