package io.coppice.state.root;

import io.coppice.state.Record;
import java.util.Optional;

/**
 * One child's row of the status table, for the root's duty-cycle thread. Setters change it in place; {@link
 * RootSegment#commit()} makes the changes permanent and visible together. Numbers allocate nothing; texts do.
 */
public final class ChildRow {
    private final Record row;

    ChildRow(Record row) {
        this.row = row;
    }

    /** Empties the row for another child. Set its state and wanted state before the next commit: readers refuse a row without. */
    public void reset(String name, ChildKind kind) {
        row.set(RootLayouts.CHILD_KIND, kind.code());
        row.set(RootLayouts.CHILD_STATE, 0);
        row.set(RootLayouts.CHILD_WANTED, 0);
        row.set(RootLayouts.CHILD_PID, 0);
        row.set(RootLayouts.CHILD_START_TICKS, 0);
        row.set(RootLayouts.CHILD_PIDFD_INODE, 0);
        row.set(RootLayouts.CHILD_INCARNATION, 0);
        row.set(RootLayouts.CHILD_RESTARTS, 0);
        row.set(RootLayouts.CHILD_FAILURE_COUNT, 0);
        row.set(RootLayouts.CHILD_HEARTBEAT_SEEN_NS, 0);
        row.set(RootLayouts.CHILD_BACKOFF_UNTIL_NS, 0);
        row.set(RootLayouts.CHILD_SPAWNED_AT_NS, 0);
        row.set(RootLayouts.CHILD_READY_AT_NS, 0);
        row.set(RootLayouts.CHILD_EXIT_KIND, 0);
        row.set(RootLayouts.CHILD_EXIT_CODE, 0);
        row.set(RootLayouts.CHILD_EXIT_SIGNAL, 0);
        row.set(RootLayouts.CHILD_EXIT_AT_EPOCH_MS, 0);
        row.set(RootLayouts.CHILD_REQUEST, 0);
        row.set(RootLayouts.CHILD_ORDER_NUMBER, 0);
        row.set(RootLayouts.CHILD_ORDER, 0);
        row.set(RootLayouts.CHILD_ORDER_ID, 0);
        row.clear(RootLayouts.CHILD_EXIT_TEXT);
        byte[] bytes = Utf8Text.cut(name, RootLayouts.NAME_BYTES);
        row.set(RootLayouts.CHILD_NAME, bytes, 0, bytes.length);
    }

    /** The child's name. */
    public String name() {
        return row.getString(RootLayouts.CHILD_NAME);
    }

    /** What the child is; empty before {@link #reset}. */
    public Optional<ChildKind> kind() {
        return ChildKind.of(row.get(RootLayouts.CHILD_KIND));
    }

    /** Observed state; empty before it is first set. */
    public Optional<ChildStateCode> state() {
        return ChildStateCode.of(row.get(RootLayouts.CHILD_STATE));
    }

    /** Sets the observed state. */
    public void state(ChildStateCode state) {
        row.set(RootLayouts.CHILD_STATE, state.code());
    }

    /** Wanted state; empty before it is first set. */
    public Optional<WantedCode> wanted() {
        return WantedCode.of(row.get(RootLayouts.CHILD_WANTED));
    }

    /** Sets the wanted state. */
    public void wanted(WantedCode wanted) {
        row.set(RootLayouts.CHILD_WANTED, wanted.code());
    }

    /** Process id; 0 when there is no process. */
    public long pid() {
        return row.get(RootLayouts.CHILD_PID);
    }

    /** Sets {@link #pid()}. */
    public void pid(long pid) {
        row.set(RootLayouts.CHILD_PID, pid);
    }

    /** Start time of the process in clock ticks since boot (field 22 of its stat); 0 when there is none. */
    public long startTicks() {
        return row.get(RootLayouts.CHILD_START_TICKS);
    }

    /** Sets {@link #startTicks()}. */
    public void startTicks(long startTicks) {
        row.set(RootLayouts.CHILD_START_TICKS, startTicks);
    }

    /** The inode of the process's pidfd, where the kernel gives each process its own until the next boot; else 0. */
    public long pidfdInode() {
        return row.get(RootLayouts.CHILD_PIDFD_INODE);
    }

    /** Sets {@link #pidfdInode()}. */
    public void pidfdInode(long pidfdInode) {
        row.set(RootLayouts.CHILD_PIDFD_INODE, pidfdInode);
    }

    /** Number of the last spawn; 0 before the first. */
    public long incarnation() {
        return row.get(RootLayouts.CHILD_INCARNATION);
    }

    /** Sets {@link #incarnation()}. */
    public void incarnation(long incarnation) {
        row.set(RootLayouts.CHILD_INCARNATION, incarnation);
    }

    /** Spawns after a death that policy answered, since the last start an operator asked for. */
    public long restarts() {
        return row.get(RootLayouts.CHILD_RESTARTS);
    }

