package io.coppice.supervisor.os;

import static io.coppice.supervisor.os.Kernel.LIBC;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import jnr.ffi.Pointer;

/**
 * A stream to the system's journal: each line that is written to it becomes an entry under {@code identifier}. The protocol is
 * that of sd_journal_stream_fd(3) and of each service's standard output: a stream socket on which a header of seven lines comes
 * first, as in systemd's {@code src/libsystemd/sd-journal/journal-send.c} and {@code src/journal/journald-stream.c}. The journal
 * takes pid and unit of each entry's writer from the kernel (SCM_CREDENTIALS) and /proc, so they are the child's and not the
 * root's. It keeps the streams when it is restarted.
 *
 * <p>Made here and not by libsystemd, which need not be installed, and whose call connects blocking.
 *
 * @param socket of the journal, absolute; {@link #SOCKET} but in tests
 * @param identifier one line, not empty: SYSLOG_IDENTIFIER of the entries
 * @param unit what the journal takes the writer's unit for where it has ended before the journal could look at its /proc; "" for
 *     none, and without effect unless the root's user is 0
 */
public record JournalStream(Path socket, String identifier, String unit) {
    /** Where systemd-journald(8) takes streams. */
    public static final Path SOCKET = Path.of("/run/systemd/journal/stdout");

    /** LOG_INFO, as of any service's output. */
    private static final int PRIORITY = 6;

    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SHUT_RD = 0;

    /** As libsystemd asks for; the kernel gives net.core.wmem_max at most. What is in it outlives writer and root. */
    private static final int SEND_BUFFER_BYTES = 8 * 1024 * 1024;

    /** @throws IllegalArgumentException for an identifier or a unit that would break the header, or a relative path */
    public JournalStream {
        if (identifier.isEmpty() || identifier.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("identifier: expected one line, not `" + identifier + "`");
        }
        if (unit.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("unit: expected one line, not `" + unit + "`");
        }
        if (!socket.isAbsolute()) {
            throw new IllegalArgumentException("socket: expected an absolute path, not `" + socket + "`");
        }
    }

    /**
     * Connects and introduces the stream. Never waits: a journal whose queue is full refuses, and the header finds an empty
     * buffer. What is written to the stream later does wait for a journal that does not read, as with any service.
     *
     * @return a close-on-exec descriptor of {@link Kernel#FIRST_MOVED_FD} or more, the caller's to close; or the negative
     *     error number
     */
    int open() {
        int fd = LIBC.socket(
                UnixListener.AF_UNIX,
                UnixListener.SOCK_STREAM | UnixListener.SOCK_NONBLOCK | UnixListener.SOCK_CLOEXEC,
                0);
        if (fd < 0) {
            return -Errno.last();
        }
        try {
            int errno = connect(fd);
            return errno == 0 ? Fds.copyHigh(fd) : -errno;
        } finally {
            Fds.close(fd);
        }
    }

    /** The error number, 0 for none. */
    private int connect(int fd) {
        Pointer address;
        try {
            address = UnixListener.address(socket);
        } catch (OsException e) {
            return e.errno();
        }
        Pointer bufferBytes = Kernel.allocate(Integer.BYTES);
        bufferBytes.putInt(0, SEND_BUFFER_BYTES);
        try {
            if (LIBC.connect(fd, address, UnixListener.addressLength(socket)) != 0 || LIBC.shutdown(fd, SHUT_RD) != 0) {
                return Errno.last();
            }
            // The child starts with a smaller one if this is refused.
            LIBC.setsockopt(fd, SOL_SOCKET, SO_SNDBUF, bufferBytes, Integer.BYTES);
        } finally {
            Reference.reachabilityFence(address);
            Reference.reachabilityFence(bufferBytes);
        }
        byte[] header = header();
        int written = Fds.send(fd, header, 0, header.length);
        if (written != header.length) {
            return written < 0 ? -written : Errno.EIO;
        }
        Fds.setBlocking(fd); // The flag is the stream's, not the descriptor's: programs expect an output that blocks.
        return 0;
    }

    /** Identifier; unit; priority; whether {@code <3>} before a line is one; forwarding to syslog, kmsg and console: no. */
    private byte[] header() {
        return (identifier + "\n" + unit + "\n" + PRIORITY + "\n1\n0\n0\n0\n").getBytes(StandardCharsets.UTF_8);
    }

    /** One line for people: why the output goes to a file. */
    String explain(int errno, String logFile) {
        return "the journal at " + socket + " cannot be reached: " + Errno.describe(errno) + ". Its output goes to "
                + logFile + " until it is started again";
    }
}
