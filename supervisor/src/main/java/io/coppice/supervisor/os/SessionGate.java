package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;
import static io.coppice.supervisor.os.Kernel.SYSCALL_3;

import java.lang.ref.Reference;
import jnr.ffi.Pointer;

/**
 * Lets one setsid(2) pass {@link GroupFilter}: that of posix_spawn's child, which makes it before it executes its program. The filter's listener
 * (seccomp_unotify(2)) is closed then, and there is none any more, so the kernel answers every later one with ENOSYS.
 *
 * <p>That a call goes on as it is, after a look from outside, is no guard where its arguments are in memory; setsid has none. Structures and numbers
 * from include/uapi/linux/seccomp.h. Any thread but that which is restricted.
 */
final class SessionGate {
    /** SECCOMP_IOCTL_NOTIF_RECV: _IOWR('!', 0, 80 bytes). */
    private static final long RECEIVE = 0xc0502100L;
    /** SECCOMP_IOCTL_NOTIF_SEND: _IOWR('!', 1, 24 bytes). */
    private static final long SEND = 0xc0182101L;

    /** struct seccomp_notif: the id first; 80 bytes. */
    private static final int NOTIFICATION_BYTES = 80;

    /** struct seccomp_notif_resp: the id, 64 bits of a value, 32 of an error, 32 of flags. */
    private static final int RESPONSE_BYTES = 24;

    private static final int RESPONSE_FLAGS_OFFSET = 20;
    /** SECCOMP_USER_NOTIF_FLAG_CONTINUE, Linux 5.5. */
    private static final int CONTINUE = 1;

    /** Before Linux 5.9 a listener of which no process is left says nothing, so the thread is looked at, too. */
    private static final int LOOK_AGAIN_MS = 50;

    private SessionGate() {}

    /**
     * Waits for the one call, or for the end of who would make it, and closes the listener.
     *
     * @param caller the thread that launches; its child is what calls
     */
    static void letOnePass(int listener, Thread caller) {
        Pointer poll = Kernel.allocate(Long.BYTES);
        poll.putInt(0, listener);
        poll.putShort(Integer.BYTES, (short) Kernel.POLLIN);
        try {
            int ready;
            do {
                ready = LIBC.poll(poll, 1, LOOK_AGAIN_MS);
            } while (ready <= 0 && caller.isAlive());
            int told = poll.getShort(Integer.BYTES + Short.BYTES);
            if (ready > 0 && (told & Kernel.POLLIN) != 0) {
                answer(listener);
            }
        } finally {
            Reference.reachabilityFence(poll);
            Fds.close(listener);
        }
    }

    /** If it fails the caller is killed meanwhile, or the kernel is older than 5.5: then its setsid fails, and with it the launch. */
    private static void answer(int listener) {
        Pointer notification = Kernel.allocate(NOTIFICATION_BYTES);
        Pointer response = Kernel.allocate(RESPONSE_BYTES);
        try {
            while (SYSCALL_3.syscall(Syscall.IOCTL, listener, RECEIVE, notification) != 0) {
                if (Errno.last() != Errno.EINTR) {
                    return;
                }
            }
            response.putLong(0, notification.getLong(0));
            response.putInt(RESPONSE_FLAGS_OFFSET, CONTINUE);
            SYSCALL_3.syscall(Syscall.IOCTL, listener, SEND, response);
        } finally {
            Reference.reachabilityFence(notification);
            Reference.reachabilityFence(response);
        }
    }
}
