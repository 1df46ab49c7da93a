package io.coppice.worker.runtime;

import io.coppice.state.Checksum;

/**
 * What the manifest declares for the contents of a worker's segment as a whole.
 *
 * @param resume what a restart starts from
 * @param evolve what happens when the daemon's layout is not the segment's
 * @param checkpointEveryMs a commit of a step that comes so long after the last checkpoint takes the next one; 0 none
 * @param checkpointEveryCommits each so many commits of steps take one; 0 none
 * @param checksum what the segment keeps from now on
 */
record StatePolicy(
        Resume resume, Evolve evolve, long checkpointEveryMs, long checkpointEveryCommits, Checksum checksum) {
    /** What holds if the manifest says nothing. */
    static final StatePolicy DEFAULT = new StatePolicy(Resume.RESUME, Evolve.REFUSE, 0, 0, Checksum.NONE);

    enum Resume {
        RESUME,
        ZERO,
        ASK
    }

    enum Evolve {
        REFUSE,
        ZERO,
        MIGRATE
    }
}
