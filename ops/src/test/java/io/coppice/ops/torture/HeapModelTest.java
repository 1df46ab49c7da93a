package io.coppice.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.coppice.ops.torture.job.Message;
import org.junit.jupiter.api.Test;

class HeapModelTest {
    /** A long torture sends without end: what is kept of that must have one. */
    @Test
    void shouldKeepTheLatestMessagesOnly() {
        HeapModel model = new HeapModel(1, 1);
        long[] last = new long[3];
        int all = 3 * HeapModel.DIGESTS_KEPT;
        long digest = 0;
        for (int i = 1; i <= all; i++) {
            model.send(1);
            digest = Message.digest(digest, i, model.step);
            last[i % 3] = digest;
        }
        assertEquals(all, model.sent());
        assertEquals(last[all % 3], model.digest(all));
        assertEquals(last[(all - 2) % 3], model.digest(all - 2));
        assertThrows(IllegalStateException.class, () -> model.digest(all - HeapModel.DIGESTS_KEPT));
    }
}
