package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootLockTest {
    @TempDir
    Path directory;

    @Test
    void shouldNameTheProcessThatHoldsItAndBeFreeAfterItsSuddenDeath() throws Exception {
        Path file = directory.resolve("root.lock");
        try (ChildJvm holder = new ChildJvm(Map.of(), "", RootLockHolder.class, file.toString())) {
            assertEquals("locked", holder.readLine());
            String content = Files.readString(file);
            assertTrue(
                    content.matches(holder.pid() + " " + new ProcessTable().startTicks(holder.pid()) + " [0-9]{13}\n"),
                    content);
            RootLockHeldException held = assertThrows(RootLockHeldException.class, () -> RootLock.acquire(file));
            assertEquals(holder.pid(), held.pid());
            assertTrue(held.ageSeconds() >= 0);
            assertTrue(held.getMessage().contains("process " + holder.pid()), held::getMessage);
            assertEquals(content, Files.readString(file), "the holder's file is untouched");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                assertNull(channel.tryLock(), "the JDK's own lock conflicts");
            }
            holder.kill();
            assertEquals(content, Files.readString(file), "a dead holder's words stay, and mean nothing");
        }
        try (RootLock lock = RootLock.acquire(file)) {
            assertNotNull(lock);
            assertTrue(Files.readString(file).startsWith(ProcessHandle.current().pid() + " "));
        }
    }

    @Test
    void shouldBeHeldAgainstItsOwnProcessToo() throws Exception {
        Path file = directory.resolve("root.lock");
        RootLock first = RootLock.acquire(file);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        RootLockHeldException held = assertThrows(RootLockHeldException.class, () -> RootLock.acquire(file));
        assertEquals(ProcessHandle.current().pid(), held.pid());
        first.close();
        assertEquals("", Files.readString(file));
        RootLock.acquire(file).close();
    }

    @Test
    void shouldNotPassToChildren() throws Exception {
        Path file = directory.resolve("root.lock");
        try (Children children = new Children(directory)) {
            RootLock lock = RootLock.acquire(file);
            Children.Child child = children.start("sleep", "1000");
            lock.close();
            assertNull(child.pidFd().tryReap());
            RootLock.acquire(file).close();
        }
    }

    @Test
    void shouldSayThatAHolderHasNotNamedItselfYet() throws Exception {
        Path file = directory.resolve("root.lock");
        RootLock holder = RootLock.acquire(file);
        for (String content : List.of("", "12", "12 x 5\n", "99999999999999999999 1 1\n")) {
            Files.writeString(file, content);
            RootLockHeldException held = assertThrows(RootLockHeldException.class, () -> RootLock.acquire(file));
            assertEquals(-1, held.pid());
            assertEquals(0, held.ageSeconds());
            assertTrue(held.getMessage().contains("has not written its pid yet"), held::getMessage);
        }
        holder.close();
    }

    @Test
    void shouldSayWhyItCannotBeTaken() throws Exception {
        OsException missing =
                assertThrows(OsException.class, () -> RootLock.acquire(directory.resolve("no/root.lock")));
        assertEquals(Errno.ENOENT, missing.errno());
        Path link = Files.createSymbolicLink(directory.resolve("link.lock"), directory.resolve("elsewhere"));
        assertNotEquals(
                0, assertThrows(OsException.class, () -> RootLock.acquire(link)).errno());
        assertFalse(Files.exists(directory.resolve("elsewhere")));
    }

    /** As {@code coppice purge} removes it: who has taken the lock after that has it on a file that has that name. */
    @Test
    void shouldNotBeHeldOnAFileThatSomebodyRemovedWhileHoldingItsLock() throws Exception {
        Path file = directory.resolve("root.lock");
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger removals = new AtomicInteger();
        CompletableFuture<Void> remover = CompletableFuture.runAsync(() -> {
            while (!done.get()) {
                removals.addAndGet(removeUnderItsLock(file) ? 1 : 0);
            }
        });
        try {
            String own = ProcessHandle.current().pid() + " ";
            for (int taken = 0; taken < 500 || removals.get() < 500; ) {
                try (RootLock lock = RootLock.acquire(file)) {
                    assertNotNull(lock);
                    assertTrue(Files.exists(file), "held on a file that is gone");
                    assertTrue(Files.readString(file).startsWith(own), "held on another file");
                    taken++;
                } catch (RootLockHeldException e) {
                    Thread.onSpinWait();
                }
            }
        } finally {
            done.set(true);
        }
        remover.join();
    }

    private static boolean removeUnderItsLock(Path file) {
        try (RootLock lock = RootLock.acquire(file)) {
            assertNotNull(lock);
            Files.delete(file);
            return true;
        } catch (RootLockHeldException e) {
            return false;
        } catch (OsException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
