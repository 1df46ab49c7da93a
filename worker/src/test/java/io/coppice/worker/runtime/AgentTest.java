package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the agent understands of what it is told, and of a stack. Whole programs under it: {@code AgentSystemTest}. */
class AgentTest {
    private static final String LEAST = "instance=shop,name=web,segment=/run/a%2Cb%25/web.seg,lock=/run/web.lock";

    @Test
    void shouldUnderstandItsArguments() {
        AgentArguments arguments = AgentArguments.parse(LEAST
                + ",heartbeat-ms=2000,pool=http-*,pool=a%2Cb,tcp=127.0.0.1:80,http=127.0.0.1:80/health,lib=/a.jar");

        assertEquals("shop", arguments.instance());
        assertEquals("web", arguments.name());
        assertEquals(Path.of("/run/a,b%/web.seg"), arguments.segment());
        assertEquals(2000, arguments.heartbeatMs());
        assertEquals(List.of("http-*", "a,b"), arguments.pools());
        assertEquals(2, arguments.ports().size());
    }

    @Test
    void shouldNameTheArgumentAtFault() {
        assertEquals("agent argument heartbeat-ms: missing", faultOf(LEAST));
        assertEquals("agent argument heartbeat-ms=0: expected 1 or more", faultOf(LEAST + ",heartbeat-ms=0"));
        assertEquals("agent argument heartbeat-ms=x: expected a number", faultOf(LEAST + ",heartbeat-ms=x"));
        assertEquals("agent argument colour: unknown", faultOf(LEAST + ",heartbeat-ms=1,colour=red"));
        assertEquals("agent argument '': expected key=value", faultOf(""));
    }

    private static String faultOf(String text) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, () -> AgentArguments.parse(text))
                .getMessage());
    }

    @Test
    void shouldSeeWhoCalledExit() {
        StackTraceElement[] frames = {
            new StackTraceElement("java.lang.Thread", "join", "Thread.java", 1),
            new StackTraceElement("java.lang.Shutdown", "exit", "Shutdown.java", 2),
            new StackTraceElement("java.lang.Runtime", "exit", "Runtime.java", 3),
            new StackTraceElement("java.lang.System", "exit", "System.java", 4),
            new StackTraceElement("shop.Orders", "giveUp", "Orders.java", 5),
        };

        assertEquals(
                "System.exit by thread \"main\"\n  at shop.Orders.giveUp(Orders.java:5)",
                AgentExit.exitIn("main", frames));
        assertNull(AgentExit.exitIn("main", new StackTraceElement[] {frames[4]}));
        assertNull(AgentExit.exitIn("SIGTERM handler", new StackTraceElement[] {frames[0], frames[1]}));
    }
}
