package io.coppice.worker.runtime;

import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.Requests;
import io.coppice.state.State;
import io.coppice.state.StructureInfo;
import io.coppice.state.StructureType;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RequestOrder;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.RootView;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The real world of a daemon's transactions: its own segment, those of its slots, the root's. */
final class SegmentTransactions implements TransactionPort {
    /** A JVM whose heap is full ends, and its successor would end of the same result. */
    private static final long MOST_RESULT_BYTES = Runtime.getRuntime().maxMemory() / 2;

    private final OwnedSegment segment;
    private final String daemon;
    private final TransactionLimits limits;
    private final SlotSegments slots;
    private final ForeignFile<RootView> root;
    private final FailureCauses causes;
    private final RootNotifier notifier;
    private final WorkerPort world;
    private @Nullable State tableOf;
    private @Nullable RequestTable table;
    private @Nullable RootView rootRead;
    private long rootReadAt = -1;
    private final String[] names;

    /** By slot: whether that has been told. */
    private final boolean[] unsound;

    private Optional<RootOrder> order = Optional.empty();

    SegmentTransactions(
            OwnedSegment segment,
            String daemon,
            DaemonTransactions declared,
            Path ownDirectory,
            RootNotifier notifier,
            WorkerPort world) {
        this.segment = segment;
        this.daemon = daemon;
        this.limits = declared.limits();
        this.names = new String[limits.slots()];
        this.unsound = new boolean[limits.slots()];
        Arrays.setAll(names, slot -> daemon + "@" + (slot + 1));
        this.slots = new SlotSegments(declared.slots());
        this.root = new ForeignFile<>(declared.root(), RootView::open);
        String all = daemon + "@transactions";
        Path reports = ownDirectory.resolveSibling(OwnerFiles.directory(Path.of(""), all));
        this.causes = new FailureCauses(declared.logs(), reports, all, new OomKills());
        this.notifier = notifier;
        this.world = world;
    }

    @Override
    public RequestTable table() {
        State present = segment.state();
        RequestTable known = table;
        if (known == null || present != tableOf) {
            known = new StoredRequests(requestsIn(present));
            table = known;
            tableOf = present;
        }
        return known;
    }

    /** One that is there may have other sizes, if the segment could not be given another size yet. */
    private Requests requestsIn(State state) {
        for (StructureInfo structure : state.structures()) {
            if (structure.type() == StructureType.REQUESTS) {
                return segment.requests(structure.capacity(), (int) structure.parameter2());
            }
        }
        return segment.requests(limits.entries(), limits.inputBytes());
    }

    /** One that was made since the last commit is gone. */
    @Override
    public void rolledBack() {
        table = null;
    }

    @Override
    public long timeline() {
        return segment.timeline();
    }

    @Override
    public long word(int slot) {
        return segment.request(slot);
    }

    @Override
    public void publish(int slot, long word) {
        segment.request(slot, word);
    }

    @Override
    public long orderDone() {
        return segment.orderDone();
    }

    @Override
    public void orderDone(long number) {
        segment.orderDone(number);
    }

    @Override
    public void hint() {
        notifier.wordsChanged();
    }

    @Override
    public long contentsOf(int slot) {
        return slots.contentsOf(slot, nanoTime());
    }

    @Override
    public void lookAnew(int slot) {
        slots.lookAnew(slot);
    }

    @Override
    public boolean done(int slot, long id) {
        long nowNs = nanoTime();
        root.look(nowNs); // Another file may be in its place, and of the old one nobody hears any more.
        return slots.done(slot, id, nowNs);
    }

    @Override
    public SlotResult result(int slot, long id) {
        return slots.result(slot, id, MOST_RESULT_BYTES);
    }

    @Override
    public boolean isSound(int slot) {
        boolean sound = slots.isSound(slot, nanoTime());
        if (!sound && !unsound[slot - 1]) {
            log("slot " + slot + ": " + slots.file(slot)
                    + " is no segment any more. The next process there makes it anew; if it cannot, its log says why, and the slot is given"
                    + " nothing to do while another one is sound");
        }
        unsound[slot - 1] = !sound;
        return sound;
    }

    @Override
    public void reopen(int slot) {
        slots.reopen(slot);
    }

    @Override
    public boolean tells(int slot) {
        return slots.tells(slot, nanoTime());
    }

    @Override
    public boolean rootMoved() {
        RootView view = root.mapped();
        return view == null || view != rootRead || view.commitSequenceAcquire() != rootReadAt;
    }

    /** Which number first: what is committed after that is seen next time. */
    @Override
    public void rootRead() {
        RootView view = root.look(nanoTime());
        rootRead = view;
        if (view != null) {
            rootReadAt = view.commitSequenceAcquire();
            order = child(daemon).flatMap(ChildInfo::order).map(SegmentTransactions::order);
        }
    }

    private Optional<ChildInfo> child(String name) {
        RootView view = root.look(nanoTime());
        return view == null ? Optional.empty() : view.child(name);
    }

    private static RootOrder order(RequestOrder order) {
        RootOrder.What what = switch (order.code()) {
            case RETRY -> RootOrder.What.RETRY;
            case DROP -> RootOrder.What.DROP;
            case RETRY_AFRESH -> RootOrder.What.RETRY_AFRESH;
        };
        return new RootOrder(order.number(), what, order.requestId());
    }

    @Override
    public Optional<SlotRow> row(int slot) {
        return child(names[slot - 1]).map(SegmentTransactions::row);
    }

    private static SlotRow row(ChildInfo child) {
        boolean down = child.state() == ChildStateCode.STOPPED
                || child.state() == ChildStateCode.FAILED
                || child.state() == ChildStateCode.COMPLETED;
        return new SlotRow(
                child.request(),
                down && child.pid() == 0,
                child.state() == ChildStateCode.FAILED,
                child.state() == ChildStateCode.COMPLETED,
                attempts(child),
                child.lastExit());
    }

    /** Those that failed; the one that asked not to be tried again is not counted as a failure. */
    private static int attempts(ChildInfo child) {
        boolean askedToEnd =
                child.lastExit().filter(exit -> exit.code() == ExitCode.FAIL).isPresent();
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, child.failureCount() + (askedToEnd ? 1 : 0)));
    }

    @Override
    public long orderNumber() {
        return order.isEmpty() ? 0 : order.get().number();
    }

    @Override
    public Optional<RootOrder> order() {
        return order;
    }

    @Override
    public String cause(int slot, SlotRow row) {
        return causes.of(row.lastExit(), slots.lastWords(slot, row.request()), slots.lastPid(slot), slots.file(slot));
    }

    @Override
    public long nanoTime() {
        return world.nanoTime();
    }

    @Override
    public long epochMs() {
        return System.currentTimeMillis();
    }

    @Override
    public void log(String line) {
        world.log(line, null);
    }
}
