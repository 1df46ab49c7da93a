package io.coppice.worker.runtime;

import io.coppice.state.RequestStatus;
import io.coppice.state.Requests;

/**
 * The table in the daemon's own segment. A request that has a slot and a cause is one that nobody wants any more: so the table that people
 * read says why its process was ended.
 */
final class StoredRequests implements RequestTable {
    private static final String DISCARD = "discard asked for";

    private final Requests requests;

    StoredRequests(Requests requests) {
        this.requests = requests;
    }

    @Override
    public int entries() {
        return requests.capacity();
    }

    @Override
    public boolean used(int entry) {
        return requests.id(entry) != 0;
    }

    @Override
    public long id(int entry) {
        return requests.id(entry);
    }

    @Override
    public Standing standing(int entry) {
        return switch (requests.status(entry)) {
            case QUEUED -> Standing.QUEUED;
            case QUARANTINED -> Standing.QUARANTINED;
            case RUNNING -> requests.hasCause(entry) ? Standing.DISCARDING : Standing.RUNNING;
        };
    }

    @Override
    public int slot(int entry) {
        return requests.slot(entry);
    }

    @Override
    public int attempts(int entry) {
        return requests.attempts(entry);
    }

    @Override
    public String task(int entry) {
        return requests.task(entry);
    }

    @Override
    public byte[] input(int entry) {
        return requests.input(entry);
    }

    @Override
    public String cause(int entry) {
        return requests.cause(entry);
    }

    @Override
    public long submittedAtEpochMs(int entry) {
        return requests.submittedAtEpochMs(entry);
    }

    @Override
    public long lastSequence() {
        return requests.lastSequence();
    }

    @Override
    public int add(long id, String task, byte[] input, long atEpochMs) {
        return requests.add(id, task, input, atEpochMs);
    }

    @Override
    public void free(int entry) {
        requests.free(entry);
    }

    @Override
    public void queue(int entry) {
        set(entry, RequestStatus.QUEUED, 0, "");
    }

    @Override
    public void queueAfresh(int entry, long id) {
        requests.renumber(entry, id);
        requests.attempts(entry, 0);
        queue(entry);
    }

    @Override
    public void assign(int entry, int slot) {
        set(entry, RequestStatus.RUNNING, slot, "");
    }

    @Override
    public void discard(int entry) {
        requests.cause(entry, DISCARD);
    }

    @Override
    public void quarantine(int entry, int attempts, String cause) {
        set(entry, RequestStatus.QUARANTINED, 0, cause.isEmpty() ? "unknown" : cause);
        requests.attempts(entry, attempts);
    }

    private void set(int entry, RequestStatus status, int slot, String cause) {
        if (requests.hasCause(entry) || !cause.isEmpty()) {
            requests.cause(entry, cause);
        }
        requests.slot(entry, slot);
        requests.status(entry, status);
    }
}
