package io.coppice.ops.torture;

import io.coppice.ops.torture.job.Structures;
import io.coppice.state.Checkpoint;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentDamagedException;
import io.coppice.state.StateView;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Compares each checkpoint of one writer that is the newest when it is looked for with the model: a process that dies while
 * it takes one leaves the earlier ones, and nothing that is half made. One thread.
 */
final class CheckpointCheck {
    private final String writer;
    private final HeapModel model;
    private final Findings findings;
    private final AtomicLong compared = new AtomicLong();
    private long newest;
    private long commit;

    /** @param model of the writer, for this check alone: checkpoints are of earlier steps than the contents */
    CheckpointCheck(String writer, HeapModel model, Findings findings) {
        this.writer = writer;
        this.model = model;
        this.findings = findings;
    }

    /** Checkpoints compared so far. Any thread. */
    long compared() {
        return compared.get();
    }

    /** Compares the newest checkpoint, unless that was done. */
    void look(ReadOnlySegment segment) {
        List<Checkpoint> kept = segment.checkpoints();
        if (kept.isEmpty() || kept.get(0).number() == newest) {
            return;
        }
        Checkpoint checkpoint = kept.get(0);
        try {
            segment.contents(checkpoint).ifPresent(view -> compare(checkpoint, view));
        } catch (SegmentDamagedException e) {
            findings.add(Fault.TORN, writer + ": " + e.getMessage());
            newest = checkpoint.number();
        }
    }

    private void compare(Checkpoint checkpoint, StateView view) {
        String which = writer + ", checkpoint " + checkpoint.number() + " of commit " + checkpoint.commitSequence();
        if (checkpoint.number() < newest || checkpoint.commitSequence() < commit) {
            findings.add(Fault.LOST, which + ": found after checkpoint " + newest + " of commit " + commit);
            return;
        }
        newest = checkpoint.number();
        commit = checkpoint.commitSequence();
        compared.incrementAndGet();
        Optional<Long> step = view.structure(Structures.PROGRESS)
                .map(progress -> view.record(Structures.PROGRESS, Structures.PROGRESS_LAYOUT)
                        .get(Structures.STEP));
        if (step.isEmpty() || step.get() < model.step) {
            findings.add(
                    Fault.TORN, which + ": step " + step.orElse(null) + ", after step " + model.step + " was kept");
            return;
        }
        model.advanceTo(step.get());
        for (String difference : ContentsCheck.differences(view, model)) {
            findings.add(Fault.TORN, which + " at step " + step.get() + ": " + difference);
        }
    }
}
