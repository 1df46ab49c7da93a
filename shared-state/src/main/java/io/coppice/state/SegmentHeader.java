package io.coppice.state;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** Writes and checks the identity on page 0. */
final class SegmentHeader {
    private SegmentHeader() {}

    /** Writes the identity of a new segment over zeroed memory; it is no segment before the last store. */
    static void write(Memory memory, SegmentSpec spec, long createdEpochMs) {
        memory.putLong(HeaderLayout.BUSY_AT_COUNT_OFFSET, Heartbeat.NOT_BUSY);
        memory.putLong(HeaderLayout.ARENA_CHECKSUM_OFFSET, Checksum.NONE.code());
        Timelines.write(memory, Timelines.FIRST, 0);
        writeIdentity(memory, spec, createdEpochMs);
    }

    /** The same where all that is no identity is there already. */
    static void writeIdentity(Memory memory, SegmentSpec spec, long createdEpochMs) {
        SegmentGeometry geometry = SegmentGeometry.of(spec.stateBytes(), spec.checkpoints());
        byte[] page = new byte[HeaderLayout.CHECKSUM_OFFSET + Long.BYTES];
        NativeWords.put(page, HeaderLayout.MAGIC_OFFSET, HeaderLayout.MAGIC);
        NativeWords.putInt(page, HeaderLayout.LAYOUT_VERSION_OFFSET, HeaderLayout.VERSION);
        NativeWords.putInt(page, HeaderLayout.KIND_OFFSET, spec.kind());
        NativeWords.put(page, HeaderLayout.LENGTH_BYTES_OFFSET, spec.lengthBytes());
        NativeWords.put(page, HeaderLayout.ARENA_OFFSET_OFFSET, geometry.arenaOffset());
        NativeWords.put(page, HeaderLayout.ARENA_LENGTH_OFFSET, geometry.arenaLength());
        NativeWords.put(page, HeaderLayout.UNDO_OFFSET_OFFSET, geometry.undoOffset());
        NativeWords.put(page, HeaderLayout.UNDO_LENGTH_OFFSET, geometry.undoLength());
        NativeWords.put(page, HeaderLayout.PUBLISH_OFFSET_OFFSET, geometry.publishOffset());
        NativeWords.put(page, HeaderLayout.PUBLISH_LENGTH_OFFSET, PublishLayout.AREA_LENGTH);
        putName(page, HeaderLayout.NAME_OFFSET, spec.name());
        putName(page, HeaderLayout.INSTANCE_OFFSET, spec.instance());
        NativeWords.put(page, HeaderLayout.CREATED_EPOCH_MS_OFFSET, createdEpochMs);
        NativeWords.put(page, HeaderLayout.STATE_BYTES_OFFSET, spec.stateBytes());
        NativeWords.put(page, HeaderLayout.CHECKPOINTS_OFFSET, spec.checkpoints());
        NativeWords.put(page, HeaderLayout.CHECKSUM_OFFSET, checksum(page));
        int afterMagic = HeaderLayout.LAYOUT_VERSION_OFFSET;
        memory.putBytes(afterMagic, page, afterMagic, page.length - afterMagic);
        memory.putLongRelease(HeaderLayout.MAGIC_OFFSET, HeaderLayout.MAGIC);
    }

    /** Checks the identity against itself and the length of the file. */
    static Validation read(Memory memory, Path file) {
        byte[] page = new byte[HeaderLayout.CHECKSUM_OFFSET + Long.BYTES];
        memory.getBytes(0, page, 0, page.length);
        byte[] magic = Arrays.copyOf(page, Long.BYTES);
        if (!Arrays.equals(magic, HeaderLayout.MAGIC_BYTES)) {
            HexFormat hex = HexFormat.of();
            return new Validation.WrongMagic(file, hex.formatHex(magic), hex.formatHex(HeaderLayout.MAGIC_BYTES));
        }
        int version = NativeWords.getInt(page, HeaderLayout.LAYOUT_VERSION_OFFSET);
        if (version != HeaderLayout.VERSION) {
            return new Validation.WrongVersion(file, version, HeaderLayout.VERSION);
        }
        long found = NativeWords.get(page, HeaderLayout.CHECKSUM_OFFSET);
        if (found != checksum(page)) {
            return damaged(file, "checksum " + Long.toHexString(found), Long.toHexString(checksum(page)));
        }
        long length = NativeWords.get(page, HeaderLayout.LENGTH_BYTES_OFFSET);
        if (length != memory.lengthBytes()) {
            return new Validation.WrongLength(file, memory.lengthBytes(), length, false);
        }
        long state = NativeWords.get(page, HeaderLayout.STATE_BYTES_OFFSET);
        long checkpoints = NativeWords.get(page, HeaderLayout.CHECKPOINTS_OFFSET);
        if (state < SegmentSpec.MIN_LENGTH_BYTES
                || state > SegmentSpec.MAX_LENGTH_BYTES
                || checkpoints < 0
                || checkpoints > SegmentSpec.MAX_CHECKPOINTS
                || length != SegmentSpec.lengthFor(state, (int) checkpoints)
                || length > SegmentSpec.MAX_LENGTH_BYTES) {
            return damaged(
                    file,
                    "lengthBytes " + length + ", stateBytes " + state + ", checkpoints " + checkpoints,
                    "numbers in the supported range that fit together");
        }
        return checkGeometry(page, file, SegmentGeometry.of(state, (int) checkpoints));
    }

