package io.coppice.worker.runtime;

import io.coppice.state.Checkpoint;
import io.coppice.state.OwnedSegment;
import io.coppice.state.Phase;
import io.coppice.state.SegmentException;
import io.coppice.state.StateView;
import io.coppice.worker.Daemon;
import io.coppice.worker.PreviousExit;
import io.coppice.worker.RecoveryContext;
import io.coppice.worker.ResumeFrom;
import java.util.List;
import java.util.Optional;

/**
 * Makes the contents of a recovered segment those that this incarnation shall start from: finishes a migration that the
 * predecessor died in, steps back if the root says so, or else does what {@code resume} says. Loop thread, before start.
 */
final class StartingContents {
    private final OwnedSegment segment;
    private final StatePolicy policy;
    private final WorkerPort port;

    StartingContents(OwnedSegment segment, StatePolicy policy, WorkerPort port) {
        this.segment = segment;
        this.policy = policy;
        this.port = port;
    }

    /**
     * Tells the root when user code decides or migrates, since each of these has a timeout of its own; the phase is STARTING
     * before and after.
     *
     * @throws SegmentException if what is stepped back from cannot be kept; it is as it was
     * @throws Exception what the daemon's recover or migrate threw; the contents are as they were
     */
    void prepare(Daemon daemon, Optional<PreviousExit> previousExit, Optional<ReleaseLine.Fallback> fallback)
            throws Exception {
        if (segment.isDamaged()) {
            replaceDamaged(fallback);
            return;
        }
        if (segment.migrationPending()) {
            finishMigration(daemon);
        }
        if (fallback.isPresent()) {
            fallBack(fallback.get());
        } else if (segment.state().commitSequence() > 0) {
            resume(daemon, previousExit);
        }
    }

    private void finishMigration(Daemon daemon) throws Exception {
        switch (policy.evolve()) {
            case MIGRATE -> {
                port.log("migrating again: the predecessor died in it", null);
                port.phase(Phase.MIGRATING);
                segment.migrate(new ToldMigration(daemon, port));
                port.phase(Phase.STARTING);
            }
            case ZERO -> segment.empty(false);
            case REFUSE ->
                throw new IllegalStateException("The predecessor died in a migration, and the manifest now says"
                        + " `evolve: refuse`. Set it back to `migrate`, or bring the old contents back: coppice state "
                        + segment.header().name() + " --abandoned, then coppice restore.");
        }
    }

    /** What cannot be used is kept aside as well, unless the manifest wants nothing of it anyway. */
    private void replaceDamaged(Optional<ReleaseLine.Fallback> fallback) throws SegmentException {
        if (fallback.isPresent()) {
            fallBack(fallback.get());
        } else if (policy.resume() == StatePolicy.Resume.ZERO) {
            segment.empty(false);
        }
    }

    /** A checkpoint of what an earlier step back abandoned is passed by: that one may have been a fall-back, too. */
    private void fallBack(ReleaseLine.Fallback to) throws SegmentException {
        boolean damaged = segment.isDamaged();
        String reason = damaged ? ": the contents were damaged" : ": processes kept dying on the last commit";
        if (to == ReleaseLine.Fallback.EMPTY) {
            segment.empty(true);
            port.log("fell back to an empty state" + reason + setAside(), null);
            return;
        }
        for (Checkpoint checkpoint : segment.checkpoints()) {
            boolean thisCommit = !damaged
                    && checkpoint.timeline() == segment.timeline()
                    && checkpoint.commitSequence() == segment.commitSequence();
            if (!thisCommit && !segment.wasAbandoned(checkpoint) && segment.verify(checkpoint)) {
                segment.restore(checkpoint);
                port.log(
                        "fell back to the checkpoint of commit " + checkpoint.commitSequence() + reason + setAside(),
                        null);
                return;
            }
        }
        if (damaged) {
            port.log("there is no sound checkpoint to fall back to", null);
            segment.state(); // Tells what is damaged.
        }
        port.log("there is no sound checkpoint of another commit to fall back to; resuming at the last commit", null);
    }

    private void resume(Daemon daemon, Optional<PreviousExit> previousExit) throws Exception {
        switch (policy.resume()) {
            case RESUME -> {}
            case ZERO -> {
                String lost = "commit " + segment.commitSequence() + " of timeline " + segment.timeline();
                segment.empty(false);
                port.log("starting empty, as declared (`resume: zero`); " + lost + " is not kept", null);
            }
            case ASK -> {
                port.phase(Phase.RECOVERING);
                ResumeFrom answer = daemon.recover(new Facts(previousExit));
                if (answer == null) {
                    throw new IllegalStateException(
                            daemon.getClass().getName() + ".recover() returned null, expected a ResumeFrom");
                }
                follow(answer);
                port.phase(Phase.STARTING);
            }
        }
    }

    private void follow(ResumeFrom answer) throws SegmentException {
        switch (answer.kind()) {
            case LAST_COMMIT -> {}
            case ZERO -> {
                segment.empty(true);
                port.log("starting empty, as recover() answered" + setAside(), null);
            }
            case CHECKPOINT -> {
                Checkpoint checkpoint = answer.checkpoint().orElseThrow();
                segment.restore(checkpoint);
                port.log(
                        "went back to the checkpoint of commit " + checkpoint.commitSequence()
                                + ", as recover() answered" + setAside(),
                        null);
            }
        }
    }

    private String setAside() {
        return segment.setAside()
                .map(kept -> "; what was there is set aside as " + kept.id())
                .orElse("");
    }

    /** What the daemon is told. */
    private final class Facts implements RecoveryContext {
        private final Optional<PreviousExit> previousExit;

        Facts(Optional<PreviousExit> previousExit) {
            this.previousExit = previousExit;
        }

        @Override
        public long commitSequence() {
            return segment.state().commitSequence();
        }

        @Override
        public long timeline() {
            return segment.timeline();
        }

        @Override
        public List<Checkpoint> checkpoints() {
            return segment.checkpoints().stream().filter(segment::verify).toList();
        }

        @Override
        public Optional<PreviousExit> previousExit() {
            return previousExit;
        }

        @Override
        public StateView contents() {
            return segment.copy();
        }
    }
}
