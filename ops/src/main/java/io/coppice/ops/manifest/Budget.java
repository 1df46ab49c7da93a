package io.coppice.ops.manifest;

import io.coppice.state.root.RootSegment;
import java.util.List;

/**
 * All memory that an instance can take, by process, and the limits that it was held against. Plain commands are not in
 * it: nobody knows what they take.
 *
 * @param rows the root first, then each daemon in the plan's order, its standbys after it, then the slots of its transactions and their
 *     standbys
 * @param limits what the machine holds
 */
public record Budget(List<Row> rows, List<Limit> limits) {
    /** The root's segment: the status table and the last 1024 events. The length that {@code RootSegment} gives it. */
    public static final long ROOT_SEGMENT_BYTES = RootSegment.LENGTH_BYTES;

    public Budget {
        rows = List.copyOf(rows);
        limits = List.copyOf(limits);
    }

    /**
     * One process. All numbers are bytes.
     *
     * @param segment the file in the segment directory, really reserved
     * @param overhead what the JVM takes beside all the rest
     */
    public record Row(
            String name,
            long segment,
            long heap,
            long metaspace,
            long codeCache,
            long direct,
            long stacks,
            long overhead) {
        private static final String STANDBY = "standby)";
        private static final String STANDBYS = "standbys)";

        /** Whether it is a daemon's reserve. */
        boolean isOfStandbys() {
            return name.endsWith(STANDBY) || name.endsWith(STANDBYS);
        }

        /** The sum. */
        public long total() {
            return segment + heap + metaspace + codeCache + direct + stacks + overhead;
        }

        /** All standbys of a daemon: each is a JVM like the daemon's, and none has a segment. */
        static Row ofStandbys(String daemon, int count, JvmMemory memory) {
            return new Row(
                    daemon + (count == 1 ? " (" : " (" + count + " ") + (count == 1 ? STANDBY : STANDBYS),
                    0,
                    count * memory.heapBytes(),
                    count * memory.metaspaceBytes(),
                    count * memory.codeCacheBytes(),
                    count * memory.directBytes(),
                    count * memory.stacksBytes(),
                    count * memory.overheadBytes());
        }

        static Row of(String name, long segmentBytes, JvmMemory memory) {
            return new Row(
                    name,
                    segmentBytes,
                    memory.heapBytes(),
                    memory.metaspaceBytes(),
                    memory.codeCacheBytes(),
                    memory.directBytes(),
                    memory.stacksBytes(),
                    memory.overheadBytes());
        }
    }

    /**
     * One limit.
     *
     * @param what what is limited, such as {@code memory of this machine}
     * @param where where the number comes from, such as {@code MemTotal in /proc/meminfo}
     * @param limitBytes the number
     * @param neededBytes what this instance needs of it
     * @param kind what it is that runs out
     */
    public record Limit(String what, String where, long limitBytes, long neededBytes, Kind kind) {
        /** What runs out. */
        public enum Kind {
            /** Blocks of a file system. */
            FILE_SYSTEM,
            /** Memory. */
            MEMORY
        }

        /** Whether the instance needs more than there is. */
        public boolean isExceeded() {
            return neededBytes > limitBytes;
        }
    }

    /** The sum over all processes and items. */
    public long totalBytes() {
        return rows.stream().mapToLong(Row::total).sum();
    }

    /** The sum of each item, under the name {@code sum}. */
    public Row sum() {
        return new Row(
                "sum",
                rows.stream().mapToLong(Row::segment).sum(),
                rows.stream().mapToLong(Row::heap).sum(),
                rows.stream().mapToLong(Row::metaspace).sum(),
                rows.stream().mapToLong(Row::codeCache).sum(),
                rows.stream().mapToLong(Row::direct).sum(),
                rows.stream().mapToLong(Row::stacks).sum(),
                rows.stream().mapToLong(Row::overhead).sum());
    }

    /** The limits that are too low. */
    public List<Limit> exceeded() {
        return limits.stream().filter(Limit::isExceeded).toList();
    }

    /** The root's own row: the flags with which the launcher starts it, and the same stacks and overhead as a worker's. */
    static Row rootRow() {
        JvmMemory memory = new JvmMemory(24L << 20, 48L << 20, 24L << 20, 24L << 20, 512L << 10, true);
        return Row.of("root", ROOT_SEGMENT_BYTES, memory);
    }
}
