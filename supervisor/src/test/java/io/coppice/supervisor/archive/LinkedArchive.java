package io.coppice.supervisor.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An archive that launches of a command line find, whatever is in it. */
public final class LinkedArchive {
    private LinkedArchive() {}

    /** Makes one, and the directory. */
    public static Path of(Path cache, List<String> argv) throws IOException, NotArchivableException {
        ArchiveDirectory directory = ArchiveDirectory.open(cache, Workshop.ownUid(), false);
        LaunchProfile profile = LaunchProfile.of(argv);
        JdkRelease jdk = JdkRelease.of(Path.of(profile.java()));
        ArchiveNames names = ArchiveNames.of(profile, jdk, Maker.OWN_USER);
        Path archive = directory.archive(names, ArchiveNames.key(profile, jdk, Maker.OWN_USER), jdk.suffix());
        Files.writeString(archive, "no archive at all");
        Path work = Files.createTempDirectory(cache, "work-");
        directory.link(names, archive, work);
        Files.delete(work);
        return archive;
    }
}
