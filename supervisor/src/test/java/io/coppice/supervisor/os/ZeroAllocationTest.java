package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.sun.management.ThreadMXBean;
import io.coppice.supervisor.os.Children.Child;
import java.lang.management.ManagementFactory;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: the steady state of the duty cycle allocates nothing. Method: the JVM's own count of this thread's bytes. */
class ZeroAllocationTest {
    private static final int CALLS = 10_000;
    private static final int ROUNDS = 30;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path directory;

    @Test
    void shouldAllocateNothingInACycleOfWaitingAndWaking() throws Exception {
        try (Epoll epoll = Epoll.create();
                EventFd event = EventFd.create();
                TimerFd timer = TimerFd.create()) {
            epoll.add(event.fd(), 1);
            epoll.addOneShot(timer.fd(), 2);
            assertNoneAllocated("epoll, eventfd, timerfd", () -> {
                event.signal();
                timer.armAtNs(1);
                epoll.rearm(timer.fd(), 2);
                long tokens = 0;
                int ready = epoll.await(0);
                for (int i = 0; i < ready; i++) {
                    tokens += epoll.hangup(i) ? 100 : epoll.token(i);
                }
                event.drain();
                timer.drain();
                timer.disarm();
                return tokens;
            });
        }
    }

    @Test
    void shouldAllocateNothingInWatchingAProcess() throws Exception {
        ProcessTable table = new ProcessTable();
        try (Children children = new Children(directory)) {
            Child child = children.start("sleep", "1000");
            PidFd pidFd = child.pidFd();
            assertNoneAllocated("pidfd", () -> (pidFd.tryReap() == null ? 0 : 1) + pidFd.signal(0));
            ThreadStat thread = new ThreadStat();
            assertNoneAllocated(
                    "a close look at a thread", () -> thread.read(child.pid(), child.pid()) ? thread.ranNs() : 0);
            FilterCount filters = new FilterCount();
            assertNoneAllocated("its filters", () -> filters.of(child.pid()));
            assertNoneAllocated("start ticks", () -> table.startTicks(child.pid()));
            assertNoneAllocated("group", () -> table.groupExists(child.pid()) ? 1 : 0);
            assertNoneAllocated("poll for spawn results", () -> children.spawner.poll() == null ? 0 : 1);
        }
    }

    @Test
    void shouldAllocateNothingInReadingAndWriting() throws Exception {
        Path path = directory.resolve("control.sock");
        Pipe pipe = Pipe.createNonBlocking();
        byte[] bytes = new byte[64];
        try (UnixListener listener = UnixListener.bind(path);
                SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            assertEquals(true, client.isConnected());
            UnixConnection connection = listener.accept();
            assertNotNull(connection);
            assertNoneAllocated("pipe", () -> {
                Fds.write(pipe.writeFd(), bytes, 1);
                return Fds.readSome(pipe.readFd(), bytes) + Fds.readSome(pipe.readFd(), bytes);
            });
            assertNoneAllocated("connection", () -> connection.read(bytes, 0) + connection.write(bytes, 0, 0));
            assertNoneAllocated("accept", () -> listener.accept() == null ? 0 : 1);
            connection.close();
        } finally {
            Fds.close(pipe.readFd());
            Fds.close(pipe.writeFd());
        }
    }

    private interface Call {
        long run() throws OsException;
    }

    /** The first rounds load classes and compile; from some round on nothing may be allocated in 10,000 calls. */
    private void assertNoneAllocated(String what, Call call) throws OsException {
        long allocated = -1;
        long sum = 0;
        for (int round = 0; round < ROUNDS && allocated != 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                sum += call.run();
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertEquals(0, allocated, what + ": bytes in " + CALLS + " calls (sum " + sum + ")");
    }
}
