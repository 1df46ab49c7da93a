package io.coppice.supervisor.archive;

import io.coppice.supervisor.plan.ChildPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
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
     * @param passed whether workers are users of their own, who have to get at their archives
     * @throws IOException if there can be none: launches do without then
     */
    public static StartArchives open(Path directory, int ownUid, boolean passed) throws IOException {
        return new StartArchives(ArchiveDirectory.open(directory, ownUid, passed));
    }

    /** Where they are. */
    public Path directory() {
        return directory.path();
    }

    /**
     * For one launch of a worker.
     *
     * @param instance the instance's directory
     * @param child what is launched
     * @param refused the identities of archives that launches before this one died of; nobody changes the set
     */
    public ArchivedLaunch launch(Path instance, ChildPlan child, Set<String> refused) {
        return new ArchivedLaunch(directory, Maker.of(instance, child), refused);
    }

    /**
     * Why a worker of this command line has no archive, as far as can be told now. Looks at the files that it names; for commands, not
     * for a root.
     *
     * @return one clause for people; null if it can have one
     */
    public static @Nullable String obstacle(List<String> argv) {
        String ofOptions = LaunchProfile.obstacle(argv);
        if (ofOptions != null) {
            return ofOptions;
        }
        try {
            LaunchProfile profile = LaunchProfile.of(argv);
            JdkRelease jdk = JdkRelease.of(Path.of(profile.java()));
            if (!jdk.hasArchives()) {
                return "JDK " + jdk.feature() + " makes none in one step";
            }
            ArchiveNames.of(profile, jdk, Maker.OWN_USER);
            ClassPathJars.refuseOthersBehindThem(profile.classPath());
            return null;
        } catch (IOException | NotArchivableException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /**
     * What keeps a directory from being used as it is now.
     *
     * @return one line for people; null if nothing does, or it is not there yet
     */
    public static @Nullable String fault(Path directory, int ownUid) {
        try {
            if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                ArchiveDirectory.open(directory, ownUid, false);
            }
            return null;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
