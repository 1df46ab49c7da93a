package io.coppice.worker.runtime;

import io.coppice.state.CapacityExceededException;
import io.coppice.state.RequestId;
import io.coppice.worker.Codec;
import io.coppice.worker.Transaction;
import io.coppice.worker.TransactionFailedException;
import io.coppice.worker.TransactionId;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The daemon's side of transactions. Everything it does to the world goes through a {@link TransactionPort}. Loop thread only.
 *
 * <pre>
 *  turn:    adopt() ── step() ── beforeCommit() ── commit ── committed()
 *             │                    │                            └ words to the root, after the commit that they follow from
 *             │                    └ settled again, orders of the root, free slots get what is queued
 *             └ results and failures complete futures, a commit after each; who waits for room gets it
 *  else:    rollback ── rolledBack()
 * </pre>
 *
 * <p>The words are a function of the committed table, and published anew at each start: a death between a commit and its words needs no
 * case of its own. A result is removed from the table by the very commit that has what was made of it, so it counts once; and that commit has
 * nothing else, so that neither the next outcome nor the step that follows can undo it.
 */
final class TransactionLedger {
    /** A loop looks at least this many times within the age of its youngest transaction. */
    private static final long LOOKS_PER_AGE = 16;

    private static final long SHORTEST_PARK_NS = 50_000;
    private static final long LONGEST_PARK_NS = 5_000_000;

    private static final long LOOK_AGAIN_NS = 100_000_000;

    /** While there is something that an operator might give an order for. */
    private static final long LOOK_FOR_ORDERS_NS = 1_000_000_000;

    /**
     * From the last number given to one that a slot may have seen: years of work. A task that writes a larger one into its segment could
     * else use up all that there are; and an old result of that number is long overwritten when its turn comes.
     */
    private static final long FARTHEST = 1L << 32;

    private final TransactionPort port;
    private final TransactionLimits limits;
    private final Takers takers;
    private final OpenRequests open;
    private final SlotAssignment assignment;
    private final Settlement settlement;
    private final Submissions submissions = new Submissions();
    private final RootOrders orders;

    /** By slot: the id whose result nobody has taken up; 0 none. */
    private final long[] kept;

    private long lastSequence;
    private long youngestSinceNs;
    private long rootReadNs;

    /** There is a slot of which nobody can tell at the moment whether it has the result that the root has seen. */
    private boolean untold;

    private boolean foundDue = true;
    private boolean rootDue = true;
    private boolean lostDue = true;
    private boolean giveBackDue = true;

    TransactionLedger(TransactionPort port, TransactionLimits limits) {
        this.port = port;
        this.limits = limits;
        this.takers = new Takers(this::input);
        this.open = new OpenRequests(port, limits.slots());
        this.assignment = new SlotAssignment(port, limits, open);
        this.settlement = new Settlement(port, open, limits.quarantine());
        this.orders = new RootOrders(port, open, this::newId, this::isKept);
        this.kept = new long[limits.slots()];
    }

    /**
     * Once, before the daemon starts, and again when the contents have been replaced. Makes sure that no id of these contents is one that a
     * slot or the root has already seen, and publishes what the last commit says.
     */
    void open() {
        submissions.forgetAll();
        takers.clear();
        settlement.committed();
        open.changed();
        foundDue = true;
        rootDue = true;
        lostDue = true;
        giveBackDue = true;
        lastSequence = Math.max(lastSequence, port.table().lastSequence());
        for (int slot = 1; slot <= limits.slots(); slot++) {
            seen(port.contentsOf(slot));
            seen(port.row(slot).map(SlotRow::request).orElse(0L));
        }
        youngestSinceNs = port.nanoTime();
        Arrays.fill(kept, 0);
        assignment.giveBackLost();
        assignment.publish();
    }

    /** Nothing is left of it where the slot is no more. */
    private void discardLost(Runnable commit) {
        if (!lostDue) {
            return;
        }
        RequestTable table = port.table();
        for (int entry = 0; entry < table.entries(); entry++) {
            if (assignment.isLost(entry) && table.standing(entry) == Standing.DISCARDING) {
                discarded(table.id(entry));
                commit.run();
            }
        }
        lostDue = false;
    }

