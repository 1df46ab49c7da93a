package io.coppice.worker.runtime;

import io.coppice.state.LayoutMismatchException;
import io.coppice.state.Phase;
import io.coppice.worker.Daemon;
import org.jspecify.annotations.Nullable;

/**
 * The world of a daemon that has transactions: that of any daemon, but that each turn, commit and rollback is one of theirs as well. Loop
 * thread only.
 */
final class TransactingPort implements WorkerPort {
    private final WorkerPort world;
    private final TransactionLedger ledger;
    private final Runnable commit = this::commit;

    TransactingPort(WorkerPort world, TransactionLedger ledger) {
        this.world = world;
        this.ledger = ledger;
    }

    @Override
    public void beforeStart() {
        ledger.open();
    }

    @Override
    public void beginTurn() {
        ledger.adopt(commit);
    }

    @Override
    public boolean endsPause() {
        return ledger.hasNews();
    }

    @Override
    public void commit() {
        ledger.beforeCommit();
        world.commit();
        ledger.committed();
    }

    /** The root hears of the commit before a checkpoint is taken. */
    @Override
    public void commitStep() {
        commit();
        world.commitStep();
    }

    @Override
    public void rollback() {
        world.rollback();
        ledger.rolledBack();
    }

    /** Start is called anew, on other contents. */
    @Override
    public boolean evolve(Daemon daemon, LayoutMismatchException mismatch) throws Exception {
        boolean evolved = world.evolve(daemon, mismatch);
        if (evolved) {
            ledger.open();
        }
        return evolved;
    }

    @Override
    public void park(long ns) {
        world.park(Math.min(ns, ledger.parkAtMostNs()));
    }

    @Override
    public void phase(Phase phase) {
        if (phase == Phase.COMPLETED && ledger.unfinished() > 0) {
            int left = ledger.unfinished();
            world.log(
                    "done, with " + left + (left == 1 ? " transaction" : " transactions")
                            + " unfinished, ended with it; its next start finds what is left of them (Transactions.whenFound)",
                    null);
        }
        world.phase(phase);
    }

    @Override
    public void lastWords(String text) {
        world.lastWords(text);
    }

    @Override
    public void bumpHeartbeat() {
        world.bumpHeartbeat();
    }

    @Override
    public void busy(long atMostMs) {
        world.busy(atMostMs);
    }

    @Override
    public void requestCheckpoint() {
        world.requestCheckpoint();
    }

    @Override
    public long nanoTime() {
        return world.nanoTime();
    }

    @Override
    public void log(String line, @Nullable Throwable thrown) {
        world.log(line, thrown);
    }
}
