package io.coppice.state;

import java.util.Arrays;

/**
 * The owner's part in the arena's checksum: carries it from commit to commit, and checks the arena against it. Owner's thread
 * only; a commit allocates nothing. {@link ArenaHash} says what is summed.
 *
 * <h2>The stores, in order, and why no crash leaves a wrong checksum of the commit that counts</h2>
 *
 * There are two pairs of (stamp, hash); commit c has pair c mod 2, and it counts if its stamp is c. Let C be the stored
 * commitSequence.
 *
 * <p><b>Commit</b> ({@link #advance}), once all else of commit C + 1 is stored: hash (plain), then stamp C + 1 (release), into
 * the pair of C + 1; then {@link CommitEngine} stores commitSequence (release: both are below). Up to that store C counts, and
 * its pair is the other one, which this does not touch: so a crash anywhere here, and each attempt at C + 1 that is rolled back,
 * leaves the pair of C as it was, and the words of the arena go back to C by the undo log. After it C + 1 counts, with all of
 * its pair stored. The pair of C is next touched by an attempt at C + 2, which begins below the fence that follows the commit.
 *
 * <p>The hash of C + 1 is that of C plus, for each word in the undo log, its term now less its term then. A word that was
 * logged twice had in its oldest entry what C left there, so entries are taken oldest first, and each word once: a bit for each
 * word of the arena says whether it had its turn. Stamped words never count, so they have their bit set from the start; it
 * is taken away with those of all words in the log, but they are in the log only while the creation of their structure is not
 * committed. Before that they are zeros, which do not count either. Of what is stamped the places count, as {@link ArenaScan}
 * says: a place that the commit moves has a slot stamped C + 1, and still the one that counts as of C, and so the hash loses that
 * one's term and gets the other's. A slot that a rollback or recovery erases counted for no commit that counts.
 *
 * <p><b>Step back</b> ({@link #replaced}): while its marker stands, the pair of the commit that it leads to is stored anew, of
 * the new arena, and the other stamp is taken away. Nobody looks at either before the marker is cleared (release: all of it is
 * below), and recovery that finds the marker stores the same again. In a migration the user's commits go on from there.
 *
 * <p><b>Turning on</b> ({@link #turn}): the arena is that of C, with nothing logged. The pair of C, then the word that says
 * that there is a checksum (release: the pair is below). A crash before that one leaves a segment without one. <b>Turning
 * off</b> is that word alone, and a fence: no commit that leaves the pairs alone is above it.
 *
 * <p>Recovery and rollback take the hash from the pair of the commit that they lead to. They store nothing here.
 */
final class ArenaChecksum {
    private static final long NO_STAMP = -1;

    private static final String OR_TAKE_IT = " Or take the contents as they are with `checksum: none`.";

    private final Memory memory;
    private final SegmentGeometry geometry;
    private final Directory.Source arena;
    private boolean on;

    /** Hash of the last commit. */
    private long hash;

    /** A bit for each word of the arena: it had its turn in this commit, or is stamped. Empty while there is no checksum. */
    private long[] done = new long[0];

    private long[] stampedStarts = new long[0];
    private long[] stampedEnds = new long[0];

    /** Where places lie. */
    private long[] places = new long[0];

    /** Whether bits of the commit under way are set; still so if an error struck in the middle. */
    private boolean walking;

    ArenaChecksum(Memory memory, SegmentGeometry geometry) {
        this.memory = memory;
        this.geometry = geometry;
        this.arena = new ArenaBytes(memory, geometry);
        set(Checksum.of(mode()).orElse(Checksum.ARENA) == Checksum.ARENA);
    }

    boolean isOn() {
        return on;
    }

