package io.coppice.supervisor.os;

import java.lang.ref.Reference;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service manager how the root is, through libsystemd. Without a service manager (no NOTIFY_SOCKET) or without
 * the library it does nothing; which of the two is one log line at the start. One thread; {@link #watchdog} allocates
 * nothing. A notification that cannot be sent is logged once and is no error of the root: the service manager's own
 * timeouts decide.
 */
public final class ServiceNotifier {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceNotifier.class);
    private static final long MICROS_PER_MS = 1000;

    private final SystemdLibrary.@Nullable Functions library;
    private final long watchdogIntervalMs;
    private final Pointer watchdogState = NativeStrings.of("WATCHDOG=1");
    private boolean complained;
    private @Nullable String complaint;

    private ServiceNotifier(SystemdLibrary.@Nullable Functions library, long watchdogIntervalMs) {
        this.library = library;
        this.watchdogIntervalMs = watchdogIntervalMs;
    }

    /** By NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID of the process's environment, which are left in place. */
    public static ServiceNotifier fromEnvironment() {
        return fromEnvironment("libsystemd.so.0");
    }

    static ServiceNotifier fromEnvironment(String libraryName) {
        String socket = System.getenv("NOTIFY_SOCKET");
        if (socket == null || socket.isEmpty()) {
            LOG.debug("NOTIFY_SOCKET is not set: no service manager to notify");
            return new ServiceNotifier(null, 0);
        }
        SystemdLibrary.Functions library;
        try {
            library = LibraryLoader.create(SystemdLibrary.Functions.class)
                    .failImmediately()
                    .load(libraryName);
        } catch (UnsatisfiedLinkError e) {
            LOG.warn(
                    "NOTIFY_SOCKET is set, but {} cannot be loaded: the service manager will not be notified."
                            + " Install it (Debian: libsystemd0), or use Type=exec. The loader says: {}",
                    libraryName,
                    String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
            return new ServiceNotifier(null, 0);
        }
        Pointer micros = Kernel.allocate(Long.BYTES);
        int enabled = library.sd_watchdog_enabled(0, micros);
        if (enabled < 0) {
            LOG.warn("WATCHDOG_USEC or WATCHDOG_PID is not a number: no watchdog ({})", Errno.describe(-enabled));
        }
        return new ServiceNotifier(library, enabled > 0 ? Math.max(1, micros.getLong(0) / 2 / MICROS_PER_MS) : 0);
    }

    /** Whether anybody is told anything. */
    public boolean enabled() {
        return library != null;
    }

    /** The root supervises: everything that was to be started has been asked for. */
    public void ready() {
        send("READY=1");
    }

    /** One line for people, shown by {@code systemctl status}; a line break in it becomes a space. */
    public void status(String text) {
        send("STATUS=" + text.replace('\n', ' '));
    }

    /** The root has begun to stop. */
    public void stopping() {
        send("STOPPING=1");
    }

    /** The duty cycle is alive; call it every {@link #watchdogIntervalMs}. */
    public void watchdog() {
        if (library != null) {
            noted(library.sd_notify(0, watchdogState));
        }
    }

    /** Half of the time after which the service manager would kill the root, in milliseconds; 0 when it does not watch. */
    public long watchdogIntervalMs() {
        return watchdogIntervalMs;
    }

    /**
     * Gives the service manager a copy of a descriptor, which the process that comes after us is given back; see {@link
     * StoredDescriptors}. Without FileDescriptorStoreMax= in the unit it is not kept.
     *
     * @param name letters, digits, dots and dashes, 1 to 255 of them
     */
    public void store(String name, int fd) {
        if (library == null) {
            return;
        }
        // Not to be watched: a pidfd is readable, and of no use to others, from just when it is worth something to us.
        Pointer state = NativeStrings.of("FDSTORE=1\nFDPOLL=0\nFDNAME=" + name);
        Pointer fds = Kernel.allocate(Integer.BYTES);
        try {
            fds.putInt(0, fd);
            noted(library.sd_pid_notify_with_fds(0, 0, state, fds, 1));
        } finally {
            Reference.reachabilityFence(state);
            Reference.reachabilityFence(fds);
        }
    }

    /** The service manager closes its copies of that name; harmless if it has none. */
    public void discard(String name) {
        send("FDSTOREREMOVE=1\nFDNAME=" + name);
    }

    private void send(String state) {
        if (library != null) {
            Pointer bytes = NativeStrings.of(state);
            try {
                noted(library.sd_notify(0, bytes));
            } finally {
                Reference.reachabilityFence(bytes);
            }
        }
    }

    private void noted(int result) {
        if (result < 0 && !complained) {
            complained = true;
            complaint = "The service manager cannot be notified: " + Errno.describe(-result) + ". Said once";
        }
    }

    /**
     * What went wrong since this was last asked, for people; null if nothing. Not logged here: a log that nobody reads would
     * block the caller, and who does not answer the one often does not read the other.
     */
    public @Nullable String takeComplaint() {
        String text = complaint;
        complaint = null;
        return text;
    }
}
