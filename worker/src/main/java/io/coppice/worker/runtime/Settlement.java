package io.coppice.worker.runtime;

import io.coppice.worker.TransactionId;
import java.util.ArrayList;
import java.util.List;

/**
 * What has to become of requests with the next commit, whatever is rolled back before it. A future is spent once it is completed; so
 * what has been delivered must not be offered again, also if the callback that it was delivered to threw and the daemon goes on.
 * Each change is made at once, and again before the commit. Making one twice is making it once. Loop thread only.
 */
final class Settlement {
    private final TransactionPort port;
    private final OpenRequests open;
    private final int quarantine;
    private final List<Change> due = new ArrayList<>();

    private sealed interface Change {
        long id();

        record Remove(long id) implements Change {}

        record Discard(long id) implements Change {}

        record Quarantine(long id, int attempts, String cause) implements Change {}
    }

    /** @param quarantine how many are kept */
    Settlement(TransactionPort port, OpenRequests open, int quarantine) {
        this.port = port;
        this.open = open;
        this.quarantine = quarantine;
    }

    /** Its outcome has been taken. */
    void remove(long id) {
        settle(new Change.Remove(id));
    }

    /** Nobody wants its result any more. */
    void discard(long id) {
        settle(new Change.Discard(id));
    }

    /** It has failed. The oldest that is kept makes room if there is none. */
    void quarantine(long id, int attempts, String cause) {
        settle(new Change.Quarantine(id, attempts, cause));
    }

    /** Whether there is something that was not committed. */
    boolean isDue() {
        return !due.isEmpty();
    }

    /** Makes sure that it is so. To be called before each commit. */
    void apply() {
        for (int i = 0; i < due.size(); i++) {
            make(due.get(i));
        }
    }

    /** It is so for good. */
    void committed() {
        due.clear();
    }

    private void settle(Change change) {
        make(change);
        due.add(change);
    }

    private void make(Change change) {
        int entry = open.find(change.id());
        if (entry < 0) {
            return;
        }
        RequestTable table = port.table();
        if (change instanceof Change.Remove) {
            table.free(entry);
        } else if (change instanceof Change.Discard && table.standing(entry) == Standing.RUNNING) {
            table.discard(entry);
        } else if (change instanceof Change.Quarantine failed && table.standing(entry) != Standing.QUARANTINED) {
            keep(table, entry, failed);
        } else {
            return;
        }
        open.changed();
    }

    private void keep(RequestTable table, int entry, Change.Quarantine failed) {
        if (quarantine == 0) {
            table.free(entry);
            return;
        }
        if (open.quarantined() >= quarantine) {
            int oldest = open.nextAbove(0, Standing.QUARANTINED);
            port.log("the quarantine of transactions is full: of " + new TransactionId(table.id(oldest)) + " ("
                    + table.task(oldest)
                    + ") nothing is kept any more; the manifest key is `transactions: {quarantine: …}`");
            table.free(oldest);
        }
        table.quarantine(entry, failed.attempts(), failed.cause());
    }
}
