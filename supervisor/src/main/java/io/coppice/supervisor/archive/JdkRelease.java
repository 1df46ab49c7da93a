package io.coppice.supervisor.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The JDK behind a {@code java} program: which options make and use an archive depends on its feature version, and an archive is good for
 * one build only.
 *
 * @param home its directory
 * @param feature such as 17
 * @param text of its file {@code release}, which names the build
 */
record JdkRelease(Path home, int feature, String text) {
    private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"?([0-9]{1,4})");
    private static final int MOST_BYTES = 1 << 16;

    /** JDK 25 makes an AOT cache in one step; what went before, a dynamic archive of class data. */
    private static final int ONE_STEP_AOT_SINCE = 25;

    /** What an archive is bound to beside the file {@code release}. */
    private static final List<String> BINARIES = List.of("bin/java", "lib/modules", "lib/server/libjvm.so");

    /** @throws IOException if there is no such JDK, or none that says its version */
    static JdkRelease of(Path java) throws IOException {
        Path bin = java.getParent();
        Path home = bin == null ? null : bin.getParent();
        if (home == null) {
            throw new IOException(java + " is not in the bin directory of a JDK");
        }
        try (InputStream in = Files.newInputStream(home.resolve("release"))) {
            String text = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
            Matcher version = VERSION.matcher(text);
            if (!version.find()) {
                throw new IOException(home + "/release holds no JAVA_VERSION");
            }
            return new JdkRelease(home, Integer.parseInt(version.group(1)), text);
        }
    }

    /** The stamps of what it consists of. */
    void addStamps(Digest digest) throws IOException {
        digest.add(text);
        for (String binary : BINARIES) {
            FileStamp.of(home.resolve(binary)).addTo(digest);
        }
    }

    /** The same for whoever has the same build installed elsewhere or at another time; the JVM itself compares more of it. */
    void addBuild(Digest digest) throws IOException {
        digest.add(text);
        for (String binary : BINARIES) {
            digest.add(FileStamp.of(home.resolve(binary)).bytes());
        }
    }

    /** Whether such a JVM can make and use an archive of ours: 24 has caches, but makes them in two steps. */
    boolean hasArchives() {
        return feature != ONE_STEP_AOT_SINCE - 1;
    }

    /** What archives of this release are called. */
    String suffix() {
        return isAot() ? ".aot" : ".jsa";
    }

    /** The options that have a JVM write an archive when it ends. */
    List<String> toMake(Path archive) {
        return List.of((isAot() ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + archive);
    }

    /**
     * The options that have a JVM use an archive, and say nothing where it cannot. Only these messages are silenced; an option
     * that comes later on the command line brings them back.
     */
    List<String> toUse(Path archive) {
        return isAot()
                ? List.of("-XX:AOTCache=" + archive, "-Xlog:aot*=off", "-Xlog:cds*=off")
                : List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds*=off");
    }

    /** The options that have a JVM check all of an archive, and end at once where it cannot use it. */
    List<String> toCheck(Path archive) {
        return isAot()
                ? List.of("-XX:AOTCache=" + archive, "-XX:AOTMode=on", "-XX:+VerifySharedSpaces")
                : List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:on", "-XX:+VerifySharedSpaces");
    }

    private boolean isAot() {
        return feature >= ONE_STEP_AOT_SINCE;
    }
}
