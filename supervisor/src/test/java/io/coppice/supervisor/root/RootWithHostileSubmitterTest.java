package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.OwnedSegment;
import io.coppice.state.Phase;
import io.coppice.state.RequestId;
import io.coppice.state.SegmentFile;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RootSnapshot;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.StartTimeouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a daemon with slots may write anything into the words by which it asks for work, and hint without pause: the root serves all others, and
 * what comes of it happens in that daemon's own slots. Method: a real root; the daemon is a shell, and its segment and its end of
 * the pipe are the test's.
 */
class RootWithHostileSubmitterTest {
    private static final String FOREVER = "while :; do sleep 1000; done";

    private static final String SLOT = "exec sleep 1000";
    private static final int SLOTS = 2;
    private static final int ROUNDS = 400;

    @TempDir
    Path base;

    private RootProcess root;

    @AfterEach
    void stop() throws IOException {
        if (root != null) {
            root.close();
        }
    }

    private ChildPlan daemon(String name, long heartbeatTimeoutMs) {
        return RootReloadTest.daemon(RootProcess.command(name, base, FOREVER)).toBuilder()
                .heartbeatTimeoutMs(heartbeatTimeoutMs)
                .startTimeouts(StartTimeouts.of(60_000))
                .plan();
    }

    private ChildPlan slot(int slot) {
        return ChildPlans.slot("hostile", slot)
                .argv(List.of("/bin/sh", "-c", SLOT))
                .workingDirectory(base.toString())
                .startTimeouts(StartTimeouts.of(60_000))
                .plan();
    }

    private void start() throws Exception {
        root = RootProcess.startUnder(
                base,
                List.of("env", "JAVA_TOOL_OPTIONS=-D" + RootMeter.PROPERTY + "=true"),
                RootProcess.command("web", base, FOREVER),
                daemon("other", 20_000),
                daemon("hostile", 120_000),
                slot(1),
                slot(2));
    }

    /** Hints without pause, each of them many bytes. */
    private void flood() throws Exception {
        Path pipe =
                Path.of("/proc/" + root.await("hostile", row -> row.pid() > 1).pid() + "/fd/3");
        FileChannel hints = FileChannel.open(pipe, StandardOpenOption.WRITE);
        Thread flooding = new Thread(
                () -> {
                    ByteBuffer bytes = ByteBuffer.allocate(1000);
                    try (hints) {
                        while (true) {
                            hints.write(bytes.clear());
                        }
                    } catch (IOException e) {
                        // The root has gone, and with it whoever read them.
                    }
                },
                "flood");
        flooding.setDaemon(true);
        flooding.start();
    }

    /** The segment of a daemon, which has become ready. */
    private OwnedSegment ready(String name) throws Exception {
        RootSnapshot.ChildInfo child = root.await(name, row -> row.pid() > 1);
        OwnedSegment segment = SegmentFile.openOwned(
                root.directory.resolve(name + ".seg"),
                root.directory.resolve(name + ".lock"),
                child.pid(),
                child.incarnation());
        segment.recover();
        segment.phase(Phase.READY);
        root.await(name, row -> row.state() == ChildStateCode.READY);
        return segment;
    }

    /** Beats for both, and no faster than a daemon may. */
    private static void beat(OwnedSegment one, OwnedSegment other) throws InterruptedException {
        one.heartbeat().beat();
        other.heartbeat().beat();
        TimeUnit.MILLISECONDS.sleep(5);
    }

