package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StoredDescriptorsTest {
    @Test
    void shouldTakeOnlyWhatIsMeantForThisProcess() {
        assertEquals(Map.of("web.1", 3, "db.2", 4), StoredDescriptors.of("7", "2", "web.1:db.2", 7));
        assertEquals(Map.of(), StoredDescriptors.of("8", "2", "web.1:db.2", 7));
        assertEquals(Map.of(), StoredDescriptors.of(null, null, null, 7));
        assertEquals(Map.of(), StoredDescriptors.of("7", "-1", "web.1", 7));
        assertEquals(Map.of(), StoredDescriptors.of("7", "x", "web.1", 7));
        assertEquals(Map.of(), StoredDescriptors.of("7", "0", "", 7));
    }

    @Test
    void shouldRecogniseAPidFdAndItsProcess() throws Exception {
        Process process = new ProcessBuilder("sleep", "1000").start();
        int pid = (int) process.pid();
        try (PidFd opened = PidFd.open(pid);
                EventFd other = EventFd.create()) {
            PidFd stored = PidFd.stored(opened.fd(), pid);
            assertNotNull(stored);
            assertEquals(opened.inode(), stored.inode());
            assertTrue(!stored.isDead());
            assertNull(PidFd.stored(opened.fd(), pid + 1), "another process's");
            assertNull(PidFd.stored(other.fd(), pid), "no pidfd");
            process.destroyForcibly();
            process.onExit().join();
            assertTrue(stored.isDead());
            assertNotNull(PidFd.stored(opened.fd(), pid), "a dead one's is what it is kept for");
        } finally {
            process.destroyForcibly();
        }
    }
}
