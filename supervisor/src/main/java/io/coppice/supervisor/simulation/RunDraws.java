package io.coppice.supervisor.simulation;

/**
 * A run's draws. What came later draws from a sequence of its own, so that the seeds that were found before still mean what they
 * meant.
 */
final class RunDraws {
    final Draws main;
    final Draws stages;
    final Draws bodies;
    final Draws standbys;

    /** Zombies, pids, stalls, and what strikes so and so often an hour. */
    final Draws latest;

    /** Groups, and who goes down with whom. */
    final Draws together;

    /** How processes are asked to end, what they end with, and whose end is that of others. */
    final Draws ends;

    /** Children that become others by a reload, and those that only serve others. */
    final Draws kinds;

    /** Transactions. */
    final Draws tasks;

    RunDraws(long seed) {
        main = new Draws(seed);
        stages = new Draws(-seed);
        bodies = new Draws(~(31 * seed));
        standbys = new Draws(~(37 * seed));
        latest = new Draws(~(41 * seed));
        together = new Draws(~(43 * seed));
        ends = new Draws(~(47 * seed));
        kinds = new Draws(~(53 * seed));
        tasks = new Draws(~(59 * seed));
    }
}
