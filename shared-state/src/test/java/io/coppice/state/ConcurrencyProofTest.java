package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.Litmus.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: no reader on another core ever sees what it must not. Method: a writer thread and two reader threads, each with its
 * own mapping of one file, on the hardware as it is; every look of a reader is classified, and forbidden outcomes fail.
 *
 * <p>{@code -Dcoppice.proof.looks=N} has each reader look so often.
 */
@Timeout(value = 5, unit = TimeUnit.HOURS)
class ConcurrencyProofTest {
    private static final long SUITE_LOOKS = 5_000;
    private static final int READERS = 2;

    private final long looks = Proof.number("looks", SUITE_LOOKS);
    private final AtomicBoolean done = new AtomicBoolean();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** Writes until the readers are done. */
    @FunctionalInterface
    private interface Writer {
        void turn(SplittableRandom random);
    }

    @ParameterizedTest
    @EnumSource(value = Litmus.class, mode = EnumSource.Mode.EXCLUDE, names = "UNPROTECTED")
    void shouldNeverShowWhatIsForbidden(Litmus litmus) throws Exception {
        Path file = create("writer", 2);
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("writer.lock"), 1, 1)) {
            owner.recover();
            List<Callable<Map<Outcome, Long>>> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                readers.add(() -> {
                    try (ReadOnlySegment segment = SegmentFile.openReadOnly(file)) {
                        return look(litmus.reader(segment));
                    }
                });
            }
            assertAllowed(litmus.name(), race(random -> litmus.write(owner, random), readers), Outcome.COMMIT);
        }
    }

    @Test
    void shouldDeliverEachCommittedMessageOnceAndNothingElse() throws Exception {
        Path file = create("writer", 0);
        String[] names = {"reader-0", "reader-1"};
        for (String name : names) {
            create(name, 0);
        }
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("writer.lock"), 1, 1);
                ReadOnlySegment first = SegmentFile.openReadOnly(directory.resolve("reader-0.seg"));
                ReadOnlySegment second = SegmentFile.openReadOnly(directory.resolve("reader-1.seg"))) {
            owner.recover();
            owner.state().receivers(name -> name.equals("reader-0") ? first : second);
            List<Callable<Map<Outcome, Long>>> readers = new ArrayList<>();
            for (String name : names) {
                readers.add(() -> readRings(file, name));
            }
            byte[] message = new byte[256];
            assertAllowed(
                    "RINGS",
                    race(random -> RingLitmus.write(owner.state(), names, random, message), readers),
                    Outcome.COMMIT);
        }
    }

    /** Without it, a machine or a harness that lets nothing overlap would pass as well. */
    @Test
    void shouldSeeTornWordsWhereNothingProtectsThem() throws Exception {
        Path file = create("writer", 0);
        try (OwnedSegment owner = SegmentFile.openOwned(file, directory.resolve("writer.lock"), 1, 1);
                ReadOnlySegment segment = SegmentFile.openReadOnly(file)) {
            owner.recover();
            Litmus.Reader reader = Litmus.UNPROTECTED.reader(segment);
            Map<Outcome, Long> found = race(random -> Litmus.UNPROTECTED.write(owner, random), List.of(() -> {
                Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
                do {
                    outcomes.merge(reader.look(), 1L, Long::sum);
                } while (!outcomes.containsKey(Outcome.TORN) && !done.get());
                return outcomes;
            }));
            Proof.report("UNPROTECTED " + found);
            assertTrue(found.containsKey(Outcome.TORN));
        }
    }

    private Map<Outcome, Long> readRings(Path writer, String name) throws IOException, SegmentException {
        try (OwnedSegment own = SegmentFile.openOwned(
                        directory.resolve(name + ".seg"), directory.resolve(name + ".lock"), 1, 1);
                ReadOnlySegment segment = SegmentFile.openReadOnly(writer)) {
            own.recover();
            SplittableRandom random = new SplittableRandom(name.hashCode());
            Litmus.Reader channel = RingLitmus.reader(segment, own.state(), "channel", random);
            Litmus.Reader broadcast = RingLitmus.reader(segment, own.state(), "broadcast", random);
            return look(() -> random.nextBoolean() ? channel.look() : broadcast.look());
        }
    }

    private Map<Outcome, Long> look(Litmus.Reader reader) {
        Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        for (long i = 0; (i < looks || !outcomes.containsKey(Outcome.COMMIT)) && !done.get(); i++) {
            Outcome outcome = reader.look();
            outcomes.merge(outcome, 1L, Long::sum);
            if (outcome.isForbidden()) {
                return outcomes;
            }
            if (outcome != Outcome.COMMIT) {
                Thread.yield(); // On few cores the writer would hardly come to write otherwise.
            }
        }
        return outcomes;
    }

    private Map<Outcome, Long> race(Writer writer, List<Callable<Map<Outcome, Long>>> readers) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(readers.size() + 1);
        try {
            Future<Long> writing = executor.submit(() -> {
                SplittableRandom random = new SplittableRandom(1);
                long turns = 0;
                try {
                    for (; !done.get(); turns++) {
                        writer.turn(random);
                    }
                } finally {
                    done.set(true); // Nobody waits for a writer that failed.
                }
                return turns;
            });
            Map<Outcome, Long> all = new EnumMap<>(Outcome.class);
            List<Future<Map<Outcome, Long>>> reading =
                    readers.stream().map(executor::submit).collect(Collectors.toList());
            for (Future<Map<Outcome, Long>> reader : reading) {
                reader.get().forEach((outcome, count) -> all.merge(outcome, count, Long::sum));
            }
            done.set(true);
            assertTrue(writing.get() > 0);
            return all;
        } finally {
            done.set(true);
            executor.shutdown();
            assertTrue(executor.awaitTermination(60, TimeUnit.SECONDS));
        }
    }

    private static void assertAllowed(String name, Map<Outcome, Long> outcomes, Outcome interesting) {
        Proof.report(name + " " + outcomes);
        assertEquals(
                List.of(),
                outcomes.keySet().stream().filter(Outcome::isForbidden).toList(),
                name + " " + outcomes);
        assertTrue(outcomes.containsKey(interesting), name + " " + outcomes);
    }

    private Path create(String name, int checkpoints) throws IOException, SegmentException {
        return TestSegments.create(
                directory.resolve(name + ".seg"),
                new SegmentSpec("test", name, SegmentSpec.KIND_DAEMON, 1 << 20, checkpoints));
    }
}
