package io.coppice.ops.demo;

import io.coppice.ops.hosted.ManifestText;
import io.coppice.supervisor.plan.Isolation;
import java.nio.file.Path;
import java.util.List;

/**
 * The manifest of the demo, as text: an instance with one daemon, which comes back however it ends, as often as it takes. Pure.
 */
final class DemoManifest {
    /** The daemon's name. */
    static final String DAEMON = "words";

    private DemoManifest() {}

    /**
     * @param heap for the daemon, as a size of the manifest
     * @param state size of the daemon's segment, as a size of the manifest
     * @param standbys how many of them the daemon has
     */
    static String text(
            String instance,
            Isolation isolation,
            String mainClass,
            List<Path> classPath,
            String heap,
            String state,
            int standbys,
            List<String> args) {
        StringBuilder text = new StringBuilder();
        text.append(ManifestText.beginning(instance, isolation));
        text.append("daemons:\n");
        text.append("  ").append(DAEMON).append(":\n");
        text.append("    main: ").append(mainClass).append('\n');
        text.append("    classpath:\n");
        classPath.forEach(path -> text.append("      - ")
                .append(ManifestText.quoted(path.toString()))
                .append('\n'));
        text.append("    jvm: {heap: ").append(ManifestText.quoted(heap)).append("}\n");
        text.append("    state: ").append(ManifestText.quoted(state)).append('\n');
        text.append("    standby: ").append(standbys).append('\n');
        text.append(ManifestText.endless(args));
        return text.toString();
    }
}