    /**
     * Stores the hash of commit {@code next}, whose changes the undo log has, from {@code log} on.
     *
     * @param moved whether a place may have been moved
     */
    void advance(long next, long log, long logLength, boolean moved) {
        walking = true;
        long end = log + logLength;
        long sum = hash;
        for (long at = log; at < end; ) {
            long packed = memory.getLong(at + UndoLayout.PACKED_OFFSET);
            int words = UndoLayout.lengthWords(packed);
            long before = at + UndoLayout.WORDS_OFFSET;
            sum += changes(UndoLayout.offsetBytes(packed), words, before);
            at = before + ((long) words << 3);
        }
        for (long at = log; at < end; ) {
            long packed = memory.getLong(at + UndoLayout.PACKED_OFFSET);
            int words = UndoLayout.lengthWords(packed);
            forget(firstWord(UndoLayout.offsetBytes(packed)), words);
            at += UndoLayout.WORDS_OFFSET + ((long) words << 3);
        }
        if (moved) {
            sum += moves(next);
        }
        store(next, sum);
        hash = sum;
        walking = false;
    }

    /** The engine is at this commit again, whatever was interrupted. */
    void restored(long committed) {
        if (!on) {
            return;
        }
        hash = memory.getLong(pair(committed) + HeaderLayout.ARENA_HASH_OFFSET);
        if (walking) {
            Arrays.fill(done, 0);
            markStamped();
            walking = false;
        }
    }

    /** Part of a step back to a commit: the arena was replaced. */
    void replaced(long commit) {
        if (on) {
            start(commit);
            if (mode() != Checksum.ARENA.code()) {
                memory.putLongRelease(HeaderLayout.ARENA_CHECKSUM_OFFSET, Checksum.ARENA.code());
            }
        }
    }

    /** From now on there is a checksum, or none. Only while nothing is changed since the commit, and nothing is attached. */
    void turn(Checksum wanted, long committed) {
        if (mode() == wanted.code()) {
            return;
        }
        if (wanted == Checksum.ARENA) {
            start(committed);
        }
        memory.putLongRelease(HeaderLayout.ARENA_CHECKSUM_OFFSET, wanted.code());
        memory.releaseFence();
        set(wanted == Checksum.ARENA);
    }

    /**
     * Checks the word that says whether there is a checksum.
     *
     * @throws SegmentDamagedException if it says neither
     */
    void requireKnown() {
        if (Checksum.of(mode()).isEmpty()) {
            throw new SegmentDamagedException("The header does not say whether there is a checksum of the arena ("
                    + Long.toHexString(mode()) + "). " + SegmentDamagedException.WAYS_OUT);
        }
    }

    /**
     * Reads the whole arena, of which nothing is changed since the last commit; does nothing if there is no checksum.
     *
     * @throws SegmentDamagedException if it is not what the commit left
     */
    void verify(long committed) {
        if (on) {
            require(committed, ArenaScan.of(arena, geometry, committed));
        }
    }

    /**
     * The same for a hash that somebody computed on the way.
     *
     * @throws SegmentDamagedException if it is not that of the commit
     */
    void require(long committed, long found) {
        long stamp = memory.getLong(pair(committed));
        long expected = memory.getLong(pair(committed) + HeaderLayout.ARENA_HASH_OFFSET);
        if (stamp != committed) {
            throw new SegmentDamagedException("The header has no checksum of commit " + committed + ", but one of "
                    + stamp + ": the one or the other was damaged. " + SegmentDamagedException.WAYS_OUT + OR_TAKE_IT);
        }
        if (found != expected) {
            throw new SegmentDamagedException("The arena was damaged since commit " + committed + ": its checksum is "
                    + Long.toHexString(found) + ", expected " + Long.toHexString(expected) + ". "
                    + SegmentDamagedException.WAYS_OUT + OR_TAKE_IT);
        }
    }

    /** For a pass over the arena, which is as of that commit, that somebody makes anyway. */
    ArenaScan scan(long committed) {
        return new ArenaScan(arena, geometry, committed);
    }

