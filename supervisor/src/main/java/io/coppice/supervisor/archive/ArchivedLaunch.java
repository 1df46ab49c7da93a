package io.coppice.supervisor.archive;

import io.coppice.supervisor.os.ArgvPreparation;
import io.coppice.supervisor.plan.StartPrefix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One launch of a worker: adds the options that have its JVM use an archive, if there is one. Made for a launch and used for it only; {@link
 * #prepare} is the spawner thread's, and once the spawn's result is there, {@link #outcome} tells the duty cycle what was found.
 */
public final class ArchivedLaunch implements ArgvPreparation {
    /** What was found. */
    public sealed interface Outcome {
        /** There is nothing to be done: it has no archive, and cannot have one. */
        record None() implements Outcome {}

        /**
         * It was launched with an archive.
         *
         * @param identity of that
         */
        record Used(String identity) implements Outcome {}

        /**
         * It could have an archive that nobody has made yet.
         *
         * @param identity of that
         */
        record Wanted(String identity) implements Outcome {}

        /**
         * Whether there is one could not be told.
         *
         * @param why one line for people
         */
        record Unknown(String why) implements Outcome {}
    }

    private static final Outcome NONE = new Outcome.None();

    private final ArchiveDirectory directory;
    private final Maker maker;
    private final Set<String> refused;
    private volatile Outcome outcome = NONE;
    private volatile @Nullable Path archive;

    /** @param refused identities whose archives are to be dropped, not used; not changed by anybody */
    ArchivedLaunch(ArchiveDirectory directory, Maker maker, Set<String> refused) {
        this.directory = directory;
        this.maker = maker;
        this.refused = refused;
    }

    /** What was found; after the result of the spawn. */
    public Outcome outcome() {
        return outcome;
    }

    /**
     * The file that it is launched with: all of the directory of archives that it has to read. After {@link #prepare}.
     *
     * @return null for none
     */
    public @Nullable Path archive() {
        return archive;
    }

    @Override
    public List<String> prepare(List<String> argv) {
        try {
            return withArchive(argv);
        } catch (NotArchivableException e) {
            outcome = NONE;
        } catch (IOException | RuntimeException e) {
            // Never a reason not to start.
            outcome = new Outcome.Unknown(String.valueOf(e.getMessage()));
        }
        return argv;
    }

    private List<String> withArchive(List<String> argv) throws IOException, NotArchivableException {
        if (LaunchProfile.obstacle(argv) != null) {
            return argv;
        }
        int javaAt = StartPrefix.lengthIn(argv);
        JdkRelease jdk = JdkRelease.of(Path.of(argv.get(javaAt)));
        if (!jdk.hasArchives()) {
            return argv;
        }
        ArchiveNames names = ArchiveNames.of(LaunchProfile.of(argv), jdk, maker);
        if (refused.contains(names.identity())) {
            directory.refuse(names);
            return argv;
        }
        Path found = directory.find(names);
        if (found == null) {
            outcome = directory.isRefused(names) ? NONE : new Outcome.Wanted(names.identity());
            return argv;
        }
        outcome = new Outcome.Used(names.identity());
        archive = found;
        List<String> with = new ArrayList<>(argv.size() + 3);
        with.addAll(argv.subList(0, javaAt + 1));
        with.addAll(jdk.toUse(found));
        with.addAll(argv.subList(javaAt + 1, argv.size()));
        return with;
    }
}