    private void seen(long request) {
        long id = Math.abs(request);
        if (RequestId.isOf(id, port.timeline()) && RequestId.sequence(id) - lastSequence <= FARTHEST) {
            lastSequence = Math.max(lastSequence, RequestId.sequence(id));
        }
    }

    /** How many may be submitted now. The table may be smaller than declared, where it could not be made larger yet. */
    int room() {
        int underWay = open.queued() + open.running();
        int free = port.table().entries() - underWay - open.quarantined();
        return Math.max(0, Math.min(limits.slots() + limits.queue() - underWay, free));
    }

    /** How many were submitted and have no outcome yet. */
    int unfinished() {
        return open.queued() + open.running();
    }

    /** Puts a new one into the table. @throws io.coppice.state.CapacityExceededException if it is full */
    void submit(Submission<?> submission) {
        admitWaiting();
        if (room() == 0) {
            throw new CapacityExceededException(
                    "transaction of " + submission.task() + ": all " + limits.slots()
                            + " slots are taken, and all " + limits.queue()
                            + " places of the queue; submit later, by submitWhenRoom, or raise the manifest keys `transactions: {slots: …}` or `transactions: {queue: …}`");
        }
        enter(submission);
        born(submission);
    }

    /** Puts a new one into the table now or later. */
    void submitWhenRoom(Submission<?> submission) {
        born(submission);
        submissions.wait(submission);
        admitWaiting();
    }

    private void born(Submission<?> submission) {
        submissions.born(submission);
        submission.future().onDiscard(() -> discard(submission));
    }

    private void enter(Submission<?> submission) {
        long id = newId();
        port.table().add(id, submission.task(), submission.input(), port.epochMs());
        open.changed();
        submissions.entered(submission, id);
    }

    private long newId() {
        lastSequence = Math.max(lastSequence, port.table().lastSequence()) + 1;
        return TransactionId.of(port.timeline(), lastSequence).value();
    }

    private void admitWaiting() {
        Submission<?> next;
        while ((next = submissions.longestWaiting()) != null && room() > 0) {
            submissions.stopWaiting(next);
            enter(next);
        }
    }

    /**
     * Nobody wants its outcome any more.
     *
     * @throws RuntimeException of a callback
     */
    void discard(Submission<?> submission) {
        if (submissions.stopWaiting(submission)) {
            submission.discarded();
            return;
        }
        int entry = open.find(submission.value());
        if (entry < 0) {
            return;
        }
        if (port.table().standing(entry) == Standing.QUEUED) {
            settlement.remove(submission.value());
            submissions.forget(submission.value());
            submission.discarded();
        } else {
            settlement.discard(submission.value());
        }
    }

    /** There is somebody more who takes up what is found. @throws IllegalStateException if there is one for that task */
    <T> void whenFound(String task, Codec<T> result, Consumer<? super Transaction<T>> taker) {
        takers.add(task, result, taker);
        foundDue = true;
    }

    /** What is stored of that id. @throws IllegalStateException if there is nothing */
    byte[] input(long id) {
        int entry = open.find(id);
        if (entry < 0) {
            throw new IllegalStateException(
                    "transaction " + new TransactionId(id) + ": its input is not kept any more");
        }
        return port.table().input(entry);
    }

    /**
     * Before a step: completes what has an outcome.
     *
     * @param commit of all that was changed, its {@link #beforeCommit} and {@link #committed} included; called after each outcome
     * @throws RuntimeException of a callback; what it was called for is settled, and nothing else has been begun
     */
    void adopt(Runnable commit) {
        if (open.running() + open.queued() == 0 && submissions.areIdle() && !rootDue && !rootMayTell()) {
            return;
        }
        submissions.abandonDropped();
        offerFound(commit);
        discardLost(commit);
        for (int slot = 1; slot <= limits.slots(); slot++) {
            adoptIfDone(slot);
            commitSettled(commit);
        }
        lookAtRoot(commit);
        admitWaiting();
    }

    private void commitSettled(Runnable commit) {
        if (settlement.isDue()) {
            commit.run();
        }
    }

