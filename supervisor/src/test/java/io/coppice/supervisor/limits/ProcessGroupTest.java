package io.coppice.supervisor.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a control group tells of its limit of tasks, by files as the kernel has them. */
class ProcessGroupTest {
    private static final String MET = "tasks limit met: at 30 processes and threads the kernel made no more, 3 times";

    @TempDir
    Path base;

    private ProcessGroup group(boolean unified, String max, String events) throws IOException {
        Path directory = Files.createDirectories(base.resolve("web.1"));
        Files.writeString(directory.resolve("pids.max"), max + "\n");
        Files.writeString(directory.resolve("pids.events"), events + "\n");
        Files.writeString(directory.resolve("cgroup.procs"), "");
        return new ProcessGroup("web.1", Map.of(Controller.TASKS, new ControlGroups.Place(base, unified)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTellThatTheLimitOfTasksWasMetBeforeItWasKilled(boolean unified) throws IOException {
        ProcessGroup group = group(unified, "30", "max 3");
        assertEquals(0, group.kill());
        // What is refused while it is being killed is its killer's doing.
        Files.writeString(base.resolve("web.1/pids.events"), "max 700\n");
        assertEquals(0, group.kill());
        assertEquals(MET, group.tasksMet());
    }

    @Test
    void shouldTellOfNothingThatWasNotRefused() throws IOException {
        assertNull(group(true, "30", "max 0").tasksMet());
        assertNull(group(true, "max", "max 0").tasksMet());
        assertNull(new ProcessGroup("web.2", Map.of()).tasksMet());
    }

    /** By a root before this one, of version 1: it sets the limit to nothing first. */
    @Test
    void shouldNotTellOfWhatSomebodyElseHasBegunToKill() throws IOException {
        assertNull(group(false, "0", "max 3").tasksMet());
    }
}
