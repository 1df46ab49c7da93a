package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OomKillsTest {
    private static final String OLDER = "12:pids:/a\n4:cpu,memory:/shop/work\n1:name=systemd:/b\n0::/c\n";

    @TempDir
    Path groups;

    private Path self(String text) throws IOException {
        return Files.writeString(groups.resolve("self"), text);
    }

    private Path write(String file, String text) throws IOException {
        Path path = groups.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, text);
    }

    @Test
    void shouldCountThoseOfItsGroupOnly() throws Exception {
        Path self = self("0::/shop/work\n");
        write("shop/work/memory.events", "low 0\noom 7\noom_kill 3\noom_group_kill 0\n");
        OomKills kills = new OomKills(self, groups);
        assertEquals(0, kills.more());
        write("memory.events", "oom_kill 99\n");
        assertEquals(0, kills.more());
        write("shop/work/memory.events", "low 0\noom 8\noom_kill 5\noom_group_kill 0\n");
        assertEquals(2, kills.more());
        assertEquals(0, kills.more());
    }

    @Test
    void shouldCountInTheOlderHierarchyWhereThatHasTheMemory() throws Exception {
        Path self = self(OLDER);
        write("c/memory.events", "oom_kill 1\n");
        write("memory/shop/work/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n");
        OomKills kills = new OomKills(self, groups);
        write("memory/shop/work/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
        assertEquals(1, kills.more());
    }

    /** As in a container that has no namespace of groups: its group's path is the host's, and what is mounted is its group. */
    @Test
    void shouldCountInTheGroupThatIsMountedWhereItsOwnIsNotInSight() throws Exception {
        write("memory/memory.oom_control", "oom_kill 0\n");
        OomKills kills = new OomKills(self(OLDER), groups);
        write("memory/memory.oom_control", "oom_kill 1\n");
        assertEquals(1, kills.more());
    }

    @Test
    void shouldTellNothingWhereTheKernelDoesNot() throws Exception {
        for (String text : new String[] {"", "nonsense\n", "1:name=systemd:/b\n", "0::/c\n"}) {
            assertEquals(0, new OomKills(self(text), groups).more(), text);
        }
        write("c/memory.events", "oom_kill many\n");
        assertEquals(0, new OomKills(self("0::/c\n"), groups).more());
        assertEquals(0, new OomKills(groups.resolve("none"), groups).more());
    }
}
