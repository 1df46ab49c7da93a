package io.coppice.state;

/**
 * A place in the owner's segment, uncommitted changes included, and its stores; see {@link PlaceLayout}. Owner's thread only;
 * allocates nothing.
 *
 * <p>What it remembers of the slots holds until the engine restores the last commit; {@link #refresh} reads them again then.
 */
final class OwnPlace {
    /** Undo log bytes of one {@link #move} while the structure's creation is not committed. */
    static final long LOGGED_BYTES = 8L * UndoLayout.ONE_WORD_ENTRY;

    private final CommitEngine engine;
    private final Memory memory;
    private final long slots;
    private final long loggedUntil;
    private long restores = -1;
    private int slot;
    private long stamp;
    private long origin;
    private long timeline;
    private long position;
    private long number;
    private long consumedPosition;
    private long consumedNumber;
    private boolean consumedChanged;

    /** @param uncommitted whether the structure was created since the last commit: all stores are undone then */
    OwnPlace(CommitEngine engine, long slots, boolean uncommitted) {
        this.engine = engine;
        this.memory = engine.memory;
        this.slots = slots;
        this.loggedUntil = uncommitted ? engine.sequence() : -1;
    }

    /** Whether what belongs to the structure must be stored through the undo log. */
    boolean logged() {
        return engine.sequence() <= loggedUntil;
    }

    /**
     * To be called before anything else in each operation.
     *
     * @throws SegmentDamagedException if the newest slot cannot be
     */
    void refresh() {
        if (restores != engine.restores()) {
            load();
        }
    }

    long origin() {
        return origin;
    }

    long timeline() {
        return timeline;
    }

    long position() {
        return position;
    }

    long number() {
        return number;
    }

    long consumedPosition() {
        return consumedPosition;
    }

    long consumedNumber() {
        return consumedNumber;
    }

    /** What the next {@link #move} stores as consumed. */
    void consumed(long newPosition, long newNumber) {
        consumedPosition = newPosition;
        consumedNumber = newNumber;
        consumedChanged = true;
    }

    /** Moves the place, under the next commit. */
    void move(long newOrigin, long newTimeline, long newPosition, long newNumber) {
        long next = engine.sequence() + 1;
        boolean first = stamp != next;
        boolean onlyOn = !first && !consumedChanged && origin == newOrigin && timeline == newTimeline;
        if (first) {
            slot = (slot + 1) & (PlaceLayout.SLOTS - 1);
        }
        long at = slots + (long) slot * PlaceLayout.SLOT_LENGTH;
        origin = newOrigin;
        timeline = newTimeline;
        position = newPosition;
        number = newNumber;
        if (logged()) {
            moveLogged(at, next);
        } else if (first) {
            memory.putLongRelease(at, PlaceLayout.ERASED);
            memory.releaseFence();
            store(at);
            memory.putLongRelease(at, next);
        } else if (onlyOn) {
            memory.putLong(at + PlaceLayout.POSITION_OFFSET, position);
            memory.putLong(at + PlaceLayout.NUMBER_OFFSET, number);
        } else {
            store(at);
        }
        stamp = next;
        consumedChanged = false;
        engine.stampedChanged();
    }

    private void store(long at) {
        memory.putLong(at + PlaceLayout.ORIGIN_OFFSET, origin);
        memory.putLong(at + PlaceLayout.TIMELINE_OFFSET, timeline);
        memory.putLong(at + PlaceLayout.POSITION_OFFSET, position);
        memory.putLong(at + PlaceLayout.NUMBER_OFFSET, number);
        memory.putLong(at + PlaceLayout.CONSUMED_POSITION_OFFSET, consumedPosition);
        memory.putLong(at + PlaceLayout.CONSUMED_NUMBER_OFFSET, consumedNumber);
    }

    private void moveLogged(long at, long next) {
        engine.setLong(at + PlaceLayout.ORIGIN_OFFSET, origin);
        engine.setLong(at + PlaceLayout.TIMELINE_OFFSET, timeline);
        engine.setLong(at + PlaceLayout.POSITION_OFFSET, position);
        engine.setLong(at + PlaceLayout.NUMBER_OFFSET, number);
        engine.setLong(at + PlaceLayout.CONSUMED_POSITION_OFFSET, consumedPosition);
        engine.setLong(at + PlaceLayout.CONSUMED_NUMBER_OFFSET, consumedNumber);
        engine.setLong(at, next);
    }

    /** After a restore no stamp is above the last commit. */
    private void load() {
        int newest = PlaceLayout.SLOTS - 1;
        long highest = 0;
        for (int i = 0; i < PlaceLayout.SLOTS; i++) {
            long found = memory.getLong(slots + (long) i * PlaceLayout.SLOT_LENGTH);
            if (found > highest) {
                highest = found;
                newest = i;
            }
        }
        slot = newest;
        stamp = highest;
        long at = slots + (long) newest * PlaceLayout.SLOT_LENGTH;
        boolean none = highest == 0;
        origin = none ? 0 : memory.getLong(at + PlaceLayout.ORIGIN_OFFSET);
        timeline = none ? 0 : memory.getLong(at + PlaceLayout.TIMELINE_OFFSET);
        position = none ? 0 : memory.getLong(at + PlaceLayout.POSITION_OFFSET);
        number = none ? 0 : memory.getLong(at + PlaceLayout.NUMBER_OFFSET);
        consumedPosition = none ? 0 : memory.getLong(at + PlaceLayout.CONSUMED_POSITION_OFFSET);
        consumedNumber = none ? 0 : memory.getLong(at + PlaceLayout.CONSUMED_NUMBER_OFFSET);
        if (!PlaceLayout.plausible(position, number)) {
            throw new SegmentDamagedException("Segment " + engine.segment() + ": a ring's place at position " + position
                    + ", message " + number + " cannot be. " + SegmentDamagedException.WAYS_OUT);
        }
        restores = engine.restores();
    }
}
