package io.coppice.state;

/**
 * How far the owner of this segment has read somebody's ring. It moves under this segment's commits, so that what was read
 * and the state it led to are committed together: a crash or rollback takes back both. Moved by a {@link RingReader}.
 * Owner's thread only; allocates nothing.
 */
public final class Cursor extends Structure {
    private final CommitEngine engine;
    private final String structure;
    private final String writer;
    private final String ring;
    private final OwnPlace place;
    private long data;

    Cursor(CommitEngine engine, StructureInfo info, boolean uncommitted, String writer, String ring) {
        this.engine = engine;
        this.structure = info.name();
        this.writer = writer;
        this.ring = ring;
        this.data = info.offsetBytes();
        this.place = new OwnPlace(engine, data, uncommitted);
    }

    /** Messages read in all, those since the last commit included. */
    public long messages() {
        return place().number();
    }

    /** Bytes read in all, headers and padding included. */
    public long positionBytes() {
        return place().position();
    }

    /** The writer's timeline that is read; 0 before the first message. */
    public long timeline() {
        return place().timeline();
    }

    /** The daemon whose ring this is for. */
    String writer() {
        return writer;
    }

    /** The ring this is for. */
    String ring() {
        return ring;
    }

    /** Changes with each commit and rollback. */
    long moment() {
        return engine.sequence() + (engine.restores() << 48);
    }

    /** What is remembered, as of the last commit or since. */
    OwnPlace place() {
        if (data < 0) {
            engine.getLong(data);
        }
        place.refresh();
        return place;
    }

    void move(long origin, long timeline, long position, long number) {
        OwnPlace current = place();
        engine.begin(data, current.logged() ? OwnPlace.LOGGED_BYTES : 0, structure);
        current.move(origin, timeline, position, number);
        engine.end();
    }

    @Override
    void detach() {
        data = DETACHED;
    }
}
