package io.coppice.state;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A published record of somebody else's segment, read from the publish slots into a private copy. One thread. Once the
 * record has been found, refreshing and reading allocate nothing (but for the String conveniences).
 *
 * <p>What it shows is always the contents of one commit, also when the writer is in the middle of the next one, or died
 * there. If the writer's contents step back to older ones, {@link #sequence} may fall, and {@link #timeline} tells why.
 */
public final class PublishedView {
    /** Tries of one refresh. The writer must publish eight times within one copy to spoil one. */
    private static final int ATTEMPTS = 64;

    private static final String REPLACED = "the writer's contents are being replaced by older ones";

    private final Memory memory;
    private final SegmentGeometry geometry;
    private final String segment;
    private final String structure;
    private final RecordLayout layout;
    private final byte[] copy;
    private final byte[] candidate;
    private int imageOffset = -1;
    private long locatedTimeline;
    private long timeline;
    private long sequence;
    private @Nullable String problem;

    PublishedView(Memory memory, SegmentGeometry geometry, String segment, String structure, RecordLayout layout) {
        this.memory = memory;
        this.geometry = geometry;
        this.segment = segment;
        this.structure = structure;
        this.layout = layout;
        int length = Math.min(layout.sizeBytes(), PublishLayout.IMAGE_CAPACITY);
        this.copy = new byte[length];
        this.candidate = new byte[length];
    }

    /**
     * Copies the newest committed contents.
     *
     * @return true if the view now has them (they may be the same as before); false if the record is not published yet, if
     *     the writer was too fast every time, if its contents are just being replaced by older ones, or if the segment is
     *     damaged: {@link #problem} tells, and the view keeps what it had
     * @throws LayoutMismatchException if the record exists with another layout, now that its writer was changed perhaps
     */
    public boolean refresh() {
        try {
            if (memory.getLongAcquire(HeaderLayout.TIMELINE_OFFSET) != locatedTimeline) {
                imageOffset = -1;
            }
            return (imageOffset >= 0 || locate()) && copyNewest();
        } catch (SegmentDamagedException e) {
            return fail(String.valueOf(e.getMessage()));
        }
    }

    /** Timeline of the commit whose contents the view has; 0 before the first successful refresh. */
    public long timeline() {
        return timeline;
    }

    /** Number of the commit whose contents the view has; 0 before the first successful refresh. */
    public long sequence() {
        return sequence;
    }

    /** Why the last refresh returned false, empty if it returned true. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** The value of an integer field as of the last successful refresh; 0 before. */
    public long get(LongField field) {
        return NativeWords.get(copy, check(field, field.layoutIdentity));
    }

    /** The value of a double field as of the last successful refresh; 0 before. */
    public double get(DoubleField field) {
        return Double.longBitsToDouble(NativeWords.get(copy, check(field, field.layoutIdentity)));
    }

    /** Bytes a field held at the last successful refresh; 0 before. */
    public int length(BytesField field) {
        return (int) NativeWords.get(copy, check(field, field.layoutIdentity));
    }

    /** Copies the bytes of a field to {@code target} from index {@code at} on and returns how many they are. */
    public int get(BytesField field, byte[] target, int at) {
        int length = length(field);
        System.arraycopy(copy, field.offset + Long.BYTES, target, at, length);
        return length;
    }

    /** The bytes of a field read as UTF-8. Allocates. */
    public String getString(BytesField field) {
        return new String(copy, field.offset + Long.BYTES, length(field), StandardCharsets.UTF_8);
    }

    private boolean locate() {
        long before = memory.getLongAcquire(HeaderLayout.TIMELINE_OFFSET);
        List<StructureInfo> structures = new ConsistentCopy(memory, geometry, segment).directory();
        if (structures == null) {
            return fail("the writer commits faster than its directory can be read, or replaces its contents");
        }
        if (memory.getLongAcquire(HeaderLayout.TIMELINE_OFFSET) != before) {
            return fail(REPLACED);
        }
        locatedTimeline = before;
        for (StructureInfo info : structures) {
            if (info.name().equals(structure)) {
                if (info.type() != StructureType.PUBLISHED_RECORD) {
                    throw LayoutMismatchException.ofReader("Structure " + structure + " of segment " + segment
                            + " is a " + info.type() + ", not a published record.");
                }
                info.requireLayout(layout, segment);
                imageOffset = info.publishOffsetBytes();
                return true;
            }
        }
        return fail("no record of that name is committed yet");
    }

    private boolean copyNewest() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long committed = memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
            long slot = -1;
            long newest = 0;
            for (int i = 0; i < PublishLayout.SLOTS; i++) {
                long offset = PublishLayout.slotOffset(geometry.publishOffset(), i);
                long stamp = memory.getLongAcquire(offset);
                if (stamp > newest && stamp <= committed) {
                    newest = stamp;
                    slot = offset;
                }
            }
            if (slot >= 0) {
                memory.getBytes(slot + PublishLayout.IMAGE_OFFSET + imageOffset, candidate, 0, candidate.length);
                memory.loadFence();
                boolean unchanged = memory.getLong(slot) == newest;
                if (!onLocatedTimeline()) {
                    return fail(REPLACED);
                }
                if (unchanged) {
                    return accept(newest);
                }
            } else if (memory.getLongAcquire(HeaderLayout.COMMIT_SEQUENCE_OFFSET) == committed) {
                return fail("nothing is published yet");
            }
            Thread.onSpinWait();
        }
        return fail("the writer publishes faster than a copy can be made");
    }

    /**
     * A step back sets its marker before it erases a slot, and its timeline before anything is published again; so whoever
     * found a newer slot erased, or copied an image that a later timeline stored under the same stamp, sees one of them.
     */
    private boolean onLocatedTimeline() {
        return memory.getLongAcquire(HeaderLayout.STEP_BACK_OFFSET) == StepBack.NONE
                && memory.getLong(HeaderLayout.TIMELINE_OFFSET) == locatedTimeline;
    }

    private boolean accept(long newest) {
        List<RecordField> fields = layout.fields();
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i) instanceof BytesField field) {
                long length = NativeWords.get(candidate, field.offset);
                if (length < 0 || length > field.capacity) {
                    return fail("a field holds more bytes than its capacity: the segment is damaged");
                }
            }
        }
        System.arraycopy(candidate, 0, copy, 0, copy.length);
        sequence = newest;
        timeline = locatedTimeline;
        problem = null;
        return true;
    }

    private boolean fail(String reason) {
        problem = reason;
        return false;
    }

    private int check(RecordField field, RecordLayout.Identity identity) {
        if (!layout.made(identity)) {
            throw new IllegalArgumentException("Field " + field.name() + " does not belong to the layout "
                    + layout.name() + " that " + structure + " is read with.");
        }
        return field.offsetBytes();
    }
}
