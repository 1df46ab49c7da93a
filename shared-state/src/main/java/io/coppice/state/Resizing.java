package io.coppice.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Makes of one segment another one of another size that holds the same: same timeline and commit, same structures, images and
 * checkpoints, same words to others. Only the table of requests changes its room, so that what lies behind it moves; nothing in an
 * arena says where in the segment it lies.
 *
 * <p>The old segment is only read, and has to be as of its last commit. The new one's magic is stored last: up to there it is no
 * segment, and from there on it is the one that counts ({@link NextFile}): a death at any store leaves the old one, or the new one,
 * complete.
 */
final class Resizing {
    private static final int CHUNK = 1 << 16;

    private final Memory old;
    private final Header header;
    private final SegmentGeometry from;
    private final SegmentSize size;
    private final SegmentGeometry to;
    private final byte[] chunk = new byte[CHUNK];

    Resizing(Memory old, Header header, SegmentSize size) {
        this.old = old;
        this.header = header;
        this.from = header.geometry();
        this.size = size;
        this.to = SegmentGeometry.of(size.stateBytes(), size.checkpoints());
    }

    /**
     * Why the present contents do not fit into that size, and what to do; empty if they do.
     *
     * @throws SegmentDamagedException if they contradict their layout
     */
    Optional<String> obstacle() {
        return Optional.ofNullable(problem(from.arenaOffset()));
    }

