package io.coppice.ops.torture.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class MessageTest {
    @Test
    void shouldBeReadBackAsItWasWritten() throws Exception {
        Message message = new Message(7, 40, 3);
        for (int words = 0; words <= Structures.LONGEST_PAYLOAD_WORDS; words++) {
            byte[] bytes = message.encode(words);
            byte[] within = new byte[bytes.length + 24];
            System.arraycopy(bytes, 0, within, 16, bytes.length);
            assertEquals(message, Message.decode(within, 16, bytes.length));
        }
    }

    @Test
    void shouldBeRefusedWhenAnyByteIsAnother() {
        byte[] bytes = new Message(7, 40, 3).encode(5);
        for (int i = 0; i < bytes.length; i++) {
            byte[] torn = bytes.clone();
            torn[i]++;
            assertThrows(TornMessageException.class, () -> Message.decode(torn, 0, torn.length), "byte " + i);
        }
    }

    @Test
    void shouldBeRefusedWhenItIsCut() {
        byte[] bytes = new Message(7, 40, 3).encode(5);
        for (int length = 0; length < bytes.length; length++) {
            int cut = length;
            assertThrows(TornMessageException.class, () -> Message.decode(bytes, 0, cut), "length " + cut);
        }
    }

    @Test
    void shouldDigestOrderNumbersAndSteps() {
        long right = Message.digest(Message.digest(0, 1, 5), 2, 6);
        assertNotEquals(right, Message.digest(Message.digest(0, 2, 6), 1, 5));
        assertNotEquals(right, Message.digest(Message.digest(0, 1, 5), 2, 7));
        assertNotEquals(right, Message.digest(Message.digest(0, 1, 5), 3, 6));
    }
}
