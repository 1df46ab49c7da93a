package io.coppice.supervisor.core;

/**
 * What makes a child a slot for transactions: it is up only while its daemon's segment asks for something to be worked on there.
 *
 * @param daemon index of the daemon whose requests it works on, which comes before it
 * @param number its place among the slots of that daemon, from 1
 * @param pool index of the child whose standbys serve all slots of that daemon: the first of them
 * @param timeoutNs how long an attempt may take, from ready to KILL; 0 as long as it likes
 */
public record Slot(int daemon, int number, int pool, long timeoutNs) {
    public Slot {
        if (daemon < 0 || number < 1 || pool <= daemon || timeoutNs < 0) {
            throw new IllegalArgumentException("slot " + number + " of child " + daemon + ", with the standbys of "
                    + pool + ", timeout " + timeoutNs + " ns");
        }
    }
}
