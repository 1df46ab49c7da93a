package io.coppice.supervisor.root;

import io.coppice.supervisor.os.Fds;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ServiceNotifier;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies of the children's pidfds that the service manager keeps. A root that comes after one that died takes them back: so it has
 * hold of processes that ended, and were reaped, while nobody watched, and the kernel still tells how (Linux 6.15). Without a
 * service manager, or a store, children are found by what is on record, and how those ended is not known.
 *
 * <p>Duty-cycle thread only.
 */
final class KeptPidFds {
    private final ServiceNotifier notifier;
    private final Map<String, Integer> stored;

    /** @param stored what the service manager has given back, by name */
    KeptPidFds(ServiceNotifier notifier, Map<String, Integer> stored) {
        this.notifier = notifier;
        this.stored = stored;
    }

    void keep(String child, long incarnation, PidFd pidFd) {
        notifier.store(name(child, incarnation), pidFd.fd());
    }

    /** It has been buried. */
    void discard(String child, long incarnation) {
        if (notifier.enabled()) {
            notifier.discard(name(child, incarnation));
        }
    }

    /** The pidfd of a process on record; null if none is kept. */
    @Nullable
    PidFd take(String child, long incarnation, int pid) {
        Integer fd = stored.get(name(child, incarnation));
        PidFd found = fd == null ? null : PidFd.stored(fd, pid);
        if (found != null) {
            stored.remove(name(child, incarnation));
        }
        return found;
    }

    /** Nobody takes the others any more. */
    void discardOthers() {
        stored.forEach((name, fd) -> {
            notifier.discard(name);
            Fds.close(fd);
        });
        stored.clear();
    }

    private static String name(String child, long incarnation) {
        return child + "." + incarnation;
    }
}
