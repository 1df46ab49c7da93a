package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: the wish of users for a backoff with a cap, a window and a reset. Method: real programs that crash; what they waited, by what the
 * root has put down.
 */
class BackoffWithCapWindowAndResetSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    /** The texts of a daemon's events of one type, in their order. */
    @SuppressWarnings("unchecked")
    private List<String> texts(String daemon, String type) throws Exception {
        return coppice.ask("events", "--json")
                .out()
                .lines()
                .map(line -> (Map<String, @Nullable Object>) Objects.requireNonNull(Json.parse(line)))
                .filter(event -> daemon.equals(event.get("daemon")) && type.equals(event.get("type")))
                .map(event -> String.valueOf(event.get("text")))
                .toList();
    }

    @Test
    void shouldWaitLongerUpToACapAndThenGiveUp() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  crasher:
                    command: exit 1
                    max_restarts: 6
                    period: 1h
                    backoff: {initial: 10ms, factor: 2, max: 40ms, reset_after: 1h}
                """);
        Coppice.Root root = coppice.startRoot();
        coppice.awaitState("crasher", "failed");
        // The first restart comes at once.
        assertEquals(
                List.of(
                        "restart in 10 ms",
                        "restart in 20 ms",
                        "restart in 40 ms",
                        "restart in 40 ms",
                        "restart in 40 ms"),
                texts("crasher", "backoff"));
        assertEquals(
                List.of("gave up: 7 failures within 3600 s, 6 restarts allowed; last: exit code 1"),
                texts("crasher", "failed"));
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldForgetFailuresThatLeftTheWindow() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  crasher: {command: sleep 0.1; exit 1, max_restarts: 1, period: 50ms, backoff: none}
                """);
        coppice.startRoot();
        coppice.await("crasher", daemon -> daemon.number("restarts") >= 4);
        assertEquals(List.of(), texts("crasher", "failed"));
    }

    @Test
    void shouldBeginAfreshAfterItHasRunForLongEnough() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  crasher:
                    command: sleep 0.2; exit 1
                    max_restarts: unlimited
                    backoff: {initial: 1h, max: 1h, reset_after: 100ms}
                """);
        coppice.startRoot();
        // Without a reset the second restart would come an hour after the first.
        coppice.await("crasher", daemon -> daemon.number("restarts") >= 4);
        assertFalse(texts("crasher", "exited").isEmpty());
        assertEquals(List.of(), texts("crasher", "backoff"));
    }
}