    /** Sets {@link #restarts()}. */
    public void restarts(long restarts) {
        row.set(RootLayouts.CHILD_RESTARTS, restarts);
    }

    /** Failures that count towards giving up. */
    public long failureCount() {
        return row.get(RootLayouts.CHILD_FAILURE_COUNT);
    }

    /** Sets {@link #failureCount()}. */
    public void failureCount(long failureCount) {
        row.set(RootLayouts.CHILD_FAILURE_COUNT, failureCount);
    }

    /** When the heartbeat count was last seen to change, CLOCK_MONOTONIC nanoseconds; 0 never. */
    public long heartbeatSeenNs() {
        return row.get(RootLayouts.CHILD_HEARTBEAT_SEEN_NS);
    }

    /** Sets {@link #heartbeatSeenNs()}. */
    public void heartbeatSeenNs(long heartbeatSeenNs) {
        row.set(RootLayouts.CHILD_HEARTBEAT_SEEN_NS, heartbeatSeenNs);
    }

    /** When the next start is due, CLOCK_MONOTONIC nanoseconds; 0 none. */
    public long backoffUntilNs() {
        return row.get(RootLayouts.CHILD_BACKOFF_UNTIL_NS);
    }

    /** Sets {@link #backoffUntilNs()}. */
    public void backoffUntilNs(long backoffUntilNs) {
        row.set(RootLayouts.CHILD_BACKOFF_UNTIL_NS, backoffUntilNs);
    }

    /** When the process was spawned, CLOCK_MONOTONIC nanoseconds; 0 never. */
    public long spawnedAtNs() {
        return row.get(RootLayouts.CHILD_SPAWNED_AT_NS);
    }

    /** Sets {@link #spawnedAtNs()}. */
    public void spawnedAtNs(long spawnedAtNs) {
        row.set(RootLayouts.CHILD_SPAWNED_AT_NS, spawnedAtNs);
    }

    /** When the child became ready, CLOCK_MONOTONIC nanoseconds; 0 not yet. */
    public long readyAtNs() {
        return row.get(RootLayouts.CHILD_READY_AT_NS);
    }

    /** Sets {@link #readyAtNs()}. */
    public void readyAtNs(long readyAtNs) {
        row.set(RootLayouts.CHILD_READY_AT_NS, readyAtNs);
    }

    /** Of a slot: the request that it is on, negative if that is to be discarded; 0 none. */
    public long request() {
        return row.get(RootLayouts.CHILD_REQUEST);
    }

    /** Sets {@link #request()}. */
    public void request(long request) {
        row.set(RootLayouts.CHILD_REQUEST, request);
    }

    /** Number of the last order that the daemon was given; 0 none. */
    public long orderNumber() {
        return row.get(RootLayouts.CHILD_ORDER_NUMBER);
    }

    /** That order; empty if there is none. */
    public Optional<OrderCode> order() {
        return OrderCode.of(row.get(RootLayouts.CHILD_ORDER));
    }

    /** The request that it is about; 0 all that are quarantined. */
    public long orderId() {
        return row.get(RootLayouts.CHILD_ORDER_ID);
    }

    /** Gives the daemon an order, in place of the one before. */
    public void order(long number, OrderCode order, long requestId) {
        row.set(RootLayouts.CHILD_ORDER_NUMBER, number);
        row.set(RootLayouts.CHILD_ORDER, order.code());
        row.set(RootLayouts.CHILD_ORDER_ID, requestId);
    }

    /**
     * Records how the child last ended.
     *
     * @param exitCode exit code, or -1 when there is none
     * @param signal signal number, or 0 when there is none
     * @param text the cause in words; of what exceeds 160 bytes of UTF-8 the beginning is kept, cut at a word, and {@code …}
     */
    public void lastExit(ExitKind kind, int exitCode, int signal, long atEpochMs, String text) {
        row.set(RootLayouts.CHILD_EXIT_KIND, kind.code());
        row.set(RootLayouts.CHILD_EXIT_CODE, exitCode);
        row.set(RootLayouts.CHILD_EXIT_SIGNAL, signal);
        row.set(RootLayouts.CHILD_EXIT_AT_EPOCH_MS, atEpochMs);
        byte[] bytes = Utf8Text.shorten(text, RootLayouts.TEXT_BYTES);
        row.set(RootLayouts.CHILD_EXIT_TEXT, bytes, 0, bytes.length);
    }

    /** How the child last ended, empty if it never did. Allocates. */
    public Optional<LastExit> lastExit() {
        return ExitKind.of(row.get(RootLayouts.CHILD_EXIT_KIND))
                .map(kind -> new LastExit(
                        kind,
                        (int) row.get(RootLayouts.CHILD_EXIT_CODE),
                        (int) row.get(RootLayouts.CHILD_EXIT_SIGNAL),
                        row.get(RootLayouts.CHILD_EXIT_AT_EPOCH_MS),
                        row.getString(RootLayouts.CHILD_EXIT_TEXT)));
    }
}
