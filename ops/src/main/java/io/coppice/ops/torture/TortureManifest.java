package io.coppice.ops.torture;

import io.coppice.ops.hosted.ManifestText;
import io.coppice.ops.torture.job.JobArguments;
import io.coppice.ops.torture.job.Structures;
import io.coppice.ops.torture.job.TortureReader;
import io.coppice.ops.torture.job.TortureSubmitter;
import io.coppice.ops.torture.job.TortureWriter;
import io.coppice.supervisor.plan.Isolation;
import java.nio.file.Path;
import java.util.List;

/** The manifest of a torture, as text: writers and readers that come back however they end, as often as it takes. Pure. */
final class TortureManifest {
    private static final int SLOTS = 4;

    private TortureManifest() {}

    /** With a submitter if transactions are to be killed, with writers and readers in any case. */
    static String text(String instance, Isolation isolation, Path classes, Kills kills, JobArguments arguments) {
        int standbys = kills.standbys();
        StringBuilder text = new StringBuilder();
        text.append(ManifestText.beginning(instance, isolation));
        text.append("daemons:\n");
        Structures.WRITERS.forEach(
                name -> daemon(text, name, isolation, TortureWriter.class, classes, standbys, arguments.toArgs()));
        Structures.READERS.forEach(
                name -> daemon(text, name, isolation, TortureReader.class, classes, standbys, arguments.toArgs()));
        if (kills.ofTransactions() > 0) {
            submitter(text, classes, arguments.toArgs());
        }
        return text.toString();
    }

    private static void submitter(StringBuilder text, Path classes, List<String> args) {
        text.append("  ").append(Structures.SUBMITTER).append(":\n");
        text.append("    main: ").append(TortureSubmitter.class.getName()).append('\n');
        text.append("    classpath: [")
                .append(ManifestText.quoted(classes.toString()))
                .append("]\n");
        text.append("    jvm: {heap: 16MiB, options: [\"-XX:TieredStopAtLevel=1\"]}\n");
        text.append("    state: 64KiB\n");
        text.append("    transactions: {slots: ")
                .append(SLOTS)
                .append(", standby: 1, queue: 4, retries: 60, timeout: 2m, state: 64KiB, input: 64B}\n");
        text.append(ManifestText.endless(args));
    }

    private static void daemon(
            StringBuilder text,
            String name,
            Isolation isolation,
            Class<?> main,
            Path classes,
            int standbys,
            List<String> args) {
        text.append("  ").append(name).append(":\n");
        text.append("    main: ").append(main.getName()).append('\n');
        text.append("    classpath: [")
                .append(ManifestText.quoted(classes.toString()))
                .append("]\n");
        text.append("    jvm: {heap: 16MiB, options: [\"-XX:TieredStopAtLevel=1\"]}\n");
        text.append("    state: 1MiB\n");
        text.append("    checkpoints: 2\n");
        text.append("    standby: ").append(standbys).append('\n');
        if (standbys > 0 && name.endsWith("-1") && isolation == Isolation.MAPPING) {
            text.append("    fence: word\n");
        }
        if (name.endsWith("-2")) {
            text.append("    checksum: arena\n");
        }
        text.append(ManifestText.endless(args));
    }
}
