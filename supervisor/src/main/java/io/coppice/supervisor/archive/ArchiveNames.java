package io.coppice.supervisor.archive;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The names that a profile's archive has in the cache, from what is true now.
 *
 * <p>The <em>identity</em> is made of attributes of the JDK's and the class path's files: cheap, and different whenever one of them was
 * replaced or written to. The <em>key</em> is made of what the jars hold: the same for jars that were only copied or touched.
 * JVMs do not look themselves: 25 runs the classes in its cache, whatever the jar holds by now.
 *
 * @param profile of all archives of this profile and maker, past ones included
 * @param identity of the files as they are
 * @param youngestNs when one of these was changed last, in nanoseconds since 1970
 */
record ArchiveNames(String profile, String identity, long youngestNs) {
    private static final int PROFILE_DIGITS = 16;
    private static final int DIGITS = 32;

    /** Part of every name: a release that makes archives in another way finds none of this one's. */
    private static final String FORMAT = "1";

    /** @throws NotArchivableException if something on the class path is no jar */
    static ArchiveNames of(LaunchProfile profile, JdkRelease jdk, Maker maker)
            throws IOException, NotArchivableException {
        Digest identity = words(profile, maker);
        jdk.addStamps(identity);
        long youngestNs = Long.MIN_VALUE;
        for (String entry : profile.classPath()) {
            FileStamp stamp = jar(entry);
            stamp.addTo(identity);
            youngestNs = Math.max(youngestNs, stamp.changedNs());
        }
        return new ArchiveNames(words(profile, maker).hex(PROFILE_DIGITS), identity.hex(DIGITS), youngestNs);
    }

    /** Reads every jar, so it takes a while. */
    static String key(LaunchProfile profile, JdkRelease jdk, Maker maker) throws IOException {
        Digest key = words(profile, maker);
        jdk.addBuild(key);
        for (String entry : profile.classPath()) {
            key.addContents(Path.of(entry));
        }
        return key.hex(DIGITS);
    }

    private static Digest words(LaunchProfile profile, Maker maker) {
        List<String> words = new ArrayList<>(List.of(FORMAT, profile.java(), profile.main(), profile.daemon()));
        if (!maker.owner().isEmpty()) {
            words.add(maker.owner());
        }
        return new Digest().add(words).add(profile.options()).add(profile.classPath());
    }

    private static FileStamp jar(String entry) throws IOException, NotArchivableException {
        FileStamp stamp;
        try {
            stamp = FileStamp.of(Path.of(entry));
        } catch (NoSuchFileException e) {
            throw new NotArchivableException("its class path names " + entry + ", which is not there");
        }
        if (!entry.startsWith("/") || !stamp.isRegular()) {
            throw new NotArchivableException("its class path holds " + (stamp.isDirectory() ? "the directory " : "")
                    + entry + ", and archives need jars");
        }
        return stamp;
    }
}
