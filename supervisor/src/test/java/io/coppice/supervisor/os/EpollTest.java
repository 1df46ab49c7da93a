package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EpollTest {
    @Test
    void shouldTellOfEveryReadableDescriptorByItsTokenAsLongAsItIsReadable() throws Exception {
        List<EventFd> fds = new ArrayList<>();
        try (Epoll epoll = Epoll.create()) {
            int count = 100; // more than one call takes
            for (int i = 0; i < count; i++) {
                EventFd fd = EventFd.create();
                fds.add(fd);
                epoll.add(fd.fd(), tokenOf(i));
            }
            assertEquals(0, epoll.await(0));
            fds.forEach(EventFd::signal);
            Set<Long> told = new HashSet<>();
            Set<Long> expected = new HashSet<>();
            for (int i = 0; i < count; i++) {
                expected.add(tokenOf(i));
            }
            // Level-triggered, and the kernel goes round: those not drained come again behind the others.
            for (int calls = 0; calls < 4; calls++) {
                int ready = epoll.await(0);
                assertEquals(64, ready);
                for (int i = 0; i < ready; i++) {
                    told.add(epoll.token(i));
                    assertFalse(epoll.hangup(i));
                }
            }
            assertEquals(expected, told);
            fds.forEach(EventFd::drain);
            assertEquals(0, epoll.await(0));
        } finally {
            fds.forEach(EventFd::close);
        }
    }

    @Test
    void shouldTellOfAOneShotDescriptorOnceUntilRearmed() throws Exception {
        try (Epoll epoll = Epoll.create();
                EventFd fd = EventFd.create()) {
            epoll.addOneShot(fd.fd(), Long.MIN_VALUE);
            fd.signal();
            assertEquals(1, epoll.await(Watchdog.TIMEOUT_MS));
            assertEquals(Long.MIN_VALUE, epoll.token(0));
            fd.signal();
            assertEquals(0, epoll.await(0));
            epoll.rearm(fd.fd(), -2);
            assertEquals(1, epoll.await(0), "still readable");
            assertEquals(-2, epoll.token(0));
        }
    }

    @Test
    void shouldTellAHangupWithTheLastBytesStillToRead() throws Exception {
        Pipe pipe = Pipe.createNonBlocking();
        try (Epoll epoll = Epoll.create()) {
            epoll.add(pipe.readFd(), 5);
            Fds.write(pipe.writeFd(), new byte[] {42}, 1);
            assertEquals(1, epoll.await(0));
            assertFalse(epoll.hangup(0));
            Fds.close(pipe.writeFd());
            assertEquals(1, epoll.await(0));
            assertTrue(epoll.hangup(0));
            byte[] last = new byte[2];
            assertEquals(1, Fds.readSome(pipe.readFd(), last));
            assertEquals(42, last[0]);
            assertEquals(0, Fds.readSome(pipe.readFd(), last));
        } finally {
            Fds.close(pipe.readFd());
        }
    }

    @Test
    void shouldForgetARemovedDescriptor() throws Exception {
        try (Epoll epoll = Epoll.create();
                EventFd fd = EventFd.create()) {
            fd.signal();
            epoll.add(fd.fd(), 1);
            epoll.remove(fd.fd());
            assertEquals(0, epoll.await(0));
            assertThrows(IllegalStateException.class, () -> epoll.remove(fd.fd()));
            assertThrows(IllegalStateException.class, () -> epoll.rearm(fd.fd(), 1));
        }
    }

    @Test
    void shouldRefuseWhatCannotBeWatchedAndTokensThatWereNotTold() throws Exception {
        try (Epoll epoll = Epoll.create();
                EventFd fd = EventFd.create()) {
            epoll.add(fd.fd(), 1);
            assertEquals(
                    Errno.EEXIST,
                    assertThrows(OsException.class, () -> epoll.add(fd.fd(), 2)).errno());
            assertThrows(IndexOutOfBoundsException.class, () -> epoll.token(0));
            fd.signal();
            assertEquals(1, epoll.await(-1));
            assertThrows(IndexOutOfBoundsException.class, () -> epoll.token(1));
            assertThrows(IndexOutOfBoundsException.class, () -> epoll.hangup(-1));
        }
    }

    private static long tokenOf(int i) {
        return 0x7fff_ffff_ffff_ff00L + i;
    }
}
