package io.coppice.ops.bench;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What {@code bench state} runs. Implemented in {@code ops/src/bench}, which is compiled on demand together with what it measures
 * against; the product knows this interface only and finds the implementation as a service.
 */
public interface StateBench {
    /** A part of the bench, to be measured by itself. */
    enum Part {
        /** Atomic updates beside LMDB, MVStore and SQLite. */
        UPDATES,
        /** What a successor does first. */
        RECOVERY,
        /** Snapshots against a writer at full speed, and what readers cost it. */
        PUBLISHING,
        /** From one JVM to another, beside Aeron IPC. */
        RINGS;

        /** As people type it, also for completion. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What to measure, and where.
     *
     * @param full many forks and iterations, which takes over half an hour; otherwise one fork of few
     * @param directory an existing directory of the caller's own, which it removes
     */
    record Settings(boolean full, Set<Part> parts, Path directory) {}

    /** Measures on the caller's thread, and in JVMs that it starts and ends, and tells each step. */
    StateReport run(Settings settings, Consumer<String> progress) throws Exception;
}
