package io.coppice.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TransactionIdTest {
    @Test
    void shouldReadWhatItShows() {
        TransactionId id = TransactionId.of(1, 17);

        assertEquals("1-17", id.toString());
        assertEquals(1L << 44 | 17, id.value());
        assertEquals(Optional.of(id), TransactionId.parse("1-17"));
        assertEquals(1, id.timeline());
        assertEquals(17, id.sequence());
    }

    @Test
    void shouldKeepTheLast19BitsOfATimeline() {
        assertEquals("2-1", TransactionId.of((1L << 19) + 2, 1).toString());
        assertEquals(
                Long.MAX_VALUE, TransactionId.of((1 << 19) - 1, (1L << 44) - 1).value());
    }

    @Test
    void shouldRefuseWhatIsNone() {
        for (String text : List.of("", "17", "1-", "-17", "1-0", "1-17592186044416", "524288-1", "1-17 ", "+1-17")) {
            assertEquals(Optional.empty(), TransactionId.parse(text), text);
        }
        for (long value : new long[] {0, -1, 1L << 44, Long.MIN_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> new TransactionId(value));
        }
        assertThrows(IllegalArgumentException.class, () -> TransactionId.of(1, 0));
    }
}
