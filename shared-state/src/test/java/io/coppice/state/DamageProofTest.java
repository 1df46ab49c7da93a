package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: damage of what describes a segment is always noticed, and of all data where a checksum is declared, and damage of
 * anything ends in an answer. Method: seeded flips of bits, garbage and hostile numbers over the identity, the directory and, with
 * a checksum, the arena of a segment with all structures, of which not one may pass; and files that become shorter under readers in a child JVM, which must live on.
 *
 * <p>{@code -Dcoppice.proof.damages=N}; the same for {@link DamageTest}, which damages everything else.
 */
@Timeout(value = 5, unit = TimeUnit.HOURS)
class DamageProofTest {
    private static final long SUITE_DAMAGES = 20_000;

    private final long damages = Proof.number("damages", SUITE_DAMAGES);
    private final SplittableRandom random = new SplittableRandom(Proof.number("seed", 91));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void shouldAlwaysNoticeDamageOfTheIdentity() {
        byte[] sound = RecordedRun.of(91, 100).memory().copy();
        for (long round = 0; round < damages; round++) {
            byte[] disk = sound.clone();
            Damage.hit(disk, random.nextInt(HeaderLayout.CHECKSUM_OFFSET + Long.BYTES), random);
            if (!Arrays.equals(disk, sound)) {
                Validation found = SegmentHeader.read(new RecordingMemory(disk), Path.of("damaged.seg"));
                assertFalse(found instanceof Validation.Valid, "round " + round);
            }
        }
        Proof.report("damaged identities=" + damages + " undetected=0");
    }

    @Test
    void shouldAlwaysNoticeDamageOfTheDirectory() {
        RecordedRun run = RecordedRun.of(92, 100);
        byte[] sound = run.memory().copy();
        run.recover(new RecordingMemory(sound));
        StateView view = TestSegments.snapshot(TestSegments.read(new RecordingMemory(sound)));
        assertTrue(view.structures().size() > 10);
        int arena = (int) SegmentGeometry.of(sound.length).arenaOffset();
        byte[] disk = sound.clone();
        for (long round = 0; round < damages; round++) {
            int chosen = random.nextInt(view.structures().size() + 1);
            if (chosen == view.structures().size()) {
                Damage.hit(disk, arena + random.nextInt(3 * Long.BYTES), random);
            } else {
                StructureInfo info = view.structures().get(chosen);
                int described = (int) Directory.dataOffset(info.fields().size());
                Damage.hit(disk, (int) info.offsetBytes() - 1 - random.nextInt(described), random);
            }
            if (!Arrays.equals(disk, sound)) {
                RecordingMemory memory = new RecordingMemory(disk);
                assertInstanceOf(
                        SnapshotResult.Damaged.class,
                        TestSegments.read(memory).snapshot(),
                        () -> "a damaged description was taken for sound");
            }
            System.arraycopy(sound, arena, disk, arena, sound.length - arena);
        }
        assertArrayEquals(sound, disk);
        Proof.report("damaged directories=" + damages + " undetected=0");
    }

    /** Of what is stamped only the places count, and of them what the last commit made count: the rest must be harmless. */
    @Test
    void shouldAlwaysNoticeDamageOfAnArenaWithAChecksum() {
        RecordedRun run = RecordedRun.checked(94, 100, UnaryOperator.identity());
        run.recover(run.memory());
        // Of its own: it records nothing, however often it is recovered.
        RecordingMemory memory = new RecordingMemory(run.memory().copy());
        byte[] sound = memory.copy();
        SegmentGeometry geometry = SegmentGeometry.of(sound.length);
        ReadOnlySegment reader = TestSegments.read(memory);
        assertEquals(ChecksumVerdict.RIGHT, reader.checksum());
        StateView view = TestSegments.snapshot(reader);
        boolean[] stamped = stamped(view, sound.length);
        byte[] disk = memory.bytes();
        long done = 0;
        long harmless = 0;
        while (done < damages) {
            int at = (int) geometry.arenaOffset() + random.nextInt((int) geometry.arenaLength());
            Damage.hit(disk, at, random);
            int word = at & -8;
            if (Arrays.equals(disk, word, word + 8, sound, word, word + 8)) {
                continue;
            }
            done++;
            boolean noticed = false;
            try {
                TestSegments.own(memory, 1).recover();
            } catch (SegmentDamagedException e) {
                noticed = true;
            }
            if (!noticed) {
                harmless++;
                assertTrue(stamped[at], "damage at " + at);
                assertSame(view, TestSegments.snapshot(reader), at);
            } else if (done % 16 == 0) {
                assertEquals(ChecksumVerdict.WRONG, reader.checksum(), () -> "damage at " + at);
            }
            System.arraycopy(sound, 0, disk, 0, sound.length);
        }
        Proof.report(
                "damaged arenas with a checksum=" + damages + " undetected=0 harmless, in what is stamped=" + harmless);
    }

    private static boolean[] stamped(StateView view, int length) {
        boolean[] stamped = new boolean[length];
        for (StructureInfo info : view.structures()) {
            info.type()
                    .shape()
                    .forEachStampedRange(
                            info, (from, bytes) -> Arrays.fill(stamped, (int) from, (int) (from + bytes), true));
        }
        return stamped;
    }

    private static void assertSame(StateView sound, StateView damaged, int at) {
        for (StructureInfo info : sound.structures()) {
            assertTrue(sound.sameContents(damaged, info.name()), () -> "damage at " + at + ": " + info.name());
        }
    }

    /** A fault of a mapped read must neither end the JVM nor come as an error; the child says what it saw. */
    @Test
    void shouldLiveOnWhenAFileIsTruncatedUnderItsReaders() throws IOException, InterruptedException {
        int rounds = (int) Math.max(3, Math.min(200, damages / 5_000));
        byte[] sound = RecordedRun.of(93, 100).memory().copy();
        // So short that the arena's first page is gone: what lies behind its structures is never read, and so never
        // missed.
        int longest = (int) SegmentGeometry.of(sound.length).arenaOffset();
        assertEquals(0, longest % SegmentGeometry.PAGE);
        for (int round = 0; round < rounds; round++) {
            Path file = directory.resolve("torn-" + round + ".seg");
            Path output = directory.resolve("output-" + round);
            Files.write(file, sound);
            Process child = ChildJvm.start(output, TornReaderChild.class, file.toString());
            try {
                while (!Files.readString(output).contains("reading")) {
                    assertTrue(child.isAlive(), () -> read(output));
                    child.waitFor(5, TimeUnit.MILLISECONDS);
                }
                try (RandomAccessFile torn = new RandomAccessFile(file.toFile(), "rw")) {
                    int length = random.nextInt(longest + 1);
                    torn.setLength(random.nextBoolean() ? length : length & -SegmentGeometry.PAGE);
                }
                assertTrue(child.waitFor(120, TimeUnit.SECONDS), () -> read(output));
                assertEquals(0, child.exitValue(), () -> read(output));
            } finally {
                child.destroyForcibly();
            }
        }
        Proof.report("files truncated under a reader=" + rounds + " crashes=0");
    }

    private static String read(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
