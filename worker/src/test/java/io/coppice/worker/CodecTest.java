package io.coppice.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CodecTest {
    @Test
    void shouldDecodeWhatItEncodes() {
        assertEquals("Grüße", Codec.UTF_8.decode(Codec.UTF_8.encode("Grüße")));
        assertEquals(-2L, Codec.INT64.decode(Codec.INT64.encode(-2L)));
        byte[] bytes = {1, 2};
        assertEquals(bytes, Codec.BYTES.decode(Codec.BYTES.encode(bytes)));
    }

    @Test
    void shouldRefuseWhatIsNoSuchValue() {
        IllegalArgumentException noText =
                assertThrows(IllegalArgumentException.class, () -> Codec.UTF_8.decode(new byte[] {(byte) 0xff}));
        assertTrue(String.valueOf(noText.getMessage()).startsWith("1 bytes: expected text in UTF-8"));
        assertThrows(IllegalArgumentException.class, () -> Codec.INT64.decode(new byte[7]));
    }
}
