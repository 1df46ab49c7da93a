package io.coppice.supervisor.core;

/**
 * What a {@link Slot} works on.
 *
 * @param request that the daemon's segment asks for, by its number; {@link #NO_REQUEST}
 * @param discard it is not wanted any more
 * @param over it has come to its end: done, failed for good, or discarded; nothing is launched for it any more
 * @param served the request that the live process was launched for, {@link #NO_REQUEST} without one
 * @param leaving the live process has committed its result, and was left to end by itself
 * @param attempts how often a process was launched for the request
 * @param stopped an end was asked for that the request does not undo: the next plan has no such slot
 */
public record Work(
        long request, boolean discard, boolean over, long served, boolean leaving, int attempts, boolean stopped) {
    public static final long NO_REQUEST = 0;

    /** Nothing to do, and nothing was. */
    public static final Work NONE = new Work(NO_REQUEST, false, false, NO_REQUEST, false, 0, false);

    public Work {
        if (request < 0 || served < 0 || attempts < 0) {
            throw new IllegalArgumentException("request " + request + ", served " + served + ", attempts " + attempts);
        }
    }

    /** As the daemon's segment says it, and the root's table: below zero if it is not wanted any more. */
    public long word() {
        return discard ? -request : request;
    }

    /** Whether the live process works on something else than what is asked for now. */
    boolean isObsolete() {
        return served != request;
    }

    /** Another request, or one that the live process works on already after it was not wanted for a moment; what that does is as it was. */
    Work asked(long newRequest, boolean discardIt) {
        boolean newDiscard = discardIt && newRequest != NO_REQUEST;
        if (request == newRequest) {
            return new Work(request, newDiscard, over, served, leaving, attempts, stopped);
        }
        int made = newRequest != NO_REQUEST && newRequest == served ? 1 : 0;
        return new Work(newRequest, newDiscard, newRequest == NO_REQUEST, served, leaving, made, stopped);
    }

    Work launched() {
        return new Work(request, discard, over, request, false, attempts + 1, stopped);
    }

    Work left() {
        return new Work(request, discard, over, served, true, attempts, stopped);
    }

    /** The process is gone. */
    Work gone() {
        return new Work(request, discard, over, NO_REQUEST, false, attempts, stopped);
    }

    Work ended() {
        return new Work(request, discard, true, served, leaving, attempts, stopped);
    }

    Work withStopped(boolean nowStopped) {
        return new Work(request, discard, over, served, leaving, attempts, nowStopped);
    }
}
