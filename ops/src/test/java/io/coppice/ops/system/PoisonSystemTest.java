package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: a daemon that its own contents kill falls back to its checkpoint and goes on, and what it fell back from is not
 * lost. Method: a real root and worker JVMs; a daemon that commits what its successors die of.
 */
class PoisonSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    @Test
    void shouldFallBackToTheCheckpointAndBringThePoisonBackOnDemand() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  poisonable:
                    main: io.coppice.ops.system.daemons.Poisonable
                    classpath: [$JAR]
                    jvm: {heap: 16MiB}
                    checkpoints: 1
                    poison: {crashes: 2, then: [checkpoint]}
                    backoff: none
                """);
        Coppice.Root root = coppice.startRoot();
        coppice.await("poisonable", d -> d.number("incarnation") == 4 && d.number("commits") > 10);
        String log = coppice.log("poisonable");
        assertTrue(log.contains("incarnation 2 at 6\n"), log);
        assertTrue(log.contains("incarnation 3 at 6\n"), log);
        assertTrue(log.contains("incarnation 4 at 3\n"), log);
        Coppice.Result events = coppice.ask("events");
        assertTrue(
                events.out()
                        .contains(
                                "2 deaths in a row by its own doing before a step committed: the next incarnation sets"
                                        + " its contents aside and falls back to its newest other checkpoint"),
                events.out());

        assertEquals(0, coppice.run("stop", "poisonable").exitCode());
        Coppice.Result list = coppice.ask("state", "poisonable", "--abandoned");
        assertEquals(1, list.out().lines().count(), list.out());
        String id = list.out().substring(0, list.out().indexOf(':'));
        assertTrue(id.startsWith("T1-C"), list.out());
        Coppice.Result shown = coppice.ask("state", "poisonable", "--abandoned", id);
        assertTrue(shown.out().contains("  value   6\n  poison  1\n"), shown.out());

        Coppice.Result restored = coppice.run("restore", "poisonable", id, "--yes");
        assertEquals("", restored.err());
        assertTrue(restored.out().startsWith("poisonable: restored " + id + "; timeline 3 begins"), restored.out());
        Coppice.Result present = coppice.ask("state", "poisonable");
        assertTrue(present.out().contains("  value   6\n  poison  1\n"), present.out());

        assertEquals(0, coppice.run("start", "poisonable").exitCode());
        coppice.awaitLog("poisonable", text -> text.contains("incarnation 7 at 3\n"));
        assertTrue(coppice.log("poisonable").contains("incarnation 5 at 6\n"), coppice.log("poisonable"));
        coppice.await("poisonable", d -> d.state().equals("ready") && d.number("incarnation") == 7);
        assertEquals(0, root.stop(), root.stderr());

        Coppice.Root fresh = coppice.startRoot("--fresh");
        coppice.awaitLog("poisonable", text -> text.contains("incarnation 8 at 0\n"));
        assertEquals(0, fresh.stop(), fresh.stderr());
    }

    @Test
    void shouldFailAPoisonedDaemonWithItsDataKeptAndForgetWhatIsSetAsideWhenFresh() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  poisonable:
                    main: io.coppice.ops.system.daemons.Poisonable
                    classpath: [$JAR]
                    jvm: {heap: 16MiB}
                    checkpoints: 1
                    poison: {crashes: 2}
                    backoff: none
                """);
        Coppice.Root root = coppice.startRoot();
        coppice.awaitState("poisonable", "failed");
        Coppice.Result events = coppice.ask("events");
        assertTrue(events.out().contains("poisoned: 2 deaths in a row by its own doing"), events.out());
        Coppice.Result kept = coppice.ask("state", "poisonable");
        assertTrue(kept.out().contains("  value   6\n  poison  1\n"), kept.out());

        assertEquals(
                0,
                coppice.run("restore", "poisonable", "--checkpoint", "1", "--yes")
                        .exitCode());
        assertEquals(0, coppice.run("start", "poisonable").exitCode());
        coppice.awaitLog("poisonable", text -> text.contains("incarnation 4 at 3\n"));
        assertEquals(0, root.stop(), root.stderr());
        Coppice.Result aside = coppice.ask("state", "poisonable", "--abandoned");
        assertTrue(aside.out().startsWith("T1-C"), aside.out());

        Coppice.Root fresh = coppice.startRoot("--fresh");
        coppice.awaitState("poisonable", "ready");
        Coppice.Result nothing = coppice.ask("state", "poisonable", "--abandoned");
        assertEquals("nothing of poisonable is set aside\n", nothing.out());
        assertEquals(0, fresh.stop(), fresh.stderr());
    }
}
