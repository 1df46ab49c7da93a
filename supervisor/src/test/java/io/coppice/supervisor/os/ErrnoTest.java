package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ErrnoTest {
    @Test
    void shouldAgreeWithTheSystemOnEveryNumberThatDecidesSomething() throws Exception {
        for (var field : Errno.class.getDeclaredFields()) {
            assertEquals(
                    jnr.constants.platform.Errno.valueOf(field.getName()).intValue(),
                    field.getInt(null),
                    field.getName());
        }
    }

    @Test
    void shouldDescribeNumbersKnownAndUnknown() {
        assertEquals("No space left on device (ENOSPC)", Errno.describe(Errno.ENOSPC));
        assertEquals("Connection reset by peer (ECONNRESET)", Errno.describe(104));
        assertEquals("error 4000", Errno.describe(4000));
    }

    @Test
    void shouldPutTheWholeStoryInOneLine() {
        OsException e = OsException.of("Cannot reserve 5 bytes for /a", Errno.EFBIG, "Declare less");
        assertEquals("Cannot reserve 5 bytes for /a: File too large (EFBIG). Declare less", e.getMessage());
        assertEquals(Errno.EFBIG, e.errno());
    }
}
