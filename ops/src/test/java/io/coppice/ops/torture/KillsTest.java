package io.coppice.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KillsTest {
    @Test
    void shouldKillDaemonsAndStandbysInStep() {
        Kills kills = new Kills(200, 1000, 0, 0);
        assertTrue(kills.mayKillDaemon(0, 0, 0));
        assertTrue(kills.mayKillDaemon(20, 0, 0));
        assertFalse(kills.mayKillDaemon(21, 0, 0), "standbys lag behind");
        assertTrue(kills.mayKillDaemon(21, 5, 0));
        int daemons = 0;
        for (int standbys = 0; standbys <= 1000; standbys++) {
            while (kills.mayKillDaemon(daemons, standbys, 0)) {
                daemons++;
            }
        }
        assertEquals(200, daemons);
        assertTrue(kills.mayKillDaemon(199, 1000, 0));
        assertFalse(kills.mayKillDaemon(200, 1000, 0));
    }

    @Test
    void shouldKillDaemonsAndTransactionsInStep() {
        Kills kills = new Kills(200, 0, 1000, 0);
        assertTrue(kills.mayKillDaemon(20, 0, 0));
        assertFalse(kills.mayKillDaemon(21, 0, 0), "transactions lag behind");
        assertTrue(kills.mayKillDaemon(21, 0, 5));
        assertTrue(kills.mayKillDaemon(199, 0, 1000));
        assertTrue(kills.mayKillTransaction(0, 20));
        assertFalse(kills.mayKillTransaction(0, 21), "daemons lag behind");
        assertTrue(kills.mayKillTransaction(1, 21));
        assertTrue(kills.mayKillTransaction(200, 999));
        assertFalse(kills.mayKillTransaction(200, 1000));
    }

    @Test
    void shouldNotWaitForStandbysThatAreNotToDie() {
        assertTrue(new Kills(200, 0, 0, 0).mayKillDaemon(199, 0, 0));
        assertFalse(new Kills(200, 0, 0, 0).mayKillDaemon(200, 0, 0));
    }

    @Test
    void shouldKillRootsAllAlongTheWay() {
        Kills kills = new Kills(100, 50, 50, 10);
        assertTrue(kills.mayKillRoot(0, 0));
        assertFalse(kills.mayKillRoot(1, 19), "the others lag behind");
        assertTrue(kills.mayKillRoot(1, 20));
        assertTrue(kills.mayKillRoot(9, 200));
        assertFalse(kills.mayKillRoot(10, 200));
        assertTrue(new Kills(0, 0, 0, 3).mayKillRoot(2, 0), "with nobody else to kill");
    }
}
