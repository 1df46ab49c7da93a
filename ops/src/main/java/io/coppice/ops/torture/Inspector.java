package io.coppice.ops.torture;

import io.coppice.ops.torture.job.Script;
import io.coppice.ops.torture.job.Structures;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.state.ChecksumVerdict;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RecordView;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SnapshotResult;
import io.coppice.state.StateView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Looks into all segments, read-only, whatever their owners are doing or not doing any more, and compares what is there with
 * the models. One thread, but for what says otherwise.
 */
final class Inspector implements AutoCloseable {
    /** Asking for the checksum of a segment whose owner commits all the time takes half a second, and fails. */
    private static final int LOOKS_PER_CHECKSUM = 32;

    private final Map<String, ReadOnlySegment> segments = new HashMap<>();
    /** Others than those the inspection reads: one is for one thread only. */
    private final List<ReadOnlySegment> counted = new ArrayList<>();

    private final Map<String, HeapModel> models = new HashMap<>();
    private final Map<String, CheckpointCheck> checkpoints = new HashMap<>();
    private final Map<String, Ledger> ledgers;
    private final Findings findings;
    private final AtomicLong snapshots = new AtomicLong();
    private int looks;

    /**
     * Opens all.
     *
     * @throws SegmentException if a segment is not there, or is none
     */
    Inspector(InstanceDirectory instance, long seed, Map<String, Ledger> ledgers, Findings findings)
            throws SegmentException {
        this.ledgers = Map.copyOf(ledgers);
        this.findings = findings;
        List<String> names = new ArrayList<>(Structures.WRITERS);
        names.addAll(Structures.READERS);
        for (String name : names) {
            segments.put(name, SegmentFile.openReadOnly(instance.path().resolve(name + ".seg")));
            counted.add(SegmentFile.openReadOnly(instance.path().resolve(name + ".seg")));
        }
        for (int i = 0; i < Structures.WRITERS.size(); i++) {
            String writer = Structures.WRITERS.get(i);
            models.put(writer, new HeapModel(seed, i));
            checkpoints.put(writer, new CheckpointCheck(writer, new HeapModel(seed, i), findings));
        }
    }

    /** Snapshots that were compared so far. Any thread. */
    long snapshots() {
        return snapshots.get();
    }

    /** Checkpoints that were compared so far. Any thread. */
    long checkpoints() {
        return checkpoints.values().stream()
                .mapToLong(CheckpointCheck::compared)
                .sum();
    }

    /** Commits of all daemons so far. One thread, which may be another than that of the rest. */
    long commits() {
        return counted.stream()
                .mapToLong(ReadOnlySegment::commitSequenceAcquire)
                .sum();
    }

    /** Compares everything once; what is too busy to be copied is left to the next time. */
    void inspect() {
        if (looks++ % LOOKS_PER_CHECKSUM == 0) {
            checksums();
        }
        Map<String, StateView> readers = new HashMap<>();
        for (String reader : Structures.READERS) {
            snapshot(reader).ifPresent(view -> readers.put(reader, view));
        }
        for (String writer : Structures.WRITERS) {
            Objects.requireNonNull(checkpoints.get(writer)).look(Objects.requireNonNull(segments.get(writer)));
            Optional<StateView> view = snapshot(writer);
            if (view.isPresent() && view.get().structure(Structures.PROGRESS).isPresent()) {
                compare(writer, view.get());
                readers.forEach((name, reader) -> ReadingCheck.check(name, reader, writer, model(writer), findings));
            }
        }
    }

    private void checksums() {
        segments.forEach((name, segment) -> {
            if (segment.checksum() == ChecksumVerdict.WRONG) {
                findings.add(Fault.TORN, name + ": the arena is not what its checksum says");
            }
        });
    }

    private void compare(String writer, StateView view) {
        RecordView progress = view.record(Structures.PROGRESS, Structures.PROGRESS_LAYOUT);
        long step = progress.get(Structures.STEP);
        HeapModel model = model(writer);
        if (step < model.step) {
            findings.add(Fault.LOST, writer + " is at step " + step + ", after step " + model.step + " was seen");
            return;
        }
        Objects.requireNonNull(ledgers.get(writer)).seen(progress.get(Structures.INCARNATION), step, "a snapshot");
        if (step >= Script.NEVER) {
            return;
        }
        model.advanceTo(step);
        for (String difference : ContentsCheck.differences(view, model)) {
            findings.add(Fault.TORN, writer + " at step " + step + ": " + difference);
        }
        snapshots.incrementAndGet();
    }

    /** The step that a writer's contents were of when they were last looked at. */
    long step(String writer) {
        return model(writer).step;
    }

    /** Whether every reader has received every message that the writers' last snapshots had sent. */
    boolean allReceived() {
        for (String reader : Structures.READERS) {
            Optional<StateView> view = snapshot(reader);
            for (String writer : Structures.WRITERS) {
                if (view.isEmpty()
                        || ReadingCheck.received(view.get(), writer)
                                < model(writer).sent()) {
                    return false;
                }
            }
        }
        return true;
    }

    private HeapModel model(String writer) {
        return Objects.requireNonNull(models.get(writer));
    }

    private Optional<StateView> snapshot(String name) {
        SnapshotResult result = Objects.requireNonNull(segments.get(name)).snapshot();
        if (result instanceof SnapshotResult.Snapshot snapshot) {
            return Optional.of(snapshot.view());
        }
        if (result instanceof SnapshotResult.Damaged damaged) {
            findings.add(Fault.TORN, name + ": " + damaged.reason());
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        segments.values().forEach(ReadOnlySegment::close);
        counted.forEach(ReadOnlySegment::close);
    }
}
