package io.coppice.ops.bench;

import io.coppice.state.Phase;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import java.nio.file.Path;

/** The steps of a daemon, as its segment shows them. */
final class SegmentSteps implements StepView {
    private final ReadOnlySegment segment;
    private long counted;
    private long commitsBefore;

    private SegmentSteps(ReadOnlySegment segment) {
        this.segment = segment;
    }

    /** @throws SegmentException if there is no segment, or none that can be read */
    static SegmentSteps of(Path segment) throws SegmentException {
        return new SegmentSteps(SegmentFile.openReadOnly(segment));
    }

    @Override
    public long incarnation() {
        return segment.incarnation();
    }

    /** A new owner erases what this goes by before it stores its incarnation, so it cannot be its predecessor's. */
    @Override
    public long steps() {
        long incarnation = segment.incarnation();
        long last = segment.lastStepCommit();
        if (last == 0) {
            return 0;
        }
        if (incarnation != counted) {
            counted = incarnation;
            commitsBefore = last - 1;
        }
        return last - commitsBefore;
    }

    @Override
    public int pid() {
        return (int) segment.ownerPid();
    }

    /** Whether the process with the present {@link #incarnation}, asked for before, is ready. */
    boolean ready() {
        return segment.phase() == Phase.READY.code();
    }

    @Override
    public void close() {
        segment.close();
    }
}
