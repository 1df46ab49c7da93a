package io.coppice.ops.system.daemons;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Nonsense in a segment, put there by its own writer behind the back of our layer: each word in turn takes values that may mean something, and random
 * ones, while others look.
 */
final class Lies {
    /** The header's fields are all in here. */
    private static final int HEADER_BYTES = 4096;

    private static final long[] MEANINGFUL = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, 0xFFFF_FFFFL
    };
    private static final int RANDOM_ONES = 3;
    private static final int WORDS_ELSEWHERE = 2000;
    private static final long A_LOOK_NS = 100_000;

    private Lies() {}

    static long seed(Path told) throws IOException {
        return Long.parseLong(Files.readString(told.resolve("seed")).strip());
    }

    /** Where a worker's own segment is, for itself: by what it has mapped, as in a sandbox it is beside none of the others. */
    static Path ownSegment(String name) throws IOException {
        try (Stream<String> mapped = Files.lines(Path.of("/proc/self/maps"))) {
            return mapped.filter(line -> line.contains(" rw-s ") && line.endsWith("/" + name + ".seg"))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .findFirst()
                    .orElseThrow(() -> new NoSuchFileException(name + ".seg"));
        }
    }

    private static MappedByteBuffer map(Path segment) throws IOException {
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer all = file.map(FileChannel.MapMode.READ_WRITE, 0, file.size());
            all.order(ByteOrder.nativeOrder());
            return all;
        }
    }

    /** Each field of the header, and some words of what follows; each is put right again. Rings the root's bell now and then. */
    static void oneByOne(Path segment, long seed, Runnable bell) throws Exception {
        MappedByteBuffer all = map(segment);
        SplittableRandom random = new SplittableRandom(seed);
        for (int at = 0; at < HEADER_BYTES; at += Long.BYTES) {
            long truth = all.getLong(at);
            for (long lie : MEANINGFUL) {
                tell(all, at, lie, bell);
            }
            for (int i = 0; i < RANDOM_ONES; i++) {
                tell(all, at, truth + random.nextLong(-3, 4), bell);
                tell(all, at, random.nextLong(), bell);
            }
            all.putLong(at, truth);
        }
        for (int i = 0; i < WORDS_ELSEWHERE; i++) {
            int at = HEADER_BYTES + Long.BYTES * random.nextInt((all.capacity() - HEADER_BYTES) / Long.BYTES);
            long truth = all.getLong(at);
            tell(all, at, random.nextLong(), bell);
            all.putLong(at, truth);
        }
    }

    private static void tell(MappedByteBuffer all, int at, long lie, Runnable bell) {
        all.putLong(at, lie);
        bell.run();
        LockSupport.parkNanos(A_LOOK_NS); // Of a sleep JDK 17 makes a millisecond.
    }

    /** All of it at once; nothing is put right. */
    static void everywhere(Path segment, long seed) throws IOException {
        MappedByteBuffer all = map(segment);
        SplittableRandom random = new SplittableRandom(seed);
        for (int at = 0; at + Long.BYTES <= all.capacity(); at += Long.BYTES) {
            all.putLong(at, random.nextLong());
        }
    }
}