    /**
     * Writes the new segment.
     *
     * @param target zeroes, of the new one's length
     * @return how many checkpoints are not in it: damaged ones, and those that do not fit
     * @throws SegmentDamagedException if the contents contradict their layout
     */
    int write(Memory target) {
        int words = HeaderLayout.COMMIT_SEQUENCE_OFFSET;
        copy(words, target, words, HeaderLayout.LENGTH - words);
        copy(from.publishOffset(), target, to.publishOffset(), PublishLayout.AREA_LENGTH);
        copyArena(from.arenaOffset(), target, to.arenaOffset());
        new ArenaChecksum(target, to).replaced(old.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET));
        int left = copyCheckpoints(target);
        SegmentHeader.writeIdentity(target, size.spec(header), header.createdEpochMs());
        return left;
    }

    private int copyCheckpoints(Memory target) {
        Checkpoints checkpoints = new Checkpoints(old, from);
        int left = 0;
        int area = 0;
        for (Checkpoint checkpoint : checkpoints.list()) {
            long base = from.checkpointOffset(checkpoint.area());
            if (area < to.checkpoints()
                    && checkpoints.verify(checkpoint)
                    && problem(base + CheckpointLayout.DATA_OFFSET) == null) {
                copyCheckpoint(base, target, to.checkpointOffset(area));
                area++;
            } else {
                left++;
            }
        }
        return left;
    }

    private void copyCheckpoint(long base, Memory target, long targetBase) {
        long data = targetBase + CheckpointLayout.DATA_OFFSET;
        long length = copyArena(base + CheckpointLayout.DATA_OFFSET, target, data);
        byte[] description = new byte[CheckpointLayout.HEADER_LENGTH];
        old.getBytes(base, description, 0, description.length);
        NativeWords.put(description, CheckpointLayout.DATA_LENGTH_OFFSET, length);
        CRC32C crc = new CRC32C();
        for (long at = 0; at < length; at += CHUNK) {
            int count = (int) Math.min(CHUNK, length - at);
            target.getBytes(data + at, chunk, 0, count);
            crc.update(chunk, 0, count);
        }
        NativeWords.put(description, CheckpointLayout.DATA_CHECKSUM_OFFSET, crc.getValue());
        NativeWords.put(description, CheckpointLayout.HEADER_CHECKSUM_OFFSET, Checkpoints.headerChecksum(description));
        target.putBytes(targetBase, description, 0, description.length);
    }

    /**
     * Copies an arena, or a checkpoint's copy of one.
     *
     * @return bytes that are in use
     */
    private long copyArena(long source, Memory target, long targetBase) {
        long at = ArenaLayout.FIRST_BLOCK_OFFSET;
        long targetAt = at;
        for (StructureInfo structure : structures(source)) {
            long total = old.getLong(source + at + ArenaLayout.TOTAL_BYTES_OFFSET);
            if (structure.type() == StructureType.REQUESTS) {
                Table table = new Table(source + at + Directory.dataOffset(0), structure);
                targetAt += table.copy(target, targetBase + targetAt);
            } else {
                copy(source + at, target, targetBase + targetAt, total);
                targetAt += total;
            }
            at += total;
        }
        copy(source, target, targetBase, ArenaLayout.FIRST_BLOCK_OFFSET);
        target.putLong(targetBase + ArenaLayout.ALLOCATED_BYTES_OFFSET, targetAt - ArenaLayout.FIRST_BLOCK_OFFSET);
        return targetAt;
    }

    /** Of the arena, or the copy of one, that lies at {@code source}. */
    private @Nullable String problem(long source) {
        long at = ArenaLayout.FIRST_BLOCK_OFFSET;
        long needed = at;
        for (StructureInfo structure : structures(source)) {
            long total = old.getLong(source + at + ArenaLayout.TOTAL_BYTES_OFFSET);
            if (structure.type() == StructureType.REQUESTS) {
                Table table = new Table(source + at + Directory.dataOffset(0), structure);
                String problem = table.problem();
                if (problem != null) {
                    return problem;
                }
                needed += table.newBytes();
            } else {
                needed += total;
            }
            at += total;
        }
        return needed <= to.arenaLength()
                ? null
                : "its structures take " + needed + " bytes, and there would be room for " + to.arenaLength()
                        + ". Declare a larger `state`.";
    }

    private List<StructureInfo> structures(long source) {
        return Directory.read((at, bytes, length) -> old.getBytes(source + at, bytes, 0, length), from);
    }

    private void copy(long offset, Memory target, long targetOffset, long length) {
        for (long at = 0; at < length; at += CHUNK) {
            int count = (int) Math.min(CHUNK, length - at);
            old.getBytes(offset + at, chunk, 0, count);
            target.putBytes(targetOffset + at, chunk, 0, count);
        }
    }

    /** The table of requests, as it is and as it will be: entries that hold one lie side by side then. */
    private final class Table {
        private final long data;
        private final StructureInfo info;
        private final List<Integer> held = new ArrayList<>();
        private int longest;

        Table(long data, StructureInfo info) {
            this.data = data;
            this.info = info;
            for (int entry = 0; entry < info.capacity(); entry++) {
                long index = RequestsLayout.indexOffset(data, entry);
                if (old.getLong(index + RequestsLayout.ID_OFFSET) != 0) {
                    held.add(entry);
                    long lengths = old.getLong(index + RequestsLayout.LENGTHS_OFFSET);
                    if (!RequestsLayout.fits(lengths, (int) info.parameter2())) {
                        throw new SegmentDamagedException("The requests of segment " + header.instance() + "/"
                                + header.name() + " are damaged: the lengths of entry " + entry + " cannot be. "
                                + SegmentDamagedException.WAYS_OUT);
                    }
                    longest = Math.max(longest, RequestsLayout.inputLength(lengths));
                }
            }
        }

        private int entries() {
            return size.requests() == 0 ? Math.max(1, held.size()) : size.requests();
        }

        private int inputBytes() {
            return size.requests() == 0 ? longest : size.inputBytes();
        }

        @Nullable
        String problem() {
            if (held.size() > entries()) {
                return "its table of requests holds " + held.size() + ", and there would be room for " + entries()
                        + " (`slots`, `queue` and `quarantine` taken together). Wait until some are done, have what is"
                        + " quarantined dropped (coppice transactions " + header.name()
                        + " --drop ID|all), or declare more.";
            }
            return longest <= inputBytes()
                    ? null
                    : "one of its requests has an input of " + longest + " bytes, and there would be room for "
                            + inputBytes() + ". Wait until it is done, have it dropped if it is quarantined (coppice"
                            + " transactions " + header.name() + " --drop ID), or declare a larger `input`.";
        }

        long newBytes() {
            return Requests.sizeBytes(entries(), inputBytes());
        }

        /** @return bytes of the new block */
        long copy(Memory target, long block) {
            byte[] description =
                    Directory.describe(Requests.request(entries(), inputBytes()), ArenaLayout.NOT_PUBLISHED);
            target.putBytes(block, description, 0, description.length);
            long newData = block + description.length;
            Resizing.this.copy(data, target, newData, RequestsLayout.HEADER_LENGTH);
            int next = 0;
            for (int entry : held) {
                Resizing.this.copy(
                        RequestsLayout.indexOffset(data, entry),
                        target,
                        RequestsLayout.indexOffset(newData, next),
                        RequestsLayout.INDEX_ENTRY_LENGTH);
                long lengths = old.getLong(RequestsLayout.indexOffset(data, entry) + RequestsLayout.LENGTHS_OFFSET);
                Resizing.this.copy(
                        RequestsLayout.bodyOffset(data, entry, info.capacity(), (int) info.parameter2()),
                        target,
                        RequestsLayout.bodyOffset(newData, next, entries(), inputBytes()),
                        RequestsLayout.INPUT_OFFSET + (long) RequestsLayout.inputLength(lengths));
                next++;
            }
            return newBytes();
        }
    }
}
