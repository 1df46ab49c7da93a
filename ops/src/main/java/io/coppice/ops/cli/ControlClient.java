package io.coppice.ops.cli;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.Printable;
import io.coppice.ops.view.ProcFileSystem;
import io.coppice.ops.view.RootLiveness;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks the root over its control socket: one line there, one line back, per connection. Blocks the calling thread until the
 * answer or the timeout. A root that runs and does not listen yet, because it has just begun or makes its socket anew, is waited for
 * as long. One that accepts but never answers cannot hold us: a watchdog closes the socket.
 */
final class ControlClient {
    private static final int MAX_REQUEST_BYTES = 512;
    private static final int MAX_REPLY_BYTES = 4096;

    /** Between two tries to connect to a root that does not listen yet. */
    private static final long RETRY_MS = 10;

    private final InstanceDirectory instance;
    private final ProcFileSystem proc;
    private final Duration timeout;
    private final Pause pause;

    /** What happens between two tries to connect. */
    interface Pause {
        void pass() throws IOException;
    }

    /** @param timeout for each question, more than zero */
    ControlClient(InstanceDirectory instance, ProcFileSystem proc, Duration timeout) {
        this(instance, proc, timeout, ControlClient::pause);
    }

    ControlClient(InstanceDirectory instance, ProcFileSystem proc, Duration timeout, Pause pause) {
        this.instance = instance;
        this.proc = proc;
        this.timeout = timeout;
        this.pause = pause;
    }

    /**
     * Asks once.
     *
     * @param request a verb and its arguments, without the version and the line end
     * @throws CommandFailedException if no root answers in time
     */
    ControlReply ask(String request) {
        byte[] line = ("coppice/1 " + request + "\n").getBytes(StandardCharsets.UTF_8);
        if (line.length > MAX_REQUEST_BYTES) {
            throw new CommandFailedException(
                    ExitCode.USAGE,
                    "The request takes " + line.length + " bytes, at most " + MAX_REQUEST_BYTES + " fit.");
        }
        AtomicBoolean late = new AtomicBoolean();
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        try (SocketChannel channel = connect(deadlineNs);
                Watchdog watchdog = new Watchdog(channel, deadlineNs, late)) {
            watchdog.start();
            return converse(channel, ByteBuffer.wrap(line));
        } catch (ClosedChannelException e) {
            throw late.get() ? unanswered() : unreachable(e);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** Says the line and hears the answer, also that of a root that hears nobody here: it says so and hangs up at once. */
    static ControlReply converse(SocketChannel channel, ByteBuffer line) throws IOException {
        IOException unheard = null;
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (ClosedChannelException e) {
            throw e; // by the watchdog
        } catch (IOException e) {
            unheard = e;
        }
        try {
            return ControlReply.parse(readLine(channel));
        } catch (IOException e) {
            throw unheard == null ? e : unheard;
        }
    }

    private SocketChannel connect(long deadlineNs) throws IOException {
        while (true) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(instance.controlSocket()));
                return channel;
            } catch (IOException e) {
                channel.close();
                if (!mayListenSoon(e) || deadlineNs - System.nanoTime() <= 0) {
                    throw e;
                }
            }
            pause.pass();
        }
    }

    /** Nobody listens there, and a root runs. */
    private boolean mayListenSoon(IOException refused) {
        return (refused instanceof ConnectException || !Files.exists(instance.controlSocket()))
                && RootLiveness.of(instance, proc).running();
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private static String readLine(SocketChannel channel) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(MAX_REPLY_BYTES);
        while (in.hasRemaining() && channel.read(in) >= 0) {
            if (in.position() > 0 && in.get(in.position() - 1) == '\n') {
                break;
            }
        }
        String text = new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
        int end = text.indexOf('\n');
        if (end < 0) {
            throw new IOException(
                    text.isEmpty()
                            ? "it closed the connection without an answer"
                            : "its answer broke off: `" + Printable.of(text) + "`");
        }
        return Printable.of(text.substring(0, end));
    }

    private CommandFailedException unanswered() {
        return new CommandFailedException(
                ExitCode.FAILED,
                "The root of " + instance.name() + " did not answer within " + timeout.toMillis() + " ms on "
                        + instance.controlSocket() + ".\n  `coppice status --instance " + instance.name()
                        + "` shows whether it lives; what was asked may still happen.");
    }

    private CommandFailedException unreachable(IOException e) {
        Path socket = instance.controlSocket();
        RootLiveness root = RootLiveness.of(instance, proc);
        if (!root.running()) {
            return new CommandFailedException(
                    ExitCode.FAILED,
                    "The root of " + instance.name() + " " + root.words()
                            + ", so nothing can be asked of it.\n  `coppice run` starts it again; it takes over what still lives.");
        }
        if (Files.exists(socket) && !Files.isWritable(socket)) {
            return new CommandFailedException(
                    ExitCode.NOT_PERMITTED,
                    "Not permitted to ask the root of " + instance.name() + ": " + socket + " belongs to "
                            + ownerOf(socket) + ".\n  Run this command as that user or as root.");
        }
        return new CommandFailedException(
                ExitCode.FAILED,
                "Cannot ask the root of " + instance.name() + " (it " + root.words() + ") on " + socket + ": "
                        + e.getMessage() + "\n  Nobody listened there for " + timeout.toMillis()
                        + " ms; the root may be starting or ending: try again.");
    }

    private static String ownerOf(Path socket) {
        try {
            return "user " + Files.getOwner(socket).getName();
        } catch (IOException e) {
            return "another user";
        }
    }

    /** Closes the channel at the deadline, which ends whatever call is blocked on it. */
    private static final class Watchdog implements AutoCloseable {
        private final CountDownLatch answered = new CountDownLatch(1);
        private final Thread thread;

        Watchdog(SocketChannel channel, long deadlineNs, AtomicBoolean late) {
            this.thread = new Thread(
                    () -> {
                        try {
                            if (!answered.await(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                                late.set(true);
                                channel.close();
                            }
                        } catch (IOException | InterruptedException e) {
                            late.set(true); // The asking thread sees the channel closed or broken and reports that.
                        }
                    },
                    "control-watchdog");
            thread.setDaemon(true);
        }

        void start() {
            thread.start();
        }

        @Override
        public void close() {
            answered.countDown();
        }
    }
}
