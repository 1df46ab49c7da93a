package io.coppice.ops.view;

import io.coppice.ops.view.DaemonTransactions.SlotContents;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RequestInfo;
import io.coppice.state.RequestReader.Request;
import io.coppice.state.RequestStatus;
import io.coppice.state.Requests;
import io.coppice.state.RequestsView;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SnapshotResult;
import io.coppice.state.StateException;
import io.coppice.state.StateView;
import io.coppice.state.StructureType;
import io.coppice.supervisor.plan.SlotName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Looks into the segments of daemons with transactions, whether these live or not. Only reads; one thread. */
public final class TransactionsReader {
    private static final int MAX_SLOTS = 32;

    private final String instance;
    private final Path segmentDirectory;

    /** Opens nothing yet. */
    public TransactionsReader(InstanceDirectory instance) {
        this.instance = instance.name();
        this.segmentDirectory = PlanFile.read(instance).segmentDirectory().orElse(instance.path());
    }

    /** What one daemon has submitted, or why that cannot be read. */
    public DaemonTransactions read(String daemon, List<SlotStatus> slots) {
        try (ReadOnlySegment segment = open(daemon)) {
            Optional<RequestsView> table = table(segment);
            return new DaemonTransactions(daemon, slots, table, contents(daemon, slots, table), Optional.empty());
        } catch (IOException | SegmentException | StateException e) {
            return new DaemonTransactions(
                    daemon, slots, Optional.empty(), Map.of(), Optional.of(String.valueOf(e.getMessage())));
        } catch (OutOfMemoryError e) {
            return new DaemonTransactions(
                    daemon,
                    slots,
                    Optional.empty(),
                    Map.of(),
                    Optional.of("it is too much to copy into this command's heap of "
                            + Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB"));
        }
    }

    /**
     * What one request asks for, also of a daemon that commits without pause.
     *
     * @param id a number that {@link io.coppice.state.RequestId} takes for one
     * @throws IOException if the segment is that of somebody else
     * @throws SegmentException if the segment cannot be read
     */
    public Optional<Request> request(String daemon, long id) throws IOException, SegmentException {
        try (ReadOnlySegment segment = open(daemon)) {
            return segment.requests().find(id);
        }
    }

    /**
     * The last order of the root that a daemon has carried out, by its number.
     *
     * @throws IOException if the segment is that of somebody else
     * @throws SegmentException if the segment cannot be read
     */
    public long orderDone(String daemon) throws IOException, SegmentException {
        try (ReadOnlySegment segment = open(daemon)) {
            return segment.orderDone();
        }
    }

    /** What is in the segments of its slots; the daemon's was read before, so that what is done there is no older than that. */
    private Map<Integer, SlotContents> contents(String daemon, List<SlotStatus> slots, Optional<RequestsView> table) {
        Map<Integer, SlotContents> contents = new HashMap<>();
        IntStream used = table.map(RequestsView::requests).orElse(List.of()).stream()
                .filter(request -> request.status() == RequestStatus.RUNNING)
                .mapToInt(RequestInfo::slot);
        IntStream.concat(slots.stream().mapToInt(SlotStatus::slot), used)
                .filter(slot -> slot >= 1 && slot <= MAX_SLOTS)
                .distinct()
                .forEach(slot -> contents(SlotName.of(daemon, slot)).ifPresent(found -> contents.put(slot, found)));
        return contents;
    }

    /** Empty where it cannot be read; whoever needs it to be there says so. */
    private Optional<SlotContents> contents(String slot) {
        try (ReadOnlySegment segment = open(slot)) {
            long request = segment.requestId();
            return Optional.of(new SlotContents(request, request > 0 && segment.done(request)));
        } catch (IOException | SegmentException | StateException e) {
            return Optional.empty();
        }
    }

    private ReadOnlySegment open(String daemon) throws IOException, SegmentException {
        if (!InstanceName.isValidChild(daemon)) {
            throw new IOException("The name `" + Printable.of(daemon) + "` is damaged; not looking for its segment.");
        }
        Path file = segmentDirectory.resolve(daemon + ".seg");
        ReadOnlySegment segment = SegmentFile.openReadOnly(file);
        if (!segment.header().name().equals(daemon)
                || !segment.header().instance().equals(instance)) {
            String other = segment.header().instance() + "/" + segment.header().name();
            segment.close();
            throw new IOException("The segment " + file + " is that of " + Printable.of(other) + ".");
        }
        return segment;
    }

    private static Optional<RequestsView> table(ReadOnlySegment segment) throws IOException {
        SnapshotResult result = segment.snapshot(List.of(Requests.STRUCTURE));
        if (result instanceof SnapshotResult.Snapshot snapshot) {
            StateView view = snapshot.view();
            return view.structure(Requests.STRUCTURE)
                    .filter(structure -> structure.type() == StructureType.REQUESTS)
                    .map(structure -> view.requests(structure.name()));
        }
        throw new IOException(
                result instanceof SnapshotResult.Damaged damaged
                        ? "The segment is damaged: " + damaged.reason()
                        : "Its contents are being replaced, or it commits faster than they can be copied. Try again.");
    }
}
