package io.coppice.supervisor.os;

import jnr.ffi.Pointer;

/** libsystemd; nested and public for the same reason as {@link LibC.Functions}. */
final class SystemdLibrary {
    private SystemdLibrary() {}

    /** See sd_notify(3), sd_pid_notify_with_fds(3) and sd_watchdog_enabled(3). Negative results are error numbers. */
    public interface Functions {
        int sd_notify(int unsetEnvironment, Pointer state);

        int sd_pid_notify_with_fds(int pid, int unsetEnvironment, Pointer state, Pointer fds, int count);

        int sd_watchdog_enabled(int unsetEnvironment, Pointer micros);
    }
}
