package io.coppice.ops.bench;

import io.coppice.ops.bench.job.Steady;
import io.coppice.ops.bench.job.Steps;
import io.coppice.ops.bench.job.Submitter;
import io.coppice.ops.hosted.ManifestText;
import io.coppice.supervisor.plan.Isolation;
import java.nio.file.Path;
import java.util.List;

/** The daemons of {@code bench isolation}, as a manifest. Pure. */
final class IsolationManifest {
    static final String STANDBY = "standby";
    static final String COLD = "cold";
    static final String SUBMIT_STANDBY = "submit-standby";
    static final String SUBMIT_COLD = "submit-cold";
    static final String STEADY = "steady";

    /** How many daemons it declares. */
    static final int DAEMONS = 5;

    /** What {@link Steps} touches at least. */
    private static final long STATE_BYTES = 4096L * Steps.TOUCHING_STEPS;

    private IsolationManifest() {}

    /**
     * All in the same way but for who keeps them apart.
     *
     * @param jar with the daemons' classes
     * @param orders directory of the files of orders, one of each daemon's name
     */
    static String text(String instance, Isolation isolation, String jar, int heapMib, Path orders) {
        StringBuilder text = new StringBuilder(ManifestText.beginning(instance, isolation));
        text.append("defaults: {restart: always, max_restarts: unlimited, backoff: none, log: file, classpath: [")
                .append(ManifestText.quoted(jar))
                .append("], jvm: {heap: ")
                .append(heapMib)
                .append("MiB, archive: none}}\ndaemons:\n");
        for (String name : List.of(STANDBY, COLD)) {
            text.append("  %s: {main: %s, state: 2MiB, args: [\"%d\"], standby: %d}%n"
                    .formatted(name, Steps.class.getName(), STATE_BYTES, name.equals(STANDBY) ? 1 : 0));
        }
        for (String name : List.of(SUBMIT_STANDBY, SUBMIT_COLD)) {
            text.append(
                    "  %s: {main: %s, state: 64KiB, args: [%s], transactions: {slots: 1, standby: %d, state: 64KiB, input: 64B, quarantine: 0}}%n"
                            .formatted(
                                    name,
                                    Submitter.class.getName(),
                                    ManifestText.quoted(orders.resolve(name).toString()),
                                    name.equals(SUBMIT_STANDBY) ? 1 : 0));
        }
        text.append("  %s: {main: %s, state: 64KiB, heartbeat: {timeout: 60s}, args: [%s]}%n"
                .formatted(
                        STEADY,
                        Steady.class.getName(),
                        ManifestText.quoted(orders.resolve(STEADY).toString())));
        return text.toString();
    }
}
