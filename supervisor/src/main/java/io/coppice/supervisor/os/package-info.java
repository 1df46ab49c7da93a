/**
 * The operating system as the root sees it: processes, death notices, timers, sockets, locks, reserved blocks and the
 * service manager, restrictions of a child, on Linux (x86-64 and aarch64, kernel 5.4 or newer, glibc 2.34 or newer).
 *
 * <p>Everything here decides nothing; it carries out what the duty cycle was told to do. Called by the root's duty
 * cycle, on its one thread, unless a method says otherwise. Three things run elsewhere: {@link
 * io.coppice.supervisor.os.Spawner} makes the blocking spawn call on a daemon thread of its own (with a {@link
 * io.coppice.supervisor.os.Restriction} on a fresh one each, which ends with the call), {@link
 * io.coppice.supervisor.os.EventFd#signal()} may be called by any thread, and the handlers of {@link
 * io.coppice.supervisor.os.TerminationSignals} run on threads of the JVM.
 *
 * <p>Processes and signals go through jnr-posix where its wrapper is right (kill, errno, getpid, and its way
 * into the JVM's own signal dispatcher). What it has no wrapper for, or one that leaks descriptors, is bound here
 * through jnr-ffi. The JVM is never forked.
 *
 * <p>Errors: what an operator can cause (no space, no such file, no permission, no descriptors left) is a checked {@link
 * io.coppice.supervisor.os.OsException}, or a sealed result; what only a bug can cause (a closed descriptor, a token out
 * of range) is an unchecked exception.
 */
@NullMarked
package io.coppice.supervisor.os;

import org.jspecify.annotations.NullMarked;
