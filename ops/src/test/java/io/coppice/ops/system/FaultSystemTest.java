package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: who looks for the cause of a death finds a JVM's fault where other causes are. Method: a real root, and a worker JVM
 * that stores to where nothing is mapped.
 */
class FaultSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    @Test
    void shouldTellTheFaultThatEndedAJvm() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  faults:
                    main: io.coppice.ops.system.daemons.Faults
                    classpath: [$JAR]
                    jvm: {heap: 16MiB}
                    backoff: none
                """);
        Coppice.Root root = coppice.startRoot();
        Coppice.Daemon successor =
                coppice.await("faults", d -> d.state().equals("ready") && d.number("incarnation") == 2);

        assertEquals("signal", successor.lastExit().get("kind"));
        assertEquals("ABRT", successor.lastExit().get("signal"));
        String fault = String.valueOf(successor.lastExit().get("fault"));
        assertTrue(fault.startsWith("SIGSEGV (0xb) in "), fault);
        Coppice.Result status = coppice.run("status");
        assertTrue(
                status.out()
                        .lines()
                        .anyMatch(line -> line.matches(".* signal ABRT [^:]+ ago: SIGSEGV \\(0xb\\) in .*")),
                status.out());
        Coppice.Result events = coppice.ask("events");
        assertTrue(events.out().contains("SIGSEGV (0xb) in "), events.out());
        Coppice.Result json = coppice.ask("events", "--json");
        assertTrue(
                json.out().lines().anyMatch(line -> line.contains("\"exited\"") && line.contains("SIGSEGV (0xb) in ")),
                json.out());
        assertEquals(0, root.stop(), root.stderr());
    }
}
