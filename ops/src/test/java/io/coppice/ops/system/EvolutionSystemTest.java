package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: code of another layout never costs a daemon its data, whatever its poison rule says. Method: a real root; a daemon
 * that is started again with a wider record, refused, with a migration that throws, and with one that works.
 */
class EvolutionSystemTest {
    private static final String MANIFEST = """
            instance: shop
            daemons:
              relaid:
                main: io.coppice.ops.system.daemons.Relaid
                classpath: [$JAR]
                args: [%s]
                evolve: %s
                environment: {MIGRATION: %s}
                jvm: {heap: 16MiB}
                max_restarts: 2
                poison: {crashes: 1, then: [empty]}
                backoff: none
            """;

    @RegisterExtension
    final Coppice coppice = new Coppice();

    @Test
    void shouldKeepTheDataFromCodeOfAnotherLayoutUntilAMigrationWorks() throws Exception {
        coppice.manifest(MANIFEST.formatted("narrow", "refuse", "none"));
        Coppice.Root root = coppice.startRoot();
        coppice.await("relaid", d -> d.state().equals("ready") && d.number("commits") >= 6);
        assertEquals(0, root.stop(), root.stderr());

        failsWithItsData(4, "refuse", "none", "io.coppice.state.LayoutMismatchException");
        failsWithItsData(7, "migrate", "throws", "java.lang.IllegalStateException: no way from 6");

        coppice.manifest(MANIFEST.formatted("wide", "migrate", "works"));
        Coppice.Root migrating = coppice.startRoot();
        coppice.await("relaid", d -> d.state().equals("ready") && d.number("incarnation") == 8);
        String state = coppice.ask("state", "relaid").out();
        assertTrue(state.contains("  value    6\n  doubled  12\n"), state);
        assertEquals(0, migrating.stop(), migrating.stderr());
    }

    private void failsWithItsData(long incarnation, String evolve, String migration, String reason) throws Exception {
        coppice.manifest(MANIFEST.formatted("wide", evolve, migration));
        Coppice.Root root = coppice.startRoot();
        coppice.await("relaid", d -> d.state().equals("failed") && d.number("incarnation") == incarnation);
        String events = coppice.ask("events").out();
        assertTrue(events.contains("gave up: 3 failures within"), events);
        assertTrue(events.contains(reason), events);
        assertFalse(events.contains("falls back"), events);
        String state = coppice.ask("state", "relaid").out();
        assertTrue(state.contains("  value  6\n"), state);
        assertEquals(0, root.stop(), root.stderr());
    }
}
