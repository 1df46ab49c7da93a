package io.coppice.ops.view;

import io.coppice.ops.view.RootTable.Reading;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.RootSnapshot.EventInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the root's ring of events from where it last stopped. Outlives the root, whose successor goes on in the same ring,
 * and a ring that was made anew. One thread.
 */
public final class EventReader implements AutoCloseable {
    private static final int ROOT_WIDTH = "root".length();

    private final InstanceDirectory instance;
    private final RootTable table;
    private final PlanCache plans;
    private long lastSequence;
    private long generation;

    /** Starts before the oldest event that is kept. */
    public EventReader(InstanceDirectory instance) {
        this.instance = instance;
        this.table = new RootTable(instance.rootSegment());
        this.plans = new PlanCache(instance);
    }

    /** What happened since the last call. Does not wait. */
    public Batch next() {
        Reading reading = table.read();
        if (reading.snapshot().isEmpty()) {
            return new Batch(List.of(), 0, false, ROOT_WIDTH, Optional.of(reading.problem()));
        }
        RootSnapshot snapshot = reading.snapshot().get();
        List<EventInfo> events = snapshot.events();
        long newest = events.isEmpty() ? 0 : events.get(events.size() - 1).sequence();
        boolean first = generation == 0;
        boolean anew = !first && (reading.generation() != generation || newest < lastSequence);
        generation = reading.generation();
        if (anew) {
            lastSequence = 0;
        }
        List<EventRow> rows = new ArrayList<>();
        for (EventInfo event : events) {
            if (event.sequence() > lastSequence) {
                rows.add(row(event));
            }
        }
        // At the first look nothing is lost: what the ring no longer holds was never promised.
        long lost = first || rows.isEmpty() ? 0 : rows.get(0).sequence() - lastSequence - 1;
        lastSequence = newest;
        return new Batch(rows, lost, anew, nameWidth(snapshot.children()), Optional.empty());
    }

    @Override
    public void close() {
        table.close();
    }

    private EventRow row(EventInfo event) {
        return new EventRow(
                event.sequence(),
                Math.max(0, Math.min(event.epochMs(), InstanceReader.MAX_EPOCH_MS)),
                event.child().map(Printable::of),
                event.type().word(),
                Math.max(0, event.pid()),
                Math.max(0, event.incarnation()),
                event.by(),
                text(event));
    }

    /** Of a process that a fault ended also what its JVM's report tells, for as long as that is kept. */
    private String text(EventInfo event) {
        if (event.type() != EventType.EXITED || event.child().isEmpty() || event.pid() <= 0) {
            return event.text();
        }
        Optional<String> fault =
                CrashReport.causeOf(instance, plans.read(), event.child().get(), event.pid(), event.epochMs());
        if (fault.isEmpty()) {
            return event.text();
        }
        return event.text().isEmpty() ? fault.get() : event.text() + ": " + fault.get();
    }

    private static int nameWidth(List<ChildInfo> children) {
        int width = ROOT_WIDTH;
        for (ChildInfo child : children) {
            width = Math.max(width, Printable.of(child.name()).length());
        }
        return width;
    }

    /**
     * Events in order.
     *
     * @param lost how many came and were overwritten between the last batch and this one
     * @param beganAnew whether the ring was made anew since the last batch: sequences start again
     * @param nameWidth of the longest name that can occur
     * @param problem why nothing could be read this time, a sentence
     */
    public record Batch(List<EventRow> rows, long lost, boolean beganAnew, int nameWidth, Optional<String> problem) {}
}
