package io.coppice.supervisor.sandbox;

import io.coppice.supervisor.os.RegularFile;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.PlanFormatException;
import io.coppice.supervisor.plan.PlanText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The other instances of a user below one base directory, by the plans that their roots have left there: where their segments are, and what they
 * start from. A plan is read again when its file is another one. Whose plan is none, or is of another release, has nothing but its directory.
 *
 * <p>One thread at a time, which may block.
 */
final class OtherInstances {
    /** With more than these below one base directory no sandbox is made: a launch looks at each. */
    static final int MOST_INSTANCES = 256;

    /** @param started what the instance starts from; {@link StartFiles#NONE} if that cannot be told */
    private record Known(Stamp stamp, @Nullable Path segments, StartFiles started) {}

    private final Map<Path, Known> known = new HashMap<>();
    private final Set<Path> segments = new TreeSet<>();
    private final Set<Path> fixed = new TreeSet<>();

    /** Directories of segments. As of the last {@link #look}. */
    Set<Path> segments() {
        return segments;
    }

    /** What nobody may change: real paths. As of the last {@link #look}. */
    Set<Path> fixed() {
        return fixed;
    }

    /**
     * Looks at them.
     *
     * @param own the directory of the one that they are others of, in the base directory
     * @throws IOException if there are too many, or the base directory cannot be listed
     */
    void look(Path own) throws IOException {
        segments.clear();
        fixed.clear();
        Set<Path> present = new TreeSet<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(own.resolveSibling(".").normalize())) {
            for (Path instance : entries) {
                if (instance.getFileName().equals(own.getFileName())) {
                    continue;
                }
                Known plan = plan(instance);
                if (plan != null) {
                    present.add(instance);
                    if (present.size() > MOST_INSTANCES) {
                        throw new TooManySiblingsException(own.resolveSibling("."), MOST_INSTANCES);
                    }
                    add(plan);
                }
            }
        } catch (NoSuchFileException e) {
            // There is no instance yet.
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        known.keySet().retainAll(present);
    }

    private void add(Known plan) {
        if (plan.segments() != null) {
            segments.add(plan.segments());
        }
        try {
            fixed.addAll(plan.started().fixed());
        } catch (IOException e) {
            // What cannot be looked at is left out: an instance that has ended long ago must keep no other from
            // starting.
            fixed.addAll(plan.started().named());
        }
    }

    private @Nullable Known plan(Path instance) {
        Path file = instance.resolve("plan");
        try {
            Stamp stamp = Stamp.of(file, LinkOption.NOFOLLOW_LINKS);
            Known before = known.get(instance);
            if (before == null || !before.stamp().equals(stamp)) {
                before = read(instance, file, stamp);
                known.put(instance, before);
            }
            return before;
        } catch (IOException e) {
            return null; // It is no instance, or has been purged meanwhile.
        }
    }

    private static Known read(Path instance, Path file, Stamp stamp) throws IOException {
        byte[] text;
        try (RegularFile held = RegularFile.open(file);
                InputStream in = Files.newInputStream(held.path())) {
            text = in.readNBytes(PlanBounds.MAX_PLAN_BYTES + 1);
        }
        try {
            Plan plan = PlanText.read(new String(text, StandardCharsets.UTF_8));
            Path segments = Path.of(plan.segmentDirectory());
            // A copy of another's plan says nothing of this one; a plan that names / would hide all.
            boolean its = Path.of(plan.directory()).equals(instance)
                    && segments.normalize().getNameCount() > 0;
            return its
                    ? new Known(stamp, segments, StartFiles.of(plan, List.of()))
                    : new Known(stamp, null, StartFiles.NONE);
        } catch (PlanFormatException e) {
            return new Known(stamp, null, StartFiles.NONE);
        }
    }
}
