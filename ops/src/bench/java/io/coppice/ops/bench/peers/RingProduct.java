package io.coppice.ops.bench.peers;

import java.io.Closeable;
import java.nio.file.Path;
import java.util.Locale;

/** Whose ring. To add one: a class that is a {@link RingEnd}, and a constant here; processes, figures and ratios follow. */
enum RingProduct {
    AERON {
        @Override
        Closeable surroundings(Path directory) {
            return AeronEnd.driver(directory);
        }

        @Override
        RingEnd open(Path directory, boolean first) throws Exception {
            return new AeronEnd(directory, first);
        }

        @Override
        String described() {
            return "Aeron IPC " + Versions.of("io.aeron", "aeron-client", io.aeron.Aeron.class)
                    + ": exclusive publication, tryClaim, driver threads shared, terms of 16 MiB reserved before use";
        }
    },
    COPPICE {
        @Override
        Closeable surroundings(Path directory) {
            return () -> {};
        }

        @Override
        RingEnd open(Path directory, boolean first) throws Exception {
            return new CoppiceEnd(directory, first);
        }

        @Override
        String described() {
            return "channel of " + (CoppiceEnd.RING_BYTES >> 10)
                    + " KiB with one receiver, whose cursor lies in its own segment; a flush is a commit";
        }
    };

    /** What both processes need running beside them; closed after they ended. */
    abstract Closeable surroundings(Path directory);

    /** Opens this process' end and returns once the other process' is open too; {@code first} is true in just one of the two. */
    abstract RingEnd open(Path directory, boolean first) throws Exception;

    abstract String described();

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }
}
