package io.coppice.ops.demo.thumbnails.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ThumbnailOrderTest {
    @Test
    void shouldComeOutOfItsBytesWhateverTheNamesAre() {
        ThumbnailOrder order = new ThumbnailOrder(Path.of("/a b/\n\t.png"), Path.of("/to,\""), 160);

        assertEquals(order, ThumbnailOrder.CODEC.decode(ThumbnailOrder.CODEC.encode(order)));
        assertEquals(Path.of("/to,\"/\n\t.png.png"), order.thumbnail());
    }

    @Test
    void shouldRefuseBytesThatAreNone() {
        byte[] none = "x".getBytes(StandardCharsets.US_ASCII);
        assertThrows(IllegalArgumentException.class, () -> ThumbnailOrder.CODEC.decode(none));
    }
}
