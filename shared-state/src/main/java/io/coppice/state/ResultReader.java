package io.coppice.state;

import java.util.List;

/**
 * Reads the result of a transaction where it lies in its slot's segment. Once its stamp is committed nobody changes it before the
 * segment begins another request, and that takes the stamp away first. So whoever finds it {@link ReadOnlySegment#done} before and
 * after has read one that was committed, and needs neither a copy of all that the segment holds nor a moment without commits.
 *
 * <p>The segment is trusted in nothing: whatever it holds, a look ends, reads within the segment, and allocates no more than the
 * result may have.
 */
final class ResultReader {
    private final Memory memory;
    private final SegmentGeometry geometry;

    ResultReader(Memory memory, SegmentGeometry geometry) {
        this.memory = memory;
        this.geometry = geometry;
    }

    /**
     * A copy of its pieces, one behind the other.
     *
     * @throws SegmentDamagedException if they are not what a result is
     * @throws CapacityExceededException if it is longer than {@code mostBytes}
     */
    byte[] read(long mostBytes) {
        StructureInfo log = find();
        long data = log.offsetBytes();
        long first = memory.getLong(data + AppendLogLayout.FIRST_SEQUENCE_OFFSET);
        long next = memory.getLong(data + AppendLogLayout.NEXT_SEQUENCE_OFFSET);
        require(
                first >= 0 && next > first && next - first <= log.capacity(),
                "it has the pieces " + first + " to " + next + ", and room for " + log.capacity());
        byte[] result = new byte[(int) length(log, first, next, mostBytes)];
        int ring = (int) log.parameter2();
        long bytes = AppendLogLayout.bytesOffset(data, log.capacity());
        int copied = 0;
        for (long piece = first; piece < next; piece++) {
            int length = (int) lengthOf(log, piece);
            int at = (int) (positionOf(log, piece) % ring);
            int whole = Math.min(length, ring - at);
            require(at >= 0 && length >= 0 && length <= result.length - copied, "its pieces change");
            memory.getBytes(bytes + at, result, copied, whole);
            memory.getBytes(bytes, result, copied + whole, length - whole);
            copied += length;
        }
        require(copied == result.length, "its pieces change");
        return result;
    }

    private StructureInfo find() {
        List<StructureInfo> structures = Directory.read(new ArenaBytes(memory, geometry), geometry);
        for (StructureInfo structure : structures) {
            if (structure.name().equals(ReservedNames.RESULT)) {
                require(structure.type() == StructureType.APPEND_LOG, "it is " + structure.describe());
                return structure;
            }
        }
        throw new SegmentDamagedException("The result is damaged: there is none.");
    }

    /** Each piece starts where the one before ends, and but for a single one none is empty: so there are not more than bytes. */
    private long length(StructureInfo log, long first, long next, long mostBytes) {
        long length = 0;
        long room = log.parameter2();
        long start = positionOf(log, first);
        require(start >= 0 && start % Long.BYTES == 0, "it starts at " + start);
        long end = start;
        for (long piece = first; piece < next; piece++) {
            long more = lengthOf(log, piece);
            require(
                    more >= 0 && more <= room - (end - start) && (more > 0 || next == first + 1),
                    "piece " + piece + " has " + more + " bytes");
            require(positionOf(log, piece) == end, "piece " + piece + " is not behind the one before");
            length += more;
            end += AppendLogLayout.padded(more);
            if (length > mostBytes) {
                throw new CapacityExceededException("it has more than " + mostBytes + " bytes");
            }
        }
        return length;
    }

    private long positionOf(StructureInfo log, long piece) {
        return memory.getLong(AppendLogLayout.indexOffset(log.offsetBytes(), piece, log.capacity())
                + AppendLogLayout.INDEX_POSITION_OFFSET);
    }

    private long lengthOf(StructureInfo log, long piece) {
        return memory.getLong(AppendLogLayout.indexOffset(log.offsetBytes(), piece, log.capacity())
                + AppendLogLayout.INDEX_LENGTH_OFFSET);
    }

    private static void require(boolean condition, String problem) {
        if (!condition) {
            throw new SegmentDamagedException("The result is damaged: " + problem + ".");
        }
    }
}