    /** A structure with stamped words exists. */
    void exclude(StructureInfo structure) {
        if (!on) {
            return;
        }
        structure.type().shape().forEachStampedRange(structure, (offset, length) -> {
            int count = stampedStarts.length;
            stampedStarts = Arrays.copyOf(stampedStarts, count + 1);
            stampedEnds = Arrays.copyOf(stampedEnds, count + 1);
            stampedStarts[count] = firstWord(offset);
            stampedEnds[count] = firstWord(offset + length);
        });
        markStamped();
        places = Arrays.copyOf(places, places.length + 1);
        places[places.length - 1] = structure.type().shape().placeOffset(structure);
    }

    /** No such structure exists any more; the directory tells of those that do. */
    void includeAll() {
        stampedStarts = new long[0];
        stampedEnds = new long[0];
        places = new long[0];
        Arrays.fill(done, 0);
    }

    /** Where the pair of a commit lies. */
    static long pair(long commit) {
        return HeaderLayout.ARENA_HASHES_OFFSET + (commit & 1) * HeaderLayout.ARENA_HASH_PAIR_LENGTH;
    }

    private long mode() {
        return memory.getLong(HeaderLayout.ARENA_CHECKSUM_OFFSET);
    }

    private void set(boolean isOn) {
        on = isOn;
        done = new long[isOn ? (int) (((geometry.arenaLength() >>> 3) + 63) >>> 6) : 0];
    }

    private void start(long committed) {
        hash = ArenaScan.of(arena, geometry, committed);
        store(committed, hash);
        memory.putLong(pair(committed + 1), NO_STAMP);
    }

    private void store(long commit, long sum) {
        long pair = pair(commit);
        memory.putLong(pair + HeaderLayout.ARENA_HASH_OFFSET, sum);
        memory.putLongRelease(pair, commit);
    }

    private long firstWord(long offset) {
        return (offset - geometry.arenaOffset()) >>> 3;
    }

    /** What the words of an entry add that have their first turn in it. */
    private long changes(long offset, int words, long before) {
        long first = firstWord(offset);
        long sum = 0;
        for (int i = 0; i < words; i++) {
            long word = first + i;
            int index = (int) (word >>> 6);
            long bit = 1L << word;
            if ((done[index] & bit) == 0) {
                done[index] |= bit;
                long bytes = (long) i << 3;
                long then = memory.getLong(before + bytes);
                long now = memory.getLong(offset + bytes);
                if (then != now) {
                    sum += ArenaHash.change(word, then, now);
                }
            }
        }
        return sum;
    }

    /** What the places add that commit {@code next} moves. */
    private long moves(long next) {
        long sum = 0;
        for (long place : places) {
            long moved = PlaceLayout.newest(memory, place, next);
            if (moved >= 0 && memory.getLong(moved) == next) {
                sum += term(moved, place) - term(PlaceLayout.newest(memory, place, next - 1), place);
            }
        }
        return sum;
    }

    /** What a slot adds as the one that counts of a place; -1 none. */
    private long term(long slot, long place) {
        long sum = 0;
        for (int at = 0; slot >= 0 && at < PlaceLayout.SLOT_LENGTH; at += Long.BYTES) {
            sum += ArenaHash.change(firstWord(place + at), 0, memory.getLong(slot + at));
        }
        return sum;
    }

    private void forget(long first, int words) {
        for (long word = first; word < first + words; word++) {
            done[(int) (word >>> 6)] &= ~(1L << word);
        }
    }

    private void markStamped() {
        for (int i = 0; i < stampedStarts.length; i++) {
            long word = stampedStarts[i];
            long end = stampedEnds[i];
            while (word < end) {
                if ((word & 63) == 0 && end - word >= 64) {
                    done[(int) (word >>> 6)] = -1;
                    word += 64;
                } else {
                    done[(int) (word >>> 6)] |= 1L << word;
                    word++;
                }
            }
        }
    }
}
