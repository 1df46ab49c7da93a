package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.state.testing.RecordingMemory;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ties the drawings of queue, log, pool and counters to their code, as {@link GoldenBytesTest} does. Little-endian. */
class SequenceBytesTest {
    private static final int LENGTH = 128 << 10;

    private final RecordLayout.Builder builder = RecordLayout.named("job");
    private final LongField number = builder.int64("number");
    private final RecordLayout layout = builder.build();
    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private final State state = open();

    private State open() {
        OwnedSegment segment = TestSegments.own(memory, 3);
        segment.recover();
        return segment.state();
    }

    @BeforeEach
    void onLittleEndianOnly() {
        assumeTrue(
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN,
                "bytes are drawn as a little-endian machine has them");
    }

    private void assertBytes(long offset, String... words) {
        for (int i = 0; i < words.length; i++) {
            long at = offset + i * 8L;
            assertEquals(words[i], HexFormat.of().formatHex(memory.bytes(), (int) at, (int) at + 8), "at +" + i * 8);
        }
    }

    @Test
    void shouldLayOutAQueueAsDrawn() {
        RecordQueue queue = state.queue("q", layout, 3);
        for (int i = 1; i <= 4; i++) {
            queue.add().set(number, 0x10 + i);
            if (i < 3) {
                queue.remove();
            }
        }
        long data = Refusals.data(state, "q");
        assertBytes(data - 128 - 64 + 8, "0800000001000000"); // type, fieldCount
        assertBytes(data - 128 - 64 + 24, "5800000000000000"); // dataLength
        assertBytes(data, "0200000000000000", "0400000000000000", "0000000000000000"); // removed, added
        assertBytes(data + 64, "1400000000000000", "1200000000000000", "1300000000000000"); // 4, left over, 3
    }

    @Test
    void shouldLayOutAnAppendLogAsDrawn() {
        AppendLog log = state.appendLog("l", 2, 24);
        log.append("12345678ABC".getBytes(StandardCharsets.US_ASCII), 0, 11);
        log.truncateBefore(1);
        log.append("abcdefghXY".getBytes(StandardCharsets.US_ASCII), 0, 10);
        log.append("z".getBytes(StandardCharsets.US_ASCII), 0, 1);
        long data = Refusals.data(state, "l");
        assertBytes(data - 128 + 8, "0900000000000000"); // type
        assertBytes(data - 128 + 24, "7800000000000000"); // dataLength
        assertBytes(data - 128 + 40, "0200000000000000", "0000000000000000", "1800000000000000"); // capacities
        assertBytes(data, "0100000000000000", "0300000000000000", "2800000000000000", "0000000000000000");
        assertBytes(data + 64, "2000000000000000", "0100000000000000"); // entry 2: position, length
        assertBytes(data + 80, "1000000000000000", "0a00000000000000"); // entry 1
        assertBytes(data + 96, "5859333435363738", "7a42430000000000", "6162636465666768"); // XY, z, abcdefgh
    }

    @Test
    void shouldLayOutAPoolAsDrawn() {
        RecordPool pool = state.pool("p", layout, 3);
        for (int i = 1; i <= 2; i++) {
            pool.get(pool.acquire()).set(number, 0x10 + i);
        }
        pool.release(0b101); // generation 1, slot 1
        long again = pool.acquire();
        pool.release(0b100);
        assertEquals(0b1001, again); // generation 2, slot 1
        long data = Refusals.data(state, "p");
        assertBytes(data - 128 - 64 + 8, "0a00000001000000"); // type, fieldCount
        assertBytes(data - 128 - 64 + 24, "8800000000000000"); // dataLength
        assertBytes(data, "0100000000000000", "0200000000000000", "0100000000000000"); // inUse, freshSlots, freeHead
        assertBytes(data + 64, "0100000000000000", "0000000000000000", "1100000000000000"); // free, the list's end
        assertBytes(data + 88, "0200000000000000", "ffffffffffffffff", "0000000000000000"); // in use, zeroed
        assertBytes(data + 112, "0000000000000000", "0000000000000000", "0000000000000000"); // never used
    }

    @Test
    void shouldLayOutCountersAsDrawn() {
        Counters counters = state.counters("c", 9);
        counters.counter("orders").set(0x11);
        counters.counter("errors, of all kinds").set(0x12);
        long data = Refusals.data(state, "c");
        assertBytes(data - 128 + 8, "0b00000000000000"); // type
        assertBytes(data - 128 + 24, "b802000000000000"); // dataLength
        assertBytes(data, "0200000000000000", "0000000000000000"); // count
        assertBytes(data + 64, "1100000000000000", "1200000000000000", "0000000000000000"); // values
        assertBytes(data + 192, "0600000000000000", "6f72646572730000", "0000000000000000"); // orders
        assertBytes(data + 248, "1400000000000000", "6572726f72732c20", "6f6620616c6c206b", "696e647300000000");
    }
}
