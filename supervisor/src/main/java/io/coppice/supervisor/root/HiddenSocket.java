package io.coppice.supervisor.root;

import io.coppice.supervisor.os.EventFd;
import io.coppice.supervisor.os.FilterCount;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.UnixConnection;
import io.coppice.supervisor.plan.Isolation;
import org.jspecify.annotations.Nullable;

/**
 * Hides the control socket from workers in a sandbox. These are of the root's user, so that neither the socket's mode nor that user's number tells them from an
 * operator. What does is the filter of system calls that each of them, and all that comes of it, is under, and never gets rid of: it has more filters than
 * the root has, from its unit or its container. Who cannot be looked at may be one.
 *
 * <p>Duty-cycle thread only. A look takes a few system calls and allocates a little; without a sandbox there is none.
 */
final class HiddenSocket implements ControlServer.Door {
    private final FilterCount filters = new FilterCount();
    private final boolean hidden;

    /** So many filters has the root. */
    private int own = FilterCount.NOT_TOLD;

    /** Kept for the look at a client that comes when no other descriptor is left. */
    private @Nullable EventFd spare;

    /** @param isolation of the plan; no later plan of this root has another */
    HiddenSocket(Isolation isolation) {
        hidden = isolation == Isolation.SANDBOX;
        if (hidden) {
            keepSpare();
        }
    }

    @Override
    public @Nullable Refusal refusal(UnixConnection peer) {
        if (!hidden) {
            return null;
        }
        useSpare();
        try {
            if (own == FilterCount.NOT_TOLD) {
                own = filters.of((int) ProcessHandle.current().pid());
            }
            int count = peer.peerPid() == 0 ? FilterCount.NOT_TOLD : filters.of(peer.peerPid());
            // After the look: as it lives, and has lived since it connected, its number has been nobody else's.
            return refusal(peer.peerPid(), count, own, peer.peerLives());
        } catch (OsException e) {
            return new Refusal(
                    "the root cannot tell whether process " + peer.peerPid() + " is a worker: " + e.getMessage(),
                    "cannot be told from a worker for want of a descriptor");
        } finally {
            keepSpare();
        }
    }

    /** The rule itself. */
    static @Nullable Refusal refusal(int pid, int count, int own, boolean lives) {
        boolean seen = pid != 0; // 0: in a pid namespace that is none of the root's
        if (seen && !lives) {
            return new Refusal(
                    "process " + pid
                            + ", which connected, is gone, so that the root cannot tell whether it was a worker",
                    "was gone before it could be told from a worker");
        }
        if (!seen || count == FilterCount.NOT_TOLD || own == FilterCount.NOT_TOLD) {
            return new Refusal(
                    "the root cannot tell whether process " + pid
                            + " is a worker, as /proc does not show it to the root. Run this command"
                            + " in the root's pid namespace; a unit of the root's takes ProtectProc=default",
                    "cannot be told from a worker, as /proc does not show it");
        }
        if (count > own) {
            return new Refusal(
                    "the control socket is hidden from workers (`isolation: sandbox`), and process " + pid
                            + " is taken for one: it is under " + filters(count) + " of system calls, the root under "
                            + own
                            + ". Run this command where `grep Seccomp_filters /proc/self/status` says no more than that",
                    "is taken for a worker: it is under " + filters(count) + " of system calls, the root under " + own);
        }
        return null;
    }

    private static String filters(int count) {
        return count + (count == 1 ? " filter" : " filters");
    }

    private void useSpare() {
        if (spare != null) {
            spare.close();
            spare = null;
        }
    }

    private void keepSpare() {
        try {
            spare = EventFd.create();
        } catch (OsException e) {
            spare = null; // None is left: the next look does without, or is told so.
        }
    }

    void close() {
        useSpare();
    }
}
