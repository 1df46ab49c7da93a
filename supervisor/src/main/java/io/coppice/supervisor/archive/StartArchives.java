package io.coppice.supervisor.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The archives that a root's launches use. Any thread; only what {@link #launch} returns looks at files, later. */
public final class StartArchives {
    private final ArchiveDirectory directory;

    private StartArchives(ArchiveDirectory directory) {
        this.directory = directory;
    }

    /**
     * Makes the directory if it is missing.
     *
     * @param ownUid the user whom this process runs as
     * @throws IOException if there can be none: launches do without then
     */
    public static StartArchives open(Path directory, int ownUid) throws IOException {
        return new StartArchives(ArchiveDirectory.open(directory, ownUid));
    }

    /** Where they are. */
    public Path directory() {
        return directory.path();
    }

    /**
     * For one launch of a worker.
     *
     * @param refused the identity of an archive that a launch before this one died of; null for none
     */
    public ArchivedLaunch launch(@Nullable String refused) {
        return new ArchivedLaunch(directory, refused);
    }

    /**
     * Why a worker's command line can have no archive, as far as it alone tells.
     *
     * @return one clause for people; null if it can
     */
    public static @Nullable String obstacle(List<String> argv) {
        return LaunchProfile.obstacle(argv);
    }
}
