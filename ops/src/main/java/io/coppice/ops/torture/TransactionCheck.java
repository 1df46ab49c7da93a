package io.coppice.ops.torture;

import io.coppice.ops.torture.job.TortureSubmitter;
import io.coppice.ops.torture.job.TortureTask;
import io.coppice.state.LongLongMapView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RecordView;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SnapshotResult;
import io.coppice.state.StateView;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Looks into the books of a {@link TortureSubmitter}: whatever was killed, each transaction that it has submitted is under way, or has
 * one outcome. One thread.
 */
final class TransactionCheck implements AutoCloseable {
    private final String name;
    private final ReadOnlySegment segment;
    private final long seed;
    private final Findings findings;
    private long submitted;
    private long adopted;
    private long failed;
    private long discarded;
    private long underWay;
    private boolean atEnd;

    private TransactionCheck(String name, ReadOnlySegment segment, long seed, Findings findings) {
        this.name = name;
        this.segment = segment;
        this.seed = seed;
        this.findings = findings;
    }

    /** @throws SegmentException if there is no segment, or none that can be read */
    static TransactionCheck open(String name, Path segment, long seed, Findings findings) throws SegmentException {
        return new TransactionCheck(name, SegmentFile.openReadOnly(segment), seed, findings);
    }

    /** Looks once; what is too busy to be copied is left to the next time. */
    void look() {
        if (!(segment.snapshot() instanceof SnapshotResult.Snapshot snapshot)) {
            return;
        }
        Optional<StateView> view = Optional.of(snapshot.view())
                .filter(there -> there.structure(TortureSubmitter.UNDER_WAY).isPresent());
        view.ifPresent(this::compare);
    }

    private void compare(StateView view) {
        RecordView books = view.record(TortureSubmitter.BOOKS, TortureSubmitter.LAYOUT);
        LongLongMapView open = view.longLongMap(TortureSubmitter.UNDER_WAY);
        String before = toString();
        boolean fewer =
                books.get(TortureSubmitter.SUBMITTED) < submitted || books.get(TortureSubmitter.ADOPTED) < adopted;
        submitted = books.get(TortureSubmitter.SUBMITTED);
        adopted = books.get(TortureSubmitter.ADOPTED);
        failed = books.get(TortureSubmitter.FAILED);
        discarded = books.get(TortureSubmitter.DISCARDED);
        underWay = open.size();
        atEnd = underWay == 0;
        if (fewer) {
            findings.add(Fault.LOST, name + ": " + this + ", after " + before);
        }
        if (submitted != adopted + failed + discarded + underWay) {
            findings.add(Fault.LOST, name + ": " + this);
        }
        if (books.get(TortureSubmitter.TWICE) > 0) {
            findings.add(Fault.PHANTOM, name + ": an outcome came twice; " + this);
        }
        if (books.get(TortureSubmitter.WRONG) > 0) {
            findings.add(Fault.TORN, name + ": a result is not what its task computes; " + this);
        }
        if (atEnd) {
            compareSums(books);
        }
    }

    private void compareSums(RecordView books) {
        long expected = 0;
        for (long number = 1; number <= submitted; number++) {
            expected += TortureTask.expected(seed, number);
        }
        if (books.get(TortureSubmitter.SUM) + books.get(TortureSubmitter.SUM_WITHOUT_RESULT) != expected) {
            findings.add(Fault.TORN, name + ": the sum over all results is not what it must be; " + this);
        }
    }

    /** Whether all had an outcome when it was looked at last. */
    boolean atEnd() {
        return atEnd;
    }

    /** Results that have been adopted. */
    long adopted() {
        return adopted;
    }

    @Override
    public String toString() {
        return submitted + " transactions submitted, " + adopted + " adopted, " + failed + " failed, " + discarded
                + " discarded, " + underWay + " under way";
    }

    @Override
    public void close() {
        segment.close();
    }
}
