package io.coppice.state.root;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.TestSegments;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: whatever the words of a root's segment are, who reads it gets an answer. Method: seeded flips of bits, garbage and
 * hostile numbers in a mapped file, beyond its identity, where something is stored; the view is read after each.
 *
 * <p>{@code -Dcoppice.proof.damages=N}.
 */
@Timeout(value = 5, unit = TimeUnit.HOURS)
class RootDamageTest {
    private static final long[] HOSTILE = {
        -1, 0, 1, 2, Long.MAX_VALUE, Long.MIN_VALUE, Integer.MAX_VALUE, 1L << 32, 1L << 47, 0xffff
    };

    private static final int IDENTITY = 256;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void shouldAnswerWhateverTheRootsWordsAre() throws Exception {
        long damages = Long.getLong("coppice.proof.damages", 5_000);
        long seed = 141;
        SplittableRandom random = new SplittableRandom(seed);
        Path file = TestSegments.create(directory.resolve("root.seg"), RootSegment.spec("shop"));
        fill(file);
        long[] answers = new long[3];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                RootView view = RootView.open(file)) {
            MappedByteBuffer words = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
            int[] used = used(words);
            for (long round = 0; round < damages; round++) {
                int[] at = new int[1 + random.nextInt(4)];
                long[] before = new long[at.length];
                for (int i = 0; i < at.length; i++) {
                    at[i] = used[random.nextInt(used.length)];
                    before[i] = words.getLong(at[i]);
                    words.putLong(at[i], damaged(before[i], random));
                }
                try {
                    RootReadResult result = view.read();
                    view.child("child-1");
                    view.segment().lastWords();
                    view.segment().timelines();
                    answers[
                            result instanceof RootReadResult.Read
                                    ? 0
                                    : result instanceof RootReadResult.Damaged ? 1 : 2]++;
                } catch (RuntimeException e) {
                    fail("seed " + seed + ", round " + round, e);
                }
                for (int i = at.length - 1; i >= 0; i--) {
                    words.putLong(at[i], before[i]);
                }
            }
        }
        System.out.println("proof: damaged root segments=" + damages + " read=" + answers[0] + " noticed=" + answers[1]
                + " busy=" + answers[2]);
        assertTrue(answers[0] > 10 && answers[1] > 10);
    }

    private static void fill(Path file) throws Exception {
        try (RootSegment root = RootSegment.open(file, 1, 1)) {
            root.begin(4711, 7, "boot", 1_700_000_000_000L);
            root.childCount(3);
            for (int i = 0; i < 3; i++) {
                ChildRow row = root.child(i);
                row.reset("child-" + i, ChildKind.DAEMON);
                row.state(ChildStateCode.READY);
                row.wanted(WantedCode.UP);
                row.pid(100 + i);
            }
            for (int i = 0; i < 40; i++) {
                root.event(1_700_000_000_000L + i, i % 3, EventType.values()[0], 100, i, "text " + i);
            }
            root.commit();
            root.childCount(2);
        }
    }

    private static int[] used(MappedByteBuffer words) {
        int[] at = new int[words.capacity() / Long.BYTES];
        int count = 0;
        for (int i = IDENTITY; i < words.capacity(); i += Long.BYTES) {
            if (words.getLong(i) != 0) {
                at[count++] = i;
            }
        }
        return java.util.Arrays.copyOf(at, count);
    }

    private static long damaged(long word, SplittableRandom random) {
        return switch (random.nextInt(3)) {
            case 0 -> word ^ (1L << random.nextInt(64));
            case 1 -> random.nextLong();
            default -> HOSTILE[random.nextInt(HOSTILE.length)];
        };
    }
}
