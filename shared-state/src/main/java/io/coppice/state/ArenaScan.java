package io.coppice.state;

import java.util.Arrays;
import java.util.List;

/**
 * Computes the hash of a whole arena from its pieces. What is stamped counts as zero: it changes without the undo log, by
 * which the hash of a commit follows that of the one before.
 */
final class ArenaScan {
    /** A piece that is read at a time. */
    static final int PIECE = 1 << 16;

    private final StampedRanges stamped;
    private long sum;

    /** @param structures the directory of the arena */
    ArenaScan(List<StructureInfo> structures, SegmentGeometry geometry) {
        this.stamped = new StampedRanges(structures, geometry);
    }

    /** The hash of an arena that nobody changes meanwhile, without trusting it. */
    static long of(Directory.Source arena, SegmentGeometry geometry) {
        ArenaScan scan = new ArenaScan(Directory.read(arena, geometry), geometry);
        byte[] piece = new byte[PIECE];
        for (long at = 0; at < geometry.arenaLength(); at += PIECE) {
            int length = (int) Math.min(PIECE, geometry.arenaLength() - at);
            arena.read(at, piece, length);
            scan.add(at, piece, length);
        }
        return scan.hash();
    }

    /**
     * Adds the words of a piece, whatever the order of pieces.
     *
     * @param at where it starts in the arena, a multiple of 8, as is {@code length}
     * @param piece overwritten where it is stamped
     */
    void add(long at, byte[] piece, int length) {
        stamped.blank(at, piece, length);
        sum += ArenaHash.of(piece, length, at >>> 3);
    }

    long hash() {
        return sum;
    }

    /** The ranges of an arena that are stamped, from its start. */
    private static final class StampedRanges {
        private long[] starts = new long[0];
        private long[] ends = new long[0];

        StampedRanges(List<StructureInfo> structures, SegmentGeometry geometry) {
            for (StructureInfo structure : structures) {
                structure.type().shape().forEachStampedRange(structure, (offset, length) -> {
                    int count = starts.length;
                    starts = Arrays.copyOf(starts, count + 1);
                    ends = Arrays.copyOf(ends, count + 1);
                    starts[count] = offset - geometry.arenaOffset();
                    ends[count] = starts[count] + length;
                });
            }
        }

        void blank(long at, byte[] piece, int length) {
            for (int i = 0; i < starts.length; i++) {
                long from = Math.max(starts[i], at);
                long to = Math.min(ends[i], at + length);
                if (from < to) {
                    Arrays.fill(piece, (int) (from - at), (int) (to - at), (byte) 0);
                }
            }
        }
    }
}
