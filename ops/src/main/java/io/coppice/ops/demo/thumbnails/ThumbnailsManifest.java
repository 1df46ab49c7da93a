package io.coppice.ops.demo.thumbnails;

import io.coppice.ops.demo.thumbnails.job.ThumbnailDaemon;
import io.coppice.ops.hosted.ManifestText;
import io.coppice.supervisor.plan.Isolation;
import java.nio.file.Path;
import java.util.List;

/** The manifest of the demo, as text: the thumbnailer, which comes back however it ends, as often as it takes. Pure. */
final class ThumbnailsManifest {
    /** The daemon's name. */
    static final String DAEMON = "thumbs";

    static final int SLOTS = 2;

    /** Enough for each good picture, and for no bomb. */
    private static final String HEAP_OF_A_TASK = "64MiB";

    private ThumbnailsManifest() {}

    /**
     * Of an instance with this daemon.
     *
     * @param quarantine how many pictures may fail
     */
    static String text(String instance, Isolation isolation, List<Path> classPath, int quarantine, Path from, Path to) {
        StringBuilder text = new StringBuilder();
        text.append(ManifestText.beginning(instance, isolation));
        text.append("daemons:\n");
        text.append("  ").append(DAEMON).append(":\n");
        text.append("    main: ").append(ThumbnailDaemon.class.getName()).append('\n');
        text.append("    classpath:\n");
        classPath.forEach(path -> text.append("      - ")
                .append(ManifestText.quoted(path.toString()))
                .append('\n'));
        text.append("    state: 8MiB\n");
        text.append("    jvm: {heap: 32MiB, options: [\"-XX:TieredStopAtLevel=1\"]}\n");
        text.append("    transactions:\n");
        text.append("      slots: ").append(SLOTS).append('\n');
        text.append("      standby: 1\n");
        text.append("      quarantine: ").append(quarantine).append('\n');
        text.append("      jvm: {heap: ")
                .append(HEAP_OF_A_TASK)
                .append(", options: [\"-XX:TieredStopAtLevel=1\", \"-Djava.awt.headless=true\"]}\n");
        text.append(ManifestText.endless(List.of("--from", from.toString(), "--to", to.toString(), "--edge", "160")));
        return text.toString();
    }
}
