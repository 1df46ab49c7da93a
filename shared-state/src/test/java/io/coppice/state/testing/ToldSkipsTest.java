package io.coppice.state.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.Extension;
import org.opentest4j.TestAbortedException;

class ToldSkipsTest {
    @Test
    void shouldGiveTheReasonAsTheTestHasIt() {
        String reason = "no right to make namespaces";

        assertEquals(
                reason,
                ToldSkips.reason(assertThrows(TestAbortedException.class, () -> assumeTrue(1 + 1 == 3, reason))));
        assertEquals(reason, ToldSkips.reason(assertThrows(TestAbortedException.class, () -> abort(reason))));
    }

    @Test
    void shouldBeThereForEachTest() {
        assertTrue(ServiceLoader.load(Extension.class).stream().anyMatch(found -> found.type() == ToldSkips.class));
    }
}
