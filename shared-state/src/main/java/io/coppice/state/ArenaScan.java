package io.coppice.state;

import java.util.Arrays;
import java.util.List;

/**
 * Computes the hash of a whole arena from its pieces, as of a commit. What is stamped changes without the undo log, by which
 * the hash of a commit follows that of the one before, and so counts as zero; but a place ({@link PlaceLayout}) counts as if its
 * one slot that the commit made count stood where its first slot is, and no other slot did.
 */
final class ArenaScan {
    /** A piece that is read at a time. */
    static final int PIECE = 1 << 16;

    private final StampedRanges stamped;
    private long sum;

    /**
     * @param arena which is not trusted; its directory and its places are read here and now
     * @throws SegmentDamagedException if the directory contradicts the layout
     */
    ArenaScan(Directory.Source arena, SegmentGeometry geometry, long commit) {
        List<StructureInfo> structures = Directory.read(arena, geometry);
        this.stamped = new StampedRanges(structures, geometry);
        byte[] slots = new byte[PlaceLayout.LENGTH];
        for (StructureInfo structure : structures) {
            long place = structure.type().shape().placeOffset(structure) - geometry.arenaOffset();
            if (place >= 0) {
                arena.read(place, slots, slots.length);
                int newest = PlaceLayout.newest(slots, 0, commit);
                if (newest >= 0) {
                    System.arraycopy(slots, newest, slots, 0, PlaceLayout.SLOT_LENGTH);
                    sum += ArenaHash.of(slots, PlaceLayout.SLOT_LENGTH, place >>> 3);
                }
            }
        }
    }

    /** The hash of an arena that nobody changes meanwhile. */
    static long of(Directory.Source arena, SegmentGeometry geometry, long commit) {
        ArenaScan scan = new ArenaScan(arena, geometry, commit);
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
