package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RequestIdTest {
    @Test
    void shouldBeMadeOfTimelineAndSequence() {
        long id = RequestId.of(1, 17);
        assertEquals((1L << 44) | 17, id);
        assertEquals(1, RequestId.timeline(id));
        assertEquals(17, RequestId.sequence(id));
        assertEquals("1-17", RequestId.text(id));
        assertTrue(RequestId.isOf(id, 1));
        assertFalse(RequestId.isOf(id, 2));
    }

    @Test
    void shouldBePositiveOnEveryTimeline() {
        for (long timeline : new long[] {0, 1, (1L << 19) - 1, 1L << 19, (1L << 19) + 1, Long.MAX_VALUE}) {
            for (long sequence : new long[] {1, RequestId.MAX_SEQUENCE}) {
                long id = RequestId.of(timeline, sequence);
                assertTrue(RequestId.isValid(id), () -> timeline + "-" + sequence);
                assertTrue(RequestId.isOf(id, timeline));
                assertEquals(OptionalLong.of(id), RequestId.parse(RequestId.text(id)));
            }
        }
        assertTrue(RequestId.of(1, 5) > RequestId.of(0, RequestId.MAX_SEQUENCE));
    }

    @Test
    void shouldRefuseWhatIsNoId() {
        assertThrows(IllegalArgumentException.class, () -> RequestId.of(-1, 1));
        assertThrows(IllegalArgumentException.class, () -> RequestId.of(1, 0));
        assertThrows(IllegalArgumentException.class, () -> RequestId.of(1, RequestId.MAX_SEQUENCE + 1));
        for (long id : new long[] {0, -1, 1L << 44, Long.MIN_VALUE}) {
            assertFalse(RequestId.isValid(id));
        }
        for (String text : new String[] {
            "", "1", "-1", "1-", "1-0", "a-1", "1-1-1", "524288-1", "1-17592186044416", "1 -1", "99999999999999999999-1"
        }) {
            assertEquals(OptionalLong.empty(), RequestId.parse(text), text);
        }
    }
}