    private static long word(SplittableRandom random, int round) {
        return switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1 -> Long.MIN_VALUE;
            case 2 -> Long.MAX_VALUE;
            case 3 -> -1;
            case 4 -> RequestId.of(random.nextInt(1 << 19), 1 + random.nextInt(1 << 20));
            case 5 -> -RequestId.of(1, 17);
            case 6 -> RequestId.of(1, 17);
            case 7 -> 1L << 44; // no sequence
            case 8 -> round;
            default -> random.nextLong();
        };
    }

    private long incarnationOf(String name) throws Exception {
        return root.await(name, row -> true).incarnation();
    }

    private void assertOthersUndisturbed() throws Exception {
        assertEquals("ok\n", root.request("coppice/1 ping"), root.stderr());
        assertEquals(List.of(1L, 1L), List.of(incarnationOf("web"), incarnationOf("other")), root.stderr());
        root.await("other", row -> row.state() == ChildStateCode.READY);
    }

    @Test
    void shouldServeAllOthersWhateverItAsksForAndHowOftenItHints() throws Exception {
        start();
        long seed = Long.getLong("coppice.test.seed", 5);
        SplittableRandom random = new SplittableRandom(seed);
        try (OwnedSegment other = ready("other");
                OwnedSegment hostile = ready("hostile")) {
            flood();
            for (int round = 0; round < ROUNDS; round++) {
                for (int slot = 1; slot <= OwnedSegment.MAX_SLOTS; slot++) {
                    hostile.request(slot, word(random, round));
                }
                beat(other, hostile);
                if (round % 20 == 0) {
                    assertOthersUndisturbed();
                }
            }
            for (int slot = 1; slot <= OwnedSegment.MAX_SLOTS; slot++) {
                hostile.request(slot, slot > SLOTS ? word(random, 0) : 0);
            }
            for (int slot = 1; slot <= SLOTS; slot++) {
                String name = "hostile@" + slot;
                awaitBeating(other, hostile, name, row -> row.request() == 0 && row.pid() == 0);
            }
            hostile.request(1, RequestId.of(1, 99));
            awaitBeating(other, hostile, "hostile@1", row -> row.request() == RequestId.of(1, 99) && row.pid() > 1);
            assertEquals(0, root.await("hostile@2", row -> true).request());
            assertOthersUndisturbed();
            assertEquals(1, incarnationOf("hostile"), "it beats, and what it asks for is no reason to end it");
        }
    }

    private void awaitBeating(
            OwnedSegment other, OwnedSegment hostile, String name, Predicate<RootSnapshot.ChildInfo> condition)
            throws Exception {
        boolean[] met = {false};
        for (int i = 0; !met[0] && i < RootProcess.WATCHDOG_SECONDS * 200; i++) {
            beat(other, hostile);
            root.awaitSnapshot("a table", snapshot -> {
                met[0] = snapshot.child(name).filter(condition).isPresent();
                return true;
            });
        }
        assertTrue(met[0], () -> name + " never as expected\n" + snapshotText());
    }

    private String snapshotText() {
        try {
            return root.awaitSnapshot("a table", snapshot -> true) + root.stderr();
        } catch (IOException | InterruptedException e) {
            return e.toString();
        }
    }

    /** Its turns are bounded: so many hints a second are listened to, and one that brings nothing new costs no memory. */
    @Test
    void shouldAllocateNothingForAFloodThatBringsNothingNew() throws Exception {
        start();
        try (OwnedSegment other = ready("other");
                OwnedSegment hostile = ready("hostile")) {
            flood();
            hostile.request(2, Long.MIN_VALUE);
            hostile.request(32, 4711);
            long least = Long.MAX_VALUE;
            RootSnapshot.RootInfo before = told(other, hostile, 0);
            for (int window = 0; least != 0 && window < 40; window++) {
                RootSnapshot.RootInfo after = told(other, hostile, before.turns() + 2 * ChildProcess.MAX_HINTS);
                least = Math.min(least, after.allocatedBytes() - before.allocatedBytes());
                before = after;
            }
            assertEquals(0, least, root.stderr());
            assertOthersUndisturbed();
        }
    }

    private RootSnapshot.RootInfo told(OwnedSegment other, OwnedSegment hostile, long turns) throws Exception {
        RootSnapshot.RootInfo[] told = {null};
        while (told[0] == null || told[0].turns() <= turns || told[0].allocatedBytes() == 0) {
            beat(other, hostile);
            root.awaitSnapshot("a table", snapshot -> {
                told[0] = snapshot.root().orElseThrow();
                return true;
            });
        }
        return told[0];
    }

    @Test
    void shouldTakeATruncatedSegmentForOneThatAsksForNothing() throws Exception {
        start();
        try (OwnedSegment other = ready("other");
                OwnedSegment hostile = ready("hostile")) {
            flood();
            hostile.request(1, RequestId.of(1, 1));
            awaitBeating(other, hostile, "hostile@1", row -> row.pid() > 1);
            try (FileChannel file = FileChannel.open(root.directory.resolve("hostile.seg"), StandardOpenOption.WRITE)) {
                file.truncate(0);
            }
            root.awaitCondition("a warning", this::saysTruncated);
            other.heartbeat().beat();
            assertOthersUndisturbed();
        }
    }

    private boolean saysTruncated() {
        try {
            return root.stderr().contains("hostile: its segment has been truncated");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
