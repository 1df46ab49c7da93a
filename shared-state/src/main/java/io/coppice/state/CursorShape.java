package io.coppice.state;

import org.jspecify.annotations.Nullable;

/** A reader's place in somebody's ring; see {@link PlaceLayout}. */
final class CursorShape extends StructureShape {
    @Override
    boolean isStamped() {
        return true;
    }

    @Override
    @Nullable
    String problem(StructureInfo info) {
        if (info.parameter0() != 1) {
            return "capacity " + info.parameter0();
        }
        return info.lengthBytes() == PlaceLayout.LENGTH ? null : "dataLength " + info.lengthBytes();
    }

    @Override
    String describe(StructureInfo info) {
        return "a cursor of the ring with key " + Long.toHexString(info.parameter2());
    }

    @Override
    Object view(StructureInfo info, byte[] data, long commitSequence) {
        int slot = PlaceLayout.newest(data, 0, commitSequence);
        if (slot < 0) {
            return new CursorView(0, 0, 0);
        }
        long position = NativeWords.get(data, slot + PlaceLayout.POSITION_OFFSET);
        long number = NativeWords.get(data, slot + PlaceLayout.NUMBER_OFFSET);
        if (!PlaceLayout.plausible(position, number)) {
            throw new SegmentDamagedException(
                    "Cursor " + info.name() + " is damaged: position " + position + ", message " + number + ".");
        }
        return new CursorView(NativeWords.get(data, slot + PlaceLayout.TIMELINE_OFFSET), position, number);
    }

    @Override
    long used(StructureInfo info, byte[] data, long commitSequence) {
        return PlaceLayout.newest(data, 0, commitSequence) < 0 ? 0 : 1;
    }

    @Override
    void forEachStampedRange(StructureInfo info, RangeVisitor visitor) {
        visitor.range(info.offsetBytes(), PlaceLayout.LENGTH);
    }

    @Override
    long placeOffset(StructureInfo info) {
        return info.offsetBytes();
    }

    @Override
    void forEachChange(Memory memory, StructureInfo info, long committed, ChangeVisitor visitor) {
        if (PlaceLayout.changedSince(memory, info.offsetBytes(), committed)) {
            visitor.changed(info.offsetBytes(), PlaceLayout.LENGTH);
        }
    }

    @Override
    void eraseAbove(Memory memory, StructureInfo info, long committed) {
        PlaceLayout.eraseAbove(memory, info.offsetBytes(), committed);
    }
}
