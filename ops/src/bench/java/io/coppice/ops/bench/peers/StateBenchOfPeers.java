package io.coppice.ops.bench.peers;

import io.coppice.ops.bench.StateBench;
import io.coppice.ops.bench.StateReport;
import java.util.List;
import java.util.function.Consumer;

/** The whole bench, part after part. */
public final class StateBenchOfPeers implements StateBench {
    /** For the service loader. */
    public StateBenchOfPeers() {}

    @Override
    public StateReport run(Settings settings, Consumer<String> progress) throws Exception {
        StateReport report = new StateReport(List.of(), List.of(), List.of());
        JmhRuns jmh = new JmhRuns(settings, progress);
        for (Part part : settings.parts()) {
            progress.accept("== " + part);
            report = report.and(
                    switch (part) {
                        case UPDATES -> jmh.updates();
                        case RECOVERY -> jmh.recovery();
                        case PUBLISHING -> new PublishingRun(settings, progress).run();
                        case RINGS -> new RingRun(settings, progress).run();
                    });
        }
        return report;
    }
}
