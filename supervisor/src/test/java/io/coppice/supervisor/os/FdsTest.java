package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FdsTest {
    @Test
    void shouldPutBothEndsOfAPipeOutOfTheWayOfAChildsDescriptors() throws Exception {
        Pipe pipe = Pipe.create();
        try {
            assertTrue(pipe.readFd() >= 100);
            assertTrue(pipe.writeFd() >= 100);
            assertEquals(1, Kernel.LIBC.fcntl(pipe.readFd(), 1, 0L), "FD_CLOEXEC");
            assertEquals(1, Kernel.LIBC.fcntl(pipe.writeFd(), 1, 0L), "FD_CLOEXEC");
            assertEquals(0, Kernel.LIBC.fcntl(pipe.readFd(), Kernel.F_GETFL, 0L) & Kernel.O_NONBLOCK);
        } finally {
            Fds.close(pipe.readFd());
            Fds.close(pipe.writeFd());
        }
    }

    @Test
    void shouldAnswerAtOnceWhenAPipeIsFullOrEmptyOrHasNoReader() throws Exception {
        Pipe pipe = Pipe.createNonBlocking();
        byte[] bytes = new byte[20_000];
        assertEquals(-Errno.EAGAIN, Fds.readSome(pipe.readFd(), bytes));
        assertEquals(16 * 1024, Fds.write(pipe.writeFd(), bytes, bytes.length), "at most 16 KiB per call");
        int written = 0;
        while (written >= 0) {
            written = Fds.write(pipe.writeFd(), bytes, bytes.length);
        }
        assertEquals(-Errno.EAGAIN, written);
        Fds.close(pipe.readFd());
        assertEquals(-Errno.EPIPE, Fds.write(pipe.writeFd(), bytes, 1));
        Fds.close(pipe.writeFd());
    }

    @Test
    void shouldReadAllThatAWriterSendsUntilItsEnd() throws Exception {
        long seed = 20_261_101L;
        byte[] sent = new byte[300_000];
        new SplittableRandom(seed).nextBytes(sent);
        Pipe pipe = Pipe.create();
        Thread writer = new Thread(() -> {
            int at = 0;
            while (at < sent.length) {
                byte[] rest = Arrays.copyOfRange(sent, at, sent.length);
                int written = Fds.write(pipe.writeFd(), rest, rest.length);
                at += Math.max(0, written);
                Thread.yield();
            }
            Fds.close(pipe.writeFd());
        });
        writer.start();
        byte[] read = Fds.readAll(pipe.readFd(), sent.length);
        writer.join();
        Fds.close(pipe.readFd());
        assertArrayEquals(sent, read, "seed " + seed);
    }

    @Test
    void shouldRefuseMoreThanTheBoundAndDescriptorsThatAreClosed() throws Exception {
        Pipe pipe = Pipe.create();
        Fds.write(pipe.writeFd(), new byte[11], 11);
        Fds.close(pipe.writeFd());
        OsException tooMuch = assertThrows(OsException.class, () -> Fds.readAll(pipe.readFd(), 10));
        assertEquals(Errno.EFBIG, tooMuch.errno());
        assertTrue(tooMuch.getMessage().contains("more than 10 bytes"), tooMuch::getMessage);
        Fds.close(pipe.readFd());
        OsException closed = assertThrows(OsException.class, () -> Fds.readAll(pipe.readFd(), 10));
        assertTrue(closed.getMessage().contains("Bad file descriptor (EBADF)"), closed::getMessage);
        assertThrows(IllegalStateException.class, () -> Fds.close(pipe.readFd()));
    }
}
