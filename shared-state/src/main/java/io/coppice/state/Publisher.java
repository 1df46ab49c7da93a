package io.coppice.state;

import java.util.Arrays;

/**
 * Writes images of the published records into the publish slots, in turn. Owner's thread only; the order of its stores is
 * argued in {@link CommitEngine}.
 */
final class Publisher {
    private final Memory memory;
    private final SegmentGeometry geometry;
    private final byte[] image = new byte[PublishLayout.IMAGE_CAPACITY];
    private long[] sources = new long[0];
    private int[] targets = new int[0];
    private int[] lengths = new int[0];
    private int imageLength;
    private int next = -1;

    Publisher(Memory memory, SegmentGeometry geometry) {
        this.memory = memory;
        this.geometry = geometry;
    }

    /** Adds a record's range of the arena to the image. */
    void add(long source, int target, int length) {
        int count = sources.length;
        sources = Arrays.copyOf(sources, count + 1);
        targets = Arrays.copyOf(targets, count + 1);
        lengths = Arrays.copyOf(lengths, count + 1);
        sources[count] = source;
        targets[count] = target;
        lengths[count] = length;
        imageLength = Math.max(imageLength, target + length);
    }

    /** Forgets all records; the directory adds the committed ones again. */
    void clear() {
        sources = new long[0];
        targets = new int[0];
        lengths = new int[0];
        imageLength = 0;
    }

    void publish(long stamp) {
        if (next < 0) {
            next = slotAfterNewest();
        }
        for (int i = 0; i < sources.length; i++) {
            memory.getBytes(sources[i], image, targets[i], lengths[i]);
        }
        long slot = PublishLayout.slotOffset(geometry.publishOffset(), next);
        memory.putLongRelease(slot, PublishLayout.BEING_WRITTEN);
        memory.releaseFence();
        memory.putBytes(slot + PublishLayout.IMAGE_OFFSET, image, 0, imageLength);
        memory.putLongRelease(slot, stamp);
        next = (next + 1) % PublishLayout.SLOTS;
    }

    /** Whether there are published records and no slot with an image of them. Once nothing stamped above the commit is left. */
    boolean lacksImage() {
        return sources.length != 0 && newest() < 0;
    }

    /**
     * Erases all slots if the newest one is not what the arena holds, which every commit that changes a published record makes
     * it: that image was damaged, or it is an older one, as the newest one's stamp was. At take-over only; allocates.
     */
    void eraseWrong() {
        int newest = newest();
        if (newest < 0 || holdsTheArena(PublishLayout.slotOffset(geometry.publishOffset(), newest))) {
            return;
        }
        for (int i = 0; i < PublishLayout.SLOTS; i++) {
            memory.putLongRelease(PublishLayout.slotOffset(geometry.publishOffset(), i), PublishLayout.ERASED);
        }
        next = -1;
    }

    private boolean holdsTheArena(long slot) {
        byte[] shown = new byte[imageLength];
        memory.getBytes(slot + PublishLayout.IMAGE_OFFSET, shown, 0, imageLength);
        for (int i = 0; i < sources.length; i++) {
            int from = targets[i];
            int to = from + lengths[i];
            memory.getBytes(sources[i], image, from, lengths[i]);
            if (!Arrays.equals(shown, from, to, image, from, to)) {
                return false;
            }
        }
        return true;
    }

    /** Erases slots that were being written or that belong to no commit. Returns how many. */
    int eraseAbove(long committed) {
        int erased = 0;
        for (int i = 0; i < PublishLayout.SLOTS; i++) {
            long slot = PublishLayout.slotOffset(geometry.publishOffset(), i);
            long stamp = memory.getLongAcquire(slot);
            if (stamp < 0 || stamp > committed) {
                memory.putLongRelease(slot, PublishLayout.ERASED);
                erased++;
            }
        }
        next = -1;
        return erased;
    }

    private int slotAfterNewest() {
        return (newest() + PublishLayout.SLOTS + 1) % PublishLayout.SLOTS;
    }

    /** The slot with the highest stamp, -1 if none has one. */
    private int newest() {
        int newest = -1;
        long highest = 0;
        for (int i = 0; i < PublishLayout.SLOTS; i++) {
            long stamp = memory.getLongAcquire(PublishLayout.slotOffset(geometry.publishOffset(), i));
            if (stamp > highest) {
                highest = stamp;
                newest = i;
            }
        }
        return newest;
    }
}
