package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.system.daemons.Counts;
import io.coppice.ops.system.daemons.Sends;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RecordLayout;
import io.coppice.state.RecordView;
import io.coppice.state.SegmentFile;
import io.coppice.state.SnapshotResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: through a channel between two daemons each message counts exactly once, whichever of them is killed when, and a
 * receiver that is stopped holds the sender up. Method: a real root; one daemon sends numbers, the other one counts them
 * in the commits that move its cursor; SIGKILL at either, after random numbers of messages.
 */
class ChannelSystemTest {
    private static final int KILLS = 12;
    private static final int MOST_MESSAGES_BETWEEN_KILLS = 3_000;
    private static final int REFUSALS = 50;

    @RegisterExtension
    final Coppice coppice = new Coppice();

    @Test
    void shouldCountEachMessageOnceAndWaitForAReceiverThatIsStopped() throws Exception {
        long seed = new SplittableRandom().nextInt(1_000_000);
        SplittableRandom random = new SplittableRandom(seed);
        Path enough = coppice.directory.resolve("enough");
        coppice.manifest("""
                instance: shop
                defaults: {classpath: [$JAR], jvm: {heap: 16MiB}, max_restarts: unlimited, backoff: none}
                daemons:
                  sends: {main: io.coppice.ops.system.daemons.Sends, args: [%s]}
                  counts: {main: io.coppice.ops.system.daemons.Counts}
                """.formatted(enough));
        Coppice.Root root = coppice.startRoot();
        coppice.awaitState("sends", "ready");
        coppice.awaitState("counts", "ready");
        try (ReadOnlySegment sends = SegmentFile.openReadOnly(coppice.home().resolve("shop/sends.seg"));
                ReadOnlySegment counts = SegmentFile.openReadOnly(coppice.home().resolve("shop/counts.seg"))) {
            for (int kill = 0; kill < KILLS; kill++) {
                long target = count(counts) + random.nextInt(MOST_MESSAGES_BETWEEN_KILLS);
                Coppice.await("seed " + seed + ", kill " + kill, () -> count(counts) >= target);
                Coppice.kill((random.nextBoolean() ? sends : counts).ownerPid());
            }

            assertEquals(0, coppice.run("stop", "counts").exitCode());
            long before = refused(sends);
            Coppice.await("the channel is full", () -> refused(sends) > before);
            long sent = sent(sends);
            long refused = refused(sends);
            Coppice.await("the channel stays full", () -> refused(sends) > refused + REFUSALS);
            assertEquals(sent, sent(sends), "sent while its receiver is stopped, seed " + seed);
            long waiting = sent - count(counts);
            assertTrue(waiting > 0 && waiting <= Sends.CHANNEL_BYTES / Sends.TAKEN_BYTES, waiting + " messages wait");
            assertEquals(0, coppice.run("start", "counts").exitCode());
            Coppice.await("it flows again", () -> count(counts) > sent + MOST_MESSAGES_BETWEEN_KILLS);

            Files.createFile(enough);
            Coppice.await("all is counted", () -> count(counts) == sent(sends));
            RecordView counted = record(counts, Counts.RECORD, Counts.LAYOUT);
            long all = counted.get(Counts.COUNT);
            assertEquals(all * (all + 1) / 2, counted.get(Counts.SUM), "seed " + seed);
            assertEquals(0, counted.get(Counts.WRONG), coppice.log("counts"));
            assertTrue(sends.incarnation() + counts.incarnation() > 2, "somebody was killed");
        }
        assertEquals(0, root.stop(), root.stderr());
    }

    private static long count(ReadOnlySegment counts) {
        return record(counts, Counts.RECORD, Counts.LAYOUT).get(Counts.COUNT);
    }

    private static long sent(ReadOnlySegment sends) {
        return record(sends, Sends.RECORD, Sends.LAYOUT).get(Sends.SENT);
    }

    private static long refused(ReadOnlySegment sends) {
        return record(sends, Sends.RECORD, Sends.LAYOUT).get(Sends.REFUSED);
    }

    /** As of the last commit, whether its owner lives or not. */
    private static RecordView record(ReadOnlySegment segment, String record, RecordLayout layout) {
        SnapshotResult result = segment.snapshot(List.of(record));
        while (!(result instanceof SnapshotResult.Snapshot)) {
            assertTrue(result instanceof SnapshotResult.Busy, result.toString());
            result = segment.snapshot(List.of(record));
        }
        return ((SnapshotResult.Snapshot) result).view().record(record, layout);
    }
}
