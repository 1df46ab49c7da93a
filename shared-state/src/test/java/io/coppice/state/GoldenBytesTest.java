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
        assumeTrue(
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN,
                "bytes are drawn as a little-endian machine has them");
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
                "0400000001000000", // layoutVersion, kind
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
                "0000010000000000", // stateBytes
                "0000000000000000", // checkpoints
                "f25c0fe800000000"); // checksum
        assertBytes(272, "0100000000000000", "0000000000000000", "0000000000000000"); // timeline, start, step back
        assertBytes(1792 + 16, "0100000000000000", "0000000000000000"); // pair of timeline 1
        assertBytes(2048, "9c979a9c948c8a92", "0000000000000000", "0000000000000000"); // no checksum of the arena
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
        segment.loopThread(0x1268);
        segment.answers(5);
        assertBytes(256, "0100000000000000", "0200000000000000"); // commitSequence, rollbackCount
        assertBytes(384, "0200000000000000", "0200000000000000", "dc05000000000000"); // heartbeat
        assertBytes(512, "6712000000000000", "0300000000000000", "0300000000000000"); // pid, incarnation, phase
        assertBytes(536, "6812000000000000", "0000000000000000"); // loopThread
        assertBytes(2296, "0000000000000000", "0500000000000000", "0000000000000000"); // answers
        assertBytes(640, "0400000000000000", "0300000000000000", "6279650000000000"); // last words
    }

    @Test
    void shouldLayOutTheWordsOfTransactionsAsDrawn() {
        OwnedSegment segment = TestSegments.own(memory, 3);
        segment.recover();
        segment.request(1, 0x1122);
        segment.request(2, -2);
        segment.request(32, 0x3344);
        segment.orderDone(7);
        segment.beginRequest(0x5566);
        segment.state().commit();
        segment.stampResult();
        assertBytes(2424, "0000000000000000", "2211000000000000", "feffffffffffffff", "0000000000000000"); // requests
        assertBytes(2672, "0000000000000000", "4433000000000000", "0700000000000000", "0000000000000000"); // orderDone
        assertBytes(2808, "0000000000000000", "6655000000000000", "0200000000000000", "0000000000000000"); // id, stamp
    }

    @Test
    void shouldKeepTheLoopLockWhereItIsDrawn() {
        memory.putInt(HeaderLayout.LOOP_LOCK_OFFSET, 0x1267);
        assertBytes(2168, "0000000000000000", "6712000000000000"); // padding, loop word
        assertEquals(0x1267, TestSegments.read(memory).loopWord());
        assertEquals(64, HeaderLayout.LOOP_LOCK_LENGTH);
    }

    @Test
    void shouldLayOutTheChecksumOfTheArenaAsDrawn() {
        OwnedSegment segment = TestSegments.own(memory, 3);
        segment.recover(Checksum.ARENA);
        assertBytes(2048, "636865636b73756d", "0000000000000000", "0000000000000000", "ffffffffffffffff");
        segment.state().record("r", layout).set(position, 0x1111);
        segment.state().commit();
        assertBytes(2072, "0100000000000000", "521acfcc48862e12"); // stamp and hash of commit 1
        segment.state().record("r", layout).set(position, 0x2222);
        segment.state().commit();
        assertBytes(2056, "0200000000000000", "6f993a0ce7b2d227"); // stamp and hash of commit 2
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
                "01000000bb446758", // nameLength, checksum
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
    void shouldLayOutACheckpointAsDrawn() {
        RecordingMemory segment = TestSegments.formatted(LENGTH, 2);
        assertEquals(LENGTH + 2 * (4096 + 8192), segment.lengthBytes());
        OwnedSegment owner = TestSegments.own(segment, 1, new HeapAside(segment));
        owner.recover();
        owner.state().record("r", layout).set(position, 0x77);
        owner.state().commit();
        owner.checkpoint();
        long area = LENGTH;
        assertEquals("0100000000000000", hex(segment, area)); // number
        assertEquals("0100000000000000", hex(segment, area + 8)); // timeline
        assertEquals("0100000000000000", hex(segment, area + 16)); // commitSequence
        assertEquals("8001000000000000", hex(segment, area + 24)); // dataLength
        assertEquals("aba6f3de00000000", hex(segment, area + 40)); // dataChecksum
        byte[] header = java.util.Arrays.copyOfRange(segment.bytes(), (int) area, (int) area + 48);
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(header);
        assertEquals(crc.getValue(), segment.getLong(area + 48)); // headerChecksum
        assertEquals("4001000000000000", hex(segment, area + 4096)); // the arena's allocatedBytes
        owner.checkpoint();
        assertEquals("0200000000000000", hex(segment, area + 4096 + 8192)); // number of the second
    }

    @Test
    void shouldLayOutTheMarkerOfAStepBackAsDrawn() {
        OwnedSegment owner = TestSegments.own(memory, 3);
        owner.recover();
        owner.state().commit();
        new StepBack(new CommitEngine(memory, geometry, "test/unit"))
                .decide(new StepBack.Decision(StepBackKind.CHECKPOINT, 1, 5, 3));
        assertBytes(
                288,
                "02000000ce73dfa4", // stepBack: code, then CRC32C of code, source, commit and timeline
                "0100000000000000", // stepBackSource
                "0500000000000000", // stepBackCommit
                "0300000000000000"); // stepBackTimeline
        owner.stepCommitted();
        assertBytes(320, "0100000000000000", "0000000000000000"); // lastStepCommit, steppedTimeline
        TestSegments.own(memory, 4);
        assertBytes(320, "0000000000000000", "0100000000000000");
    }

    private static String hex(RecordingMemory segment, long offset) {
        return HexFormat.of().formatHex(segment.bytes(), (int) offset, (int) offset + 8);
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

    @Test
    void shouldLayOutAMapFromLongsAsDrawn() {
        State state = open();
        LongLongMap map = state.longLongMap("m", 3);
        state.commit();
        long data = data(state, "m");
        long seed = memory.getLong(data + 32);
        assertEquals(TestSegments.HASH_SEED, seed);
        map.put(0x1234, 5);
        map.put(seed, 6);
        assertBytes(data, "0200000000000000", "0000000000000000", "0000000000000000", "0000000000000000");
        assertBytes(data + 40, "0000000000000000", "0000000000000000", "0000000000000000");
        long hash = MapLayout.hash(0x1234, seed);
        assertBytes(data + 64 + (hash & 7) * 16, HexFormat.of().formatHex(word(hash)), "0500000000000000");
        assertBytes(data + 64 + 8 * 16, "0100000000000000", "0600000000000000"); // the key whose hash is 0
        assertEquals(64 + 9 * 16, info(state, "m").lengthBytes());
    }

    @Test
    void shouldLayOutAMapToRecordsAsDrawn() {
        State state = open();
        LongRecordMap map = state.longRecordMap("m", 3, layout);
        map.put(1).set(position, 0x11);
        map.put(2).set(position, 0x22);
        map.put(3).set(position, 0x33);
        map.remove(3);
        map.remove(1);
        state.commit();
        long data = data(state, "m");
        assertBytes(data, "0100000000000000");
        assertBytes(data + 40, "0300000000000000", "0100000000000000"); // freshSlots, freeSlotHead
        long seed = memory.getLong(data + 32);
        long hash = MapLayout.hash(2, seed);
        assertBytes(data + 64 + (hash & 7) * 16, HexFormat.of().formatHex(word(hash)), "0200000000000000");
        long slots = data + 64 + 9 * 16;
        assertBytes(slots, "0300000000000000", "1100000000000000"); // next free slot
        assertBytes(slots + 40, "ffffffffffffffff", "2200000000000000"); // taken
        assertBytes(slots + 80, "0000000000000000", "3300000000000000"); // end of the free slots
        assertEquals(64 + 9 * 16 + 3 * 40, info(state, "m").lengthBytes());
        assertEquals(32, info(state, "m").recordBytes());
    }

    @Test
    void shouldLayOutAMapFromStringsToRecordsAsDrawn() {
        State state = open();
        StringRecordMap map = state.stringRecordMap("m", 3, 40, 96, layout);
        map.put("longer than eight").set(position, 0x11);
        state.commit();
        long data = data(state, "m");
        assertBytes(data, "0100000000000000", "0100000000000000", "0000000000000000", "0000000000000000");
        assertBytes(data + 40, "0100000000000000", "0000000000000000");
        long seed = memory.getLong(data + 32);
        assertEntry(data, "longer than eight", seed, "0100000000000000", "0100000011000000", "6c6f6e6765722074");
        long cells = data + 64 + 8 * 32;
        assertBytes(cells, "0000000000000000", "68616e2065696768", "7400000000000000", "0000000000000000");
        assertBytes(cells + 3 * 32, "ffffffffffffffff", "1100000000000000", "0000000000000000");
        assertEquals(64 + 8 * 32 + 3 * 32 + 3 * 40, info(state, "m").lengthBytes());
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

    @Test
    void shouldLayOutARingAndACursorAsDrawn() {
        State state = open();
        Channel channel = state.channel("c", 512, "audit");
        Cursor cursor = state.cursor("p", "unit", "c");
        state.commit();
        channel.offer(new byte[] {'h', 'e', 'l', 'l', 'o', ' ', 'y', 'o', 'u'});
        cursor.move(5, 6, 24, 1);
        state.commit();
        channel.offer(new byte[] {1});
        state.commit();
        long data = data(state, "c");
        assertBytes(data, word("0"), word("0"), word("0")); // previousTimeline, startPosition, startNumber
        assertBytes(data + 64, word("0")); // intactFrom
        String origin = "0068e5cf8b010000";
        assertBytes(data + 128, word("2"), origin, word("1"), word("18"), word("1"), word("0"), word("0"), word("0"));
        assertBytes(data + 192, word("3"), origin, word("1"), word("28"), word("2"), word("0"), word("0"), word("0"));
        assertBytes(data + 640, "6175646974000000", word("0"), word("0"), word("0")); // receiver
        assertBytes(data + 704, "0900000001000000", "68656c6c6f20796f", "7500000000000000"); // message
        assertBytes(data + 728, "0100000001000000", "0100000000000000");
        assertBytes(data(state, "p"), word("2"), word("5"), word("6"), word("18"), word("1"), word("0"), word("0"));
    }

    /** Little-endian, of a number below 256 in hexadecimal. */
    private static String word(String hex) {
        return "0".repeat(2 - hex.length()) + hex + "0".repeat(14);
    }

    @Test
    void shouldLayOutRequestsAsDrawn() {
        OwnedSegment segment = TestSegments.own(memory, 3);
        segment.recover();
        Requests requests = segment.requests(2, 12);
        requests.add(RequestId.of(1, 4), "io.Gone", new byte[0], 0);
        int entry = requests.add(RequestId.of(1, 5), "io.Task", new byte[] {1, 2, 3}, 0x1234);
        requests.free(0);
        requests.status(entry, RequestStatus.QUARANTINED);
        requests.slot(entry, 7);
        requests.attempts(entry, 4);
        requests.cause(entry, "abc");
        long data = geometry.arenaOffset() + 64 + 128;
        assertBytes(data, "0500000000000000", "0100000000000000", "0000000000000000"); // lastSequence, size
        assertBytes(data + 64, "0000000000000000"); // entry 0 is free
        assertBytes(
                data + 128,
                "0500000000100000", // id
                "0300000000000000", // status
                "0700000000000000", // slot
                "0400000000000000", // attempts
                "3412000000000000", // submittedAtEpochMs
                "0700030003000000", // lengths
                "60201d558b52d67f", // hash
                "0000000000000000");
        long body = data + 192 + 768 + 16;
        assertBytes(body, "696f2e5461736b00", "0000000000000000"); // task
        assertBytes(body + 256, "6162630000000000", "0000000000000000"); // cause
        assertBytes(body + 768, "0102030000000000", "0000000000000000"); // input
        assertEquals(2, info(segment.state(), Requests.STRUCTURE).capacity());
        assertEquals(12, info(segment.state(), Requests.STRUCTURE).parameter2());
        assertEquals(192 + 2 * 784, info(segment.state(), Requests.STRUCTURE).lengthBytes());
    }

    @Test
    void shouldKeepTheHashOfALongAndFindTheKeyBack() {
        assertEquals("2316de0d5d5fca2e", Long.toHexString(MapLayout.hash(4711, 42)));
        java.util.SplittableRandom random = new java.util.SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            long key = random.nextLong() >> random.nextInt(64);
            long seed = random.nextLong();
            assertEquals(key, MapLayout.key(MapLayout.hash(key, seed), seed));
            assertEquals(0, MapLayout.hash(seed, seed));
        }
    }

    private static long data(State state, String name) {
        return info(state, name).offsetBytes();
    }

    private static StructureInfo info(State state, String name) {
        return state.structures().stream()
                .filter(info -> info.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] word(long value) {
        byte[] bytes = new byte[8];
        NativeWords.put(bytes, 0, value);
        return bytes;
    }

    @Test
    void shouldKeepTheCodesStoredInSegments() {
        assertEquals(
                "EMPTY=0 RECOVERING=1 STARTING=2 READY=3 STOPPING=4 COMPLETED=5 FAILING=6 MIGRATING=7",
                codes(Phase.values(), Phase::code));
        assertEquals(
                "RECORD=1 PUBLISHED_RECORD=2 STRING_LONG_MAP=3 RECORD_TABLE=4 LONG_LONG_MAP=5 LONG_RECORD_MAP=6 STRING_RECORD_MAP=7 "
                        + "QUEUE=8 APPEND_LOG=9 POOL=10 COUNTERS=11 CHANNEL=12 BROADCAST=13 CURSOR=14 REQUESTS=15",
                codes(StructureType.values(), StructureType::code));
        assertEquals("EMPTY=1 CHECKPOINT=2 ABANDONED=3 MIGRATION=4", codes(StepBackKind.values(), StepBackKind::code));
        assertEquals("QUEUED=1 RUNNING=2 QUARANTINED=3", codes(RequestStatus.values(), RequestStatus::code));
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
