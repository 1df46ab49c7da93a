package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.state.testing.RecordingMemory;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ties each drawing to its code: a change of either makes this fail, and is a new layout version. Little-endian. */
class GoldenBytesTest {
    private static final int LENGTH = 64 << 10;

    private final RecordLayout.Builder builder = RecordLayout.named("counters");
    private final LongField position = builder.int64("position");
    private final BytesField word = builder.bytes("word", 10);
    private final RecordLayout layout = builder.build();
    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private final SegmentGeometry geometry = SegmentGeometry.of(LENGTH);

    @BeforeEach
    void onLittleEndianOnly() {
        assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN);
    }

    private State open() {
        OwnedSegment segment = TestSegments.own(memory, 3);
        segment.recover();
        return segment.state();
    }

    private void assertBytes(long offset, String... words) {
        for (int i = 0; i < words.length; i++) {
            long at = offset + i * 8L;
            assertEquals(words[i], HexFormat.of().formatHex(memory.bytes(), (int) at, (int) at + 8), "at +" + i * 8);
        }
    }

    @Test
    void shouldLayOutTheIdentityAsDrawn() {
        assertBytes(
                0,
                "636f707069636531", // magic
                "0200000001000000", // layoutVersion, kind
                "0000010000000000", // lengthBytes
                "00e0000000000000", // arenaOffset
                "0020000000000000", // arenaLength
                "0010000000000000", // undoOffset
                "0040000000000000", // undoLength
                "0050000000000000", // publishOffset
                "0090000000000000", // publishLength
                "756e697400000000", // name
                "0000000000000000",
                "0000000000000000",
                "0000000000000000",
                "7465737400000000", // instance
                "0000000000000000",
                "0000000000000000",
                "0000000000000000",
                "0068e5cf8b010000", // createdEpochMs
                "0100000000000000", // timeline
                "9787237f00000000"); // checksum
    }

    @Test
    void shouldLayOutTheOwnersLinesAsDrawn() {
        OwnedSegment segment = TestSegments.own(memory, 3);
        segment.recover();
        segment.state().commit();
        segment.heartbeat().beat();
        segment.heartbeat().beat();
        segment.heartbeat().busy(1500);
        segment.phase(Phase.READY);
        segment.lastWords("bye");
        assertBytes(256, "0100000000000000", "0200000000000000"); // commitSequence, rollbackCount
        assertBytes(384, "0200000000000000", "0200000000000000", "dc05000000000000"); // heartbeat
        assertBytes(512, "6712000000000000", "0300000000000000", "0300000000000000"); // pid, incarnation, phase
        assertBytes(640, "0400000000000000", "0300000000000000", "6279650000000000"); // last words
    }

    @Test
    void shouldLayOutTheUndoLogAsDrawn() {
        State state = open();
        Record record = state.record("r", layout);
        record.set(position, 0x1111);
        state.commit();
        record.set(position, 0x2222);
        long data = data(state, "r");
        assertBytes(
                geometry.undoOffset(),
                "0200000000000000", // stamp
                HexFormat.of().formatHex(word(UndoLayout.pack(data >>> 3, 1, 0))),
                "1111000000000000", // old word
                "0000000000000000"); // next stamp
        record.set(word, "abcdefghij");
        assertBytes(
                geometry.undoOffset() + 24,
                "0200000000000000",
                HexFormat.of().formatHex(word(UndoLayout.pack((data + 16) >>> 3, 2, 1))),
                "0000000000000000",
                "0000000000000000",
                "0200000000000000");
        assertEquals(0x12345678_0003_0002L, UndoLayout.pack(0x12345678, 3, 2));
    }

    @Test
    void shouldLayOutAPublishSlotAsDrawn() {
        State state = open();
        Record record = state.published("p", layout);
        record.set(position, 0x77);
        record.set(word, "abc");
        state.commit();
        assertBytes(geometry.publishOffset(), "0100000000000000");
        assertBytes(
                geometry.publishOffset() + 128,
                "7700000000000000",
                "0300000000000000",
                "6162630000000000",
                "0000000000000000");
        record.set(position, 0x78);
        state.commit();
        assertBytes(geometry.publishOffset() + 4224, "0200000000000000");
    }

    @Test
    void shouldLayOutTheArenaAsDrawn() {
        State state = open();
        Record record = state.published("p", layout);
        record.set(position, 0x77);
        state.commit();
        long arena = geometry.arenaOffset();
        assertBytes(arena, "4001000000000000", "0100000000000000", "2000000000000000");
        assertBytes(
                arena + 64,
                "4001000000000000", // totalBytes
                "0200000002000000", // type, fieldCount
                HexFormat.of().formatHex(word(layout.hash())),
                "2000000000000000", // dataLength
                "0000000000000000", // publishOffset
                "0100000000000000", // rows
                "2000000000000000", // bytes of one record
                "0000000000000000",
                "0000000000000000",
                "0100000000000000", // nameLength
                "7000000000000000"); // name
        assertBytes(
                arena + 64 + 128,
                "0100000000000000", // INT64 at 0
                "0800000008000000", // capacity, nameLength
                "706f736974696f6e");
        assertBytes(
                arena + 64 + 192,
                "0300000008000000", // BYTES at 8
                "0a00000004000000",
                "776f726400000000");
        assertBytes(arena + 64 + 256, "7700000000000000");
        assertEquals("84725939abdefef3", Long.toHexString(layout.hash()));
    }

    @Test
    void shouldLayOutAMapAsDrawn() {
        State state = open();
        StringLongMap map = state.stringLongMap("m", 3, 40, 96);
        map.put("short", 5);
        map.put("longer than eight", 6);
        state.commit();
        long data = data(state, "m");
        assertBytes(data, "0200000000000000", "0100000000000000", "0000000000000000", "0000000000000000");
        long seed = memory.getLong(data + 32);
        assertEntry(data, "short", seed, "0500000000000000", "0000000005000000", "73686f7274000000");
        assertEntry(data, "longer than eight", seed, "0600000000000000", "0100000011000000", "6c6f6e6765722074");
        assertBytes(
                data + 64 + 8 * 32,
                "0000000000000000", // next
                "68616e2065696768",
                "7400000000000000",
                "0000000000000000");
        map.remove("longer than eight");
        assertBytes(data, "0100000000000000", "0100000000000000", "0100000000000000", "0100000000000000");
    }

    private void assertEntry(long data, String key, long seed, String value, String packed, String prefix) {
        byte[] bytes = key.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        long hash = MapLayout.hash(bytes, 0, bytes.length, seed);
        for (long index = hash & 7; ; index = (index + 1) & 7) {
            if (memory.getLong(data + 64 + index * 32) == hash) {
                assertBytes(data + 64 + index * 32 + 8, value, packed, prefix);
                return;
            }
        }
    }

    @Test
    void shouldKeepTheHashOfAKey() {
        assertEquals(
                "f389a10de20ccb59",
                Long.toHexString(
                        MapLayout.hash("hello, world".getBytes(java.nio.charset.StandardCharsets.UTF_8), 0, 12, 42)));
    }

    private static long data(State state, String name) {
        return state.structures().stream()
                .filter(info -> info.name().equals(name))
                .findFirst()
                .orElseThrow()
                .offsetBytes();
    }

    private static byte[] word(long value) {
        byte[] bytes = new byte[8];
        NativeWords.put(bytes, 0, value);
        return bytes;
    }

    @Test
    void shouldKeepTheCodesStoredInSegments() {
        assertEquals(
                "EMPTY=0 RECOVERING=1 STARTING=2 READY=3 STOPPING=4 COMPLETED=5 FAILING=6",
                codes(Phase.values(), Phase::code));
        assertEquals(
                "RECORD=1 PUBLISHED_RECORD=2 STRING_LONG_MAP=3 RECORD_TABLE=4",
                codes(StructureType.values(), StructureType::code));
        assertEquals("INT64=1 FLOAT64=2 BYTES=3", codes(FieldType.values(), FieldType::code));
        for (Phase phase : Phase.values()) {
            assertEquals(phase, Phase.of(phase.code()).orElseThrow());
        }
    }

    private static <E extends Enum<E>> String codes(E[] values, java.util.function.ToIntFunction<E> code) {
        StringBuilder result = new StringBuilder();
        for (E value : values) {
            result.append(' ').append(value).append('=').append(code.applyAsInt(value));
        }
        return result.substring(1);
    }
}
