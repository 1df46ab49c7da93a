package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.supervisor.os.Children.Child;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilterCountTest {
    private final FilterCount filters = new FilterCount();

    @TempDir
    private Path directory;

    private Children children;

    @BeforeEach
    void start() throws OsException {
        children = new Children(directory);
    }

    @AfterEach
    void end() throws OsException {
        children.close();
    }

    private static int ownPid() {
        return (int) ProcessHandle.current().pid();
    }

    /** A line for the process itself, and one for a process that it starts; then it waits. */
    private Child restricted(String script) throws OsException {
        SpawnRequest request =
                children.request(List.of("sh", "-c", script), Children.ENVIRONMENT, directory.toString(), true);
        return children.start(Children.restricted(request, new Restriction(null, true)), null);
    }

    private static void awaitOutput(Child child, String text) throws Exception {
        long endNs = System.nanoTime() + 60_000_000_000L;
        while (!child.output().contains(text)) {
            assertTrue(System.nanoTime() < endNs, "never said: " + text);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void shouldCountAsTheKernelDoes() throws Exception {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(each -> each.startsWith("Seccomp_filters:"))
                .findFirst()
                .orElse("");
        assumeTrue(!line.isEmpty(), "this kernel (before 5.9) does not count filters");
        assertEquals(
                Integer.parseInt(line.substring("Seccomp_filters:".length()).strip()), filters.of(ownPid()));
    }

    @Test
    void shouldFindMoreOnARestrictedProcessAndOnWhatComesOfIt() throws Exception {
        assumeTrue(SeccompFilter.isAvailable(), "this kernel has no seccomp filter");
        int own = filters.of(ownPid());
        Child child = restricted("sleep 1000 & echo \"$!.\"; wait");
        awaitOutput(child, ".");
        assertEquals(own + 1, filters.of(child.pid()));
        int grandchild = Integer.parseInt(child.output().replace(".", "").strip());
        assertEquals(own + 1, filters.of(grandchild));
        assertEquals(own, filters.of(children.start("sleep", "1000").pid()));
    }

    @Test
    void shouldTellNothingOfWhatHasEnded() throws Exception {
        Child child = children.start("true");
        Watchdog.awaitReadable("its death", child.pidFd().fd());
        assertEquals(FilterCount.NOT_TOLD, filters.of(child.pid()), "dead, and not reaped");
        assertNotNull(child.pidFd().tryReap());
        assertEquals(FilterCount.NOT_TOLD, filters.of(child.pid()));
    }

    @Test
    void shouldNotTakeANameForALine() throws Exception {
        assumeTrue(SeccompFilter.isAvailable(), "this kernel has no seccomp filter");
        int own = filters.of(ownPid());
        Child child = restricted("printf 'a\\nSeccomp:\\t0' >/proc/self/comm; echo named; read -r _; read -r _");
        awaitOutput(child, "named");
        assertEquals(own + 1, filters.of(child.pid()));
    }

    @Test
    void shouldTellNothingOfWhoIsInMoreGroupsThanThereIsRoomFor() throws Exception {
        assumeTrue(Kernel.JNR_POSIX.geteuid() == 0, "so many groups take root");
        Child few = inGroups(3_000);
        assertTrue(filters.of(few.pid()) >= 0);
        assertEquals(FilterCount.NOT_TOLD, filters.of(inGroups(15_000).pid()));
    }

    private Child inGroups(int count) throws Exception {
        String groups = IntStream.range(0, count)
                .mapToObj(group -> String.valueOf(10_000 + group))
                .collect(Collectors.joining(","));
        Child child = children.start("setpriv", "--groups=" + groups, "sh", "-c", "echo there; sleep 1000");
        awaitOutput(child, "there");
        return child;
    }
}
