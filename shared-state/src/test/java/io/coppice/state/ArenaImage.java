package io.coppice.state;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arena as of one commit, and which of its bytes other memory must have to hold the same contents: all of them, but for
 * those of stamped structures that count for nobody.
 */
final class ArenaImage {
    private final byte[] arena;
    private final SegmentGeometry geometry;
    private final long commit;
    private final List<StructureInfo> stamped;

    private ArenaImage(byte[] arena, SegmentGeometry geometry, long commit) {
        this.arena = arena;
        this.geometry = geometry;
        this.commit = commit;
        this.stamped =
                Directory.read((at, target, length) -> System.arraycopy(arena, (int) at, target, 0, length), geometry)
                        .stream()
                        .filter(info -> info.type().shape().isStamped())
                        .sorted(Comparator.comparingLong(StructureInfo::offsetBytes))
                        .toList();
    }

    /** Copies the arena of a segment that holds this commit and nothing beyond. */
    static ArenaImage of(byte[] segment, SegmentGeometry geometry, long commit) {
        int from = (int) geometry.arenaOffset();
        return new ArenaImage(Arrays.copyOfRange(segment, from, from + (int) geometry.arenaLength()), geometry, commit);
    }

    /** The bytes themselves. */
    byte[] arena() {
        return arena;
    }

    long commit() {
        return commit;
    }

    /** Why the segment does not hold these contents, or null if it does. */
    @Nullable
    String problem(byte[] segment) {
        return problem(segment, (int) geometry.arenaOffset(), arena.length);
    }

    /**
     * Why a copy of the arena, or of its first {@code length} bytes, that starts at {@code from} does not hold these contents,
     * or null if it does.
     */
    @Nullable
    String problem(byte[] bytes, int from, int length) {
        int compared = 0;
        for (StructureInfo info : stamped) {
            int start = (int) (info.offsetBytes() - geometry.arenaOffset());
            String problem = difference(bytes, from, compared, start);
            if (problem == null) {
                problem = stampedProblem(info, bytes, from, start);
            }
            if (problem != null) {
                return problem;
            }
            compared = start + (int) info.lengthBytes();
        }
        return difference(bytes, from, compared, length);
    }

    private @Nullable String difference(byte[] bytes, int from, int start, int end) {
        int at = Arrays.mismatch(bytes, from + start, from + end, arena, start, end);
        return at < 0 ? null : "arena differs at " + (start + at) + " from that of commit " + commit;
    }

    private @Nullable String stampedProblem(StructureInfo info, byte[] bytes, int from, int start) {
        boolean ring = info.type() != StructureType.CURSOR;
        int slots = start + (ring ? RingLayout.END_OFFSET : 0);
        for (int at = slots; at < slots + PlaceLayout.LENGTH; at += PlaceLayout.SLOT_LENGTH) {
            long stamp = NativeWords.get(bytes, from + at);
            if (stamp < 0 || stamp > commit) {
                return info.name() + " has a slot stamped " + stamp + " at commit " + commit;
            }
        }
        int expected = PlaceLayout.newest(arena, slots, commit);
        int found = PlaceLayout.newest(bytes, from + slots, commit);
        if (expected < 0 || found < 0) {
            return expected < 0 && found < 0 ? null : info.name() + " was moved: " + expected + ", " + found;
        }
        if (!Arrays.equals(
                bytes, found, found + PlaceLayout.SLOT_LENGTH, arena, expected, expected + PlaceLayout.SLOT_LENGTH)) {
            return info.name() + " is at another place than at commit " + commit;
        }
        return ring ? ringProblem(info, bytes, from, start, expected) : null;
    }

    /** What is logged, the names of the receivers, and every message that a reader may still take. */
    private @Nullable String ringProblem(StructureInfo info, byte[] bytes, int from, int start, int newest) {
        int ring = RingLayout.ringOffset((int) info.parameter2());
        String problem = difference(bytes, from, start, start + RingLayout.INTACT_FROM_OFFSET);
        if (problem == null) {
            problem = difference(bytes, from, start + RingLayout.RECEIVERS_OFFSET, start + ring);
        }
        if (problem != null) {
            return problem;
        }
        long end = NativeWords.get(arena, newest + PlaceLayout.POSITION_OFFSET);
        long intact = NativeWords.get(bytes, from + start + RingLayout.INTACT_FROM_OFFSET);
        if (intact > end || intact < NativeWords.get(arena, start + RingLayout.INTACT_FROM_OFFSET)) {
            return info.name() + " is intact from " + intact + " of " + end;
        }
        for (long at = Math.max(intact, end - info.capacity()); at < end; at += Long.BYTES) {
            int word = start + ring + ((int) at & (info.capacity() - 1));
            if (NativeWords.get(bytes, from + word) != NativeWords.get(arena, word)) {
                return info.name() + " has another message at " + at;
            }
        }
        return null;
    }
}