    /** Whether {@link #adopt} has something to complete, so that a pause should end. */
    boolean hasNews() {
        for (int slot = 1; open.running() > 0 && slot <= limits.slots(); slot++) {
            int entry = open.entryOf(slot);
            if (entry >= 0
                    && kept[slot - 1] != port.table().id(entry)
                    && port.done(slot, port.table().id(entry))) {
                return true;
            }
        }
        if (!rootDue && !rootMayTell()) {
            return false;
        }
        readRoot();
        rootDue = orders.isDue() || isOneOver() || assignment.isDue();
        return rootDue;
    }

    /** Where nothing is under way nothing is urgent either, and the root's table need not be read each time that the root commits. */
    private boolean rootMayTell() {
        if (!port.rootMoved()) {
            return untold && port.nanoTime() - rootReadNs >= LOOK_AGAIN_NS;
        }
        boolean urgent = open.running() + open.queued() + open.quarantined() > 0;
        return urgent || port.nanoTime() - rootReadNs >= LOOK_FOR_ORDERS_NS;
    }

    private void readRoot() {
        rootReadNs = port.nanoTime();
        untold = false;
        port.rootRead();
    }

    private boolean isOneOver() {
        for (int slot = 1; open.running() > 0 && slot <= limits.slots(); slot++) {
            if (open.entryOf(slot) >= 0 && overRow(slot, open.entryOf(slot)).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** How long the loop may sleep at most, in nanoseconds. */
    long parkAtMostNs() {
        for (int slot = 1; open.running() > 0 && slot <= limits.slots(); slot++) {
            int entry = open.entryOf(slot);
            if (entry >= 0 && kept[slot - 1] != port.table().id(entry)) {
                long ageNs = port.nanoTime() - youngestSinceNs;
                return Math.max(SHORTEST_PARK_NS, Math.min(LONGEST_PARK_NS, ageNs / LOOKS_PER_AGE));
            }
        }
        if (open.queued() > 0 && open.running() == 0) {
            return LONGEST_PARK_NS;
        }
        return open.quarantined() + open.running() > 0 ? LOOK_FOR_ORDERS_NS : Long.MAX_VALUE;
    }

    /** Before each commit. */
    void beforeCommit() {
        if (giveBackDue) {
            assignment.giveBackLost(); // the start may have been rolled back
        }
        settlement.apply();
        if (orders.carryOut()) {
            foundDue = true;
        }
        if (assignment.assign()) {
            youngestSinceNs = port.nanoTime();
        }
    }

    /** After each commit. */
    void committed() {
        giveBackDue = false;
        settlement.committed();
        submissions.committed();
        orders.committed();
        assignment.publish();
    }

    /** After each rollback. */
    void rolledBack() {
        port.rolledBack();
        open.changed();
        submissions.rolledBack();
    }

    private void offerFound(Runnable commit) {
        if (!foundDue) {
            return;
        }
        foundDue = false;
        boolean offered = false;
        try {
            for (int entry = 0; entry < port.table().entries(); entry++) {
                if (isFound(entry) && offer(entry)) {
                    commit.run();
                }
            }
            offered = true;
        } finally {
            foundDue |= !offered;
        }
    }

    private boolean isFound(int entry) {
        RequestTable table = port.table();
        return table.used(entry)
                && table.standing(entry) != Standing.QUARANTINED
                && submissions.of(table.id(entry)) == null;
    }

    private boolean offer(int entry) {
        return takers.offer(port.table().task(entry), port.table().id(entry), found -> {
            submissions.found(found);
            found.future().onDiscard(() -> discard(found));
        });
    }

    private void adoptIfDone(int slot) {
        int entry = open.entryOf(slot);
        if (entry >= 0 && port.done(slot, port.table().id(entry))) {
            adopt(slot, entry);
        }
    }

    private void adopt(int slot, int entry) {
        long id = port.table().id(entry);
        Submission<?> submission = submissions.of(id);
        if (submission == null && port.table().standing(entry) != Standing.DISCARDING) {
            keep(slot, id, port.table().task(entry));
            return;
        }
        SlotResult result = port.result(slot, id);
        if (result instanceof SlotResult.Unreadable unreadable) {
            failed(entry, attemptsIn(slot), "its result cannot be read: " + unreadable.reason());
        } else if (result instanceof SlotResult.Bytes && submission == null) {
            settlement.remove(id);
        } else if (result instanceof SlotResult.Bytes bytes && submission != null) {
            ready(slot, submission, bytes.bytes());
        }
    }

    /** Whether it is done, and nobody has taken up its result. */
    private boolean isKept(int entry) {
        RequestTable table = port.table();
        int slot = table.used(entry) && table.standing(entry) == Standing.RUNNING ? table.slot(entry) : 0;
        return slot >= 1
                && slot <= limits.slots()
                && kept[slot - 1] == table.id(entry)
                && submissions.of(table.id(entry)) == null;
    }

    private void keep(int slot, long id, String task) {
        if (kept[slot - 1] != id) {
            kept[slot - 1] = id;
            port.log("transaction " + new TransactionId(id)
                    + " of a predecessor is done, and its result is kept, as nobody takes it up: start() should call whenFound for "
                    + task + ". Until then nothing else runs in slot " + slot
                    + "; `coppice transactions --drop " + new TransactionId(id) + "` with this daemon's name drops it");
        }
    }

    private void ready(int slot, Submission<?> submission, byte[] result) {
        Object value;
        try {
            value = submission.decode(result);
        } catch (RuntimeException e) {
            undecodable(slot, submission, e, e);
            return;
        } catch (StackOverflowError e) {
            undecodable(slot, submission, e, new IllegalStateException("its result cannot be decoded", e));
            return;
        }
        settlement.remove(submission.value());
        submissions.forget(submission.value());
        submission.complete(value);
    }

    private void undecodable(int slot, Submission<?> submission, Throwable thrown, Exception failure) {
        settlement.quarantine(
                submission.value(), attemptsIn(slot), "its result cannot be decoded: " + LastWords.firstLine(thrown));
        submissions.forget(submission.value());
        submission.fail(failure);
    }

    private int attemptsIn(int slot) {
        return port.row(slot).map(SlotRow::attempts).orElse(1);
    }

    private void failed(int entry, int attempts, String cause) {
        RequestTable table = port.table();
        long id = table.id(entry);
        TransactionFailedException failure =
                new TransactionFailedException(new TransactionId(id), table.task(entry), attempts, cause);
        settlement.quarantine(id, attempts, cause);
        port.log(String.valueOf(failure.getMessage()));
        Submission<?> submission = submissions.of(id);
        if (submission != null) {
            submissions.forget(id);
            submission.fail(failure);
        }
    }

    private void discarded(long id) {
        settlement.remove(id);
        Submission<?> submission = submissions.of(id);
        if (submission != null) {
            submissions.forget(id);
            submission.discarded();
        }
    }

    private void lookAtRoot(Runnable commit) {
        if (!rootDue && !rootMayTell()) {
            return;
        }
        rootDue = true;
        readRoot();
        orders.look();
        for (int slot = 1; slot <= limits.slots(); slot++) {
            int entry = open.entryOf(slot);
            if (entry >= 0) {
                lookAtRow(slot, entry);
                commitSettled(commit);
            }
        }
        rootDue = false;
    }

    /** A result that was committed before counts all the same. */
    private void lookAtRow(int slot, int entry) {
        Optional<SlotRow> over = overRow(slot, entry);
        if (over.isEmpty()) {
            return;
        }
        long id = port.table().id(entry);
        port.lookAnew(slot);
        if (port.done(slot, id)) {
            adopt(slot, entry);
        } else if (port.table().standing(entry) == Standing.DISCARDING) {
            discarded(id);
        } else if (over.get().isDone(id)) {
            failed(
                    entry,
                    over.get().attempts(),
                    "it was done, and its result is lost: the segment of its slot does not hold it any more");
        } else {
            failed(entry, over.get().attempts(), port.cause(slot, over.get()));
            port.reopen(slot);
        }
    }

    private Optional<SlotRow> overRow(int slot, int entry) {
        long id = port.table().id(entry);
        boolean discarding = port.table().standing(entry) == Standing.DISCARDING;
        return port.row(slot).filter(row -> row.isOver(id, discarding) || (row.isDone(id) && isResultGone(slot, id)));
    }

    /** Whether the result that was committed is not there. */
    private boolean isResultGone(int slot, long id) {
        if (port.done(slot, id)) {
            return false;
        }
        boolean told = port.tells(slot);
        untold |= !told;
        return told;
    }
}
