package io.coppice.state;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A ring of messages; see {@link RingLayout}. */
final class RingShape extends StructureShape {
    private final boolean channel;

    RingShape(boolean channel) {
        this.channel = channel;
    }

    @Override
    boolean isStamped() {
        return true;
    }

    @Override
    @Nullable
    String problem(StructureInfo info) {
        if (!RingLayout.isCapacity(info.parameter0())) {
            return "capacity " + info.parameter0();
        }
        long receivers = info.parameter2();
        if (channel ? receivers < 1 || receivers > RingLayout.MAX_RECEIVERS : receivers != 0) {
            return "receivers " + receivers;
        }
        return info.lengthBytes() == RingLayout.dataLength(info.capacity(), (int) receivers)
                ? null
                : "dataLength " + info.lengthBytes();
    }

    @Override
    String describe(StructureInfo info) {
        return channel
                ? "a channel of " + info.capacity() + " bytes for " + info.parameter2()
                        + " receivers whose names hash to " + Long.toHexString(info.parameter3())
                : "a broadcast of " + info.capacity() + " bytes";
    }

    @Override
    long viewedBytes(StructureInfo info) {
        return RingLayout.ringOffset((int) info.parameter2());
    }

    @Override
    Object view(StructureInfo info, byte[] data, long commitSequence) {
        List<String> receivers = receivers(info, data);
        int slot = PlaceLayout.newest(data, RingLayout.END_OFFSET, commitSequence);
        if (slot < 0) {
            return new RingView(info.capacity(), 0, 0, 0, 0, 0, receivers);
        }
        long position = NativeWords.get(data, slot + PlaceLayout.POSITION_OFFSET);
        long number = NativeWords.get(data, slot + PlaceLayout.NUMBER_OFFSET);
        long waitingBytes = position - NativeWords.get(data, slot + PlaceLayout.CONSUMED_POSITION_OFFSET);
        long waiting = number - NativeWords.get(data, slot + PlaceLayout.CONSUMED_NUMBER_OFFSET);
        if (!PlaceLayout.plausible(position, number)) {
            throw new SegmentDamagedException("Ring " + info.name() + " is damaged: it ends at position " + position
                    + ", message " + number + ".");
        }
        return new RingView(
                info.capacity(),
                NativeWords.get(data, slot + PlaceLayout.TIMELINE_OFFSET),
                position,
                number,
                channel ? Math.max(0, Math.min(waitingBytes, info.capacity())) : 0,
                channel ? Math.max(0, Math.min(waiting, number)) : 0,
                receivers);
    }

    @Override
    long used(StructureInfo info, byte[] data, long commitSequence) {
        RingView view = (RingView) view(info, data, commitSequence);
        return channel ? view.waitingBytes() : Math.min(view.positionBytes(), view.capacityBytes());
    }

    /**
     * {@code intactFrom} that only a refused send has raised is not told: what it allows to overwrite is still there, also in a
     * copy, until something is sent, and then it is told first.
     */
    @Override
    void forEachStampedRange(StructureInfo info, RangeVisitor visitor) {
        long data = info.offsetBytes();
        visitor.range(data + RingLayout.INTACT_FROM_OFFSET, Long.BYTES);
        visitor.range(data + RingLayout.END_OFFSET, PlaceLayout.LENGTH);
        visitor.range(data + RingLayout.ringOffset((int) info.parameter2()), info.capacity());
    }

    @Override
    long placeOffset(StructureInfo info) {
        return info.offsetBytes() + RingLayout.END_OFFSET;
    }

    @Override
    void forEachChange(Memory memory, StructureInfo info, long committed, ChangeVisitor visitor) {
        long data = info.offsetBytes();
        long slots = data + RingLayout.END_OFFSET;
        if (!PlaceLayout.changedSince(memory, slots, committed)) {
            return;
        }
        visitor.changed(data + RingLayout.INTACT_FROM_OFFSET, Long.BYTES);
        visitor.changed(slots, PlaceLayout.LENGTH);
        long from = PlaceLayout.position(memory, slots, committed);
        long sent = Math.min(PlaceLayout.position(memory, slots, Long.MAX_VALUE) - from, info.capacity());
        long ring = data + RingLayout.ringOffset((int) info.parameter2());
        long start = from & (info.capacity() - 1L);
        long untilEnd = Math.min(sent, info.capacity() - start);
        if (untilEnd > 0) {
            visitor.changed(ring + start, untilEnd);
        }
        if (sent > untilEnd) {
            visitor.changed(ring, sent - untilEnd);
        }
    }

    @Override
    void eraseAbove(Memory memory, StructureInfo info, long committed) {
        long slots = info.offsetBytes() + RingLayout.END_OFFSET;
        PlaceLayout.eraseAbove(memory, slots, committed);
        long end = PlaceLayout.position(memory, slots, committed);
        long intactFrom = info.offsetBytes() + RingLayout.INTACT_FROM_OFFSET;
        if (memory.getLong(intactFrom) > end) {
            memory.putLongRelease(intactFrom, end);
        }
    }

    /** Names are shown on terminals and used as names of files, so only what a daemon can be called is taken. */
    private static List<String> receivers(StructureInfo info, byte[] data) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < info.parameter2(); i++) {
            int from = RingLayout.RECEIVERS_OFFSET + i * RingLayout.RECEIVER_LENGTH;
            int length = 0;
            while (length < RingLayout.RECEIVER_LENGTH && data[from + length] != 0) {
                length++;
            }
            try {
                String name = StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .decode(ByteBuffer.wrap(data, from, length))
                        .toString();
                if (length > 0 && name.chars().noneMatch(Character::isISOControl)) {
                    names.add(name);
                    continue;
                }
            } catch (CharacterCodingException e) {
                // Told below, as any other name that cannot be.
            }
            throw new SegmentDamagedException("Ring " + info.name() + " is damaged: name of receiver " + i + ".");
        }
        return names;
    }
}