    private static Validation checkGeometry(byte[] page, Path file, SegmentGeometry geometry) {
        long[] found = {
            NativeWords.get(page, HeaderLayout.ARENA_OFFSET_OFFSET),
            NativeWords.get(page, HeaderLayout.ARENA_LENGTH_OFFSET),
            NativeWords.get(page, HeaderLayout.UNDO_OFFSET_OFFSET),
            NativeWords.get(page, HeaderLayout.UNDO_LENGTH_OFFSET),
            NativeWords.get(page, HeaderLayout.PUBLISH_OFFSET_OFFSET),
            NativeWords.get(page, HeaderLayout.PUBLISH_LENGTH_OFFSET)
        };
        long[] expected = {
            geometry.arenaOffset(),
            geometry.arenaLength(),
            geometry.undoOffset(),
            geometry.undoLength(),
            geometry.publishOffset(),
            PublishLayout.AREA_LENGTH
        };
        if (!Arrays.equals(found, expected)) {
            return damaged(file, "offsets and lengths " + Arrays.toString(found), Arrays.toString(expected));
        }
        try {
            return new Validation.Valid(
                    file,
                    new Header(
                            HeaderLayout.VERSION,
                            NativeWords.getInt(page, HeaderLayout.KIND_OFFSET),
                            name(page, HeaderLayout.INSTANCE_OFFSET),
                            name(page, HeaderLayout.NAME_OFFSET),
                            geometry.lengthBytes(),
                            geometry.stateBytes(),
                            geometry.checkpoints(),
                            geometry.arenaLength(),
                            geometry.undoLength(),
                            NativeWords.get(page, HeaderLayout.CREATED_EPOCH_MS_OFFSET)));
        } catch (CharacterCodingException e) {
            return damaged(file, "a name that is not UTF-8", "UTF-8");
        }
    }

    /** Checks a valid identity against what the file was made for. */
    static Validation expect(Validation validation, SegmentSpec expected) {
        if (!(validation instanceof Validation.Valid valid)) {
            return validation;
        }
        Header header = valid.header();
        if (header.kind() != expected.kind()) {
            return new Validation.WrongKind(valid.file(), header.kind(), expected.kind());
        }
        Validation owner = expectOwner(valid, expected.instance(), expected.name());
        if (owner instanceof Validation.Valid
                && (header.stateBytes() != expected.stateBytes() || header.checkpoints() != expected.checkpoints())) {
            return new Validation.WrongLength(valid.file(), header.lengthBytes(), expected.lengthBytes(), true);
        }
        return owner;
    }

    static Validation expectOwner(Validation.Valid valid, String instance, String name) {
        Header header = valid.header();
        if (!header.instance().equals(instance) || !header.name().equals(name)) {
            return new Validation.WrongOwnerName(
                    valid.file(), header.instance() + "/" + header.name(), instance + "/" + name);
        }
        return valid;
    }

    private static Validation damaged(Path file, String found, String expected) {
        return new Validation.DamagedHeader(file, found, expected);
    }

    private static long checksum(byte[] page) {
        CRC32C crc = new CRC32C();
        crc.update(page, 0, HeaderLayout.CHECKSUM_OFFSET);
        return crc.getValue();
    }

    private static void putName(byte[] page, int offset, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, page, offset, bytes.length);
    }

    private static String name(byte[] page, int offset) throws CharacterCodingException {
        int length = 0;
        while (length < HeaderLayout.NAME_LENGTH && page[offset + length] != 0) {
            length++;
        }
        return StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(page, offset, length))
                .toString();
    }
}
