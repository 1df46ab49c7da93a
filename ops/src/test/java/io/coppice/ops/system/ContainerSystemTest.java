package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The root as process 1 of a pid namespace, as it is in a container. Needs the right to make one. */
class ContainerSystemTest {
    private static final List<String> CONTAINER =
            List.of("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child", "--mount-proc");

    @RegisterExtension
    final Coppice coppice = new Coppice();

    @BeforeEach
    void needNamespaces() throws Exception {
        List<String> command = new ArrayList<>(CONTAINER);
        command.add("true");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        boolean may = process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        assumeTrue(may, "a root as process 1 needs the right to make a user and a pid namespace");
    }

    /** The container's process 1, by its number out here. */
    private static ProcessHandle first(Process container) throws InterruptedException {
        Coppice.await("a process 1", () -> container.children().findAny().isPresent());
        return container.children().findAny().orElseThrow();
    }

    private static List<String> zombiesOf(long parent) {
        List<String> zombies = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                if (fields[0].equals("Z") && fields[1].equals(Long.toString(parent))) {
                    zombies.add(stat);
                }
            }
        } catch (IOException e) {
            return List.of("a process went away while it was looked at");
        }
        return zombies;
    }

    private String lines(String file) throws IOException {
        Path path = coppice.directory.resolve(file);
        return Files.exists(path) ? Files.readString(path) : "";
    }

    private boolean has(String file, String content) {
        try {
            return lines(file).contains(content);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void shouldReapTheOrphansThatAreNotItsOwnAndPassASignalOnOnce() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  forks:
                    command: |
                      trap 'echo TERM >>terms; exit 0' TERM
                      for i in 1 2 3 4 5; do (setsid sh -c 'sleep 0.2; echo orphan >>orphans' &); done
                      echo up >>ups
                      while :; do sleep 0.05; done
                """);
        Process container = coppice.startIn(CONTAINER, "run");
        ProcessHandle root = first(container);
        Coppice.await("the orphans' ends", () -> has("orphans", "orphan\n".repeat(5)) && has("ups", "up"));
        Coppice.await("nobody lies about", () -> zombiesOf(root.pid()).isEmpty());

        assertTrue(root.destroy());
        assertTrue(container.waitFor(300, TimeUnit.SECONDS));
        assertEquals(0, container.exitValue());
        assertEquals("TERM\n", lines("terms"));
    }

    /** A volume that two containers share: the pids on record are numbers of the other one's, and what they name here is somebody else. */
    @Test
    void shouldRefuseBesideChildrenThatLiveInAnotherNamespace() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  web: {command: 'while :; do sleep 1000; done'}
                """);
        List<String> outlivesTheRoot = new ArrayList<>(CONTAINER);
        outlivesTheRoot.addAll(List.of("sh", "-c", "\"$@\" & wait $!; while :; do sleep 1000; done", "sh"));
        Process container = coppice.startIn(outlivesTheRoot, "run");
        coppice.awaitState("web", "ready");
        ProcessHandle root = container
                .descendants()
                .filter(process ->
                        process.info().commandLine().orElse("").contains("io.coppice.supervisor.root.RootMain"))
                .findFirst()
                .orElseThrow();
        assertTrue(root.destroyForcibly());
        root.onExit().join();

        Coppice.Root refused = coppice.startRoot();
        assertEquals(1, refused.awaitExit(), refused.stderr());
        assertTrue(refused.stderr().contains("ran in another pid namespace"), refused.stderr());
        assertTrue(refused.stderr().contains("web (pid "), refused.stderr());

        assertTrue(first(container).destroyForcibly());
        assertTrue(container.waitFor(300, TimeUnit.SECONDS));
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        coppice.await("web", daemon -> daemon.state().equals("ready") && daemon.number("incarnation") == 2);
        assertEquals(0, next.stop(), next.stderr());
    }

    @Test
    void shouldSayThatTheSegmentDirectoryIsAsSmallAsAContainersIsWithoutMore() throws Exception {
        Path shm = Files.createDirectory(coppice.directory.resolve("shm"));
        coppice.manifest("""
                instance: shop
                segments: %s
                daemons:
                  ticker: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], jvm: {heap: 16MiB}, state: 80MiB}
                """.formatted(shm));
        List<String> small = new ArrayList<>(CONTAINER);
        small.addAll(List.of("bash", "-c", "mount -t tmpfs -o size=64m shm " + shm + " && exec \"$@\"", "bash"));
        Coppice.Result refused = coppice.runIn(small, "run");
        assertEquals(2, refused.exitCode(), refused.err());
        assertTrue(
                refused.err()
                        .contains("64MiB in all, which is what a container's /dev/shm has unless it is given more"),
                refused.err());
    }

    @Test
    void shouldRefuseMoreThanTheMemoryLimitThatItFinds() throws Exception {
        Path mount = Path.of("/sys/fs/cgroup/memory");
        boolean may = Files.isWritable(mount.resolve("cgroup.procs"));
        assumeTrue(may, "no memory cgroup of version 1 can be made in " + mount + " by this user");
        Path cgroup = Files.createDirectory(
                mount.resolve("coppice-test-" + ProcessHandle.current().pid()));
        try {
            Files.writeString(cgroup.resolve("memory.limit_in_bytes"), Long.toString(600L << 20));
            coppice.manifest("""
                    instance: shop
                    daemons:
                      ticker: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], jvm: {heap: 700MiB}}
                    """);
            Coppice.Result refused = coppice.runIn(
                    List.of("bash", "-c", "echo $$ >" + cgroup + "/cgroup.procs && exec \"$@\"", "bash"), "run");
            assertEquals(2, refused.exitCode(), refused.err());
            assertTrue(refused.err().contains("expected at most 600MiB"), refused.err());
            assertTrue(refused.err().contains("memory.limit_in_bytes"), refused.err());
        } finally {
            Files.delete(cgroup);
        }
    }

    @Test
    void shouldResumeAfterTheWholeContainerWasKilled() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  ticker: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], jvm: {heap: 16MiB}}
                """);
        Process container = coppice.startIn(CONTAINER, "run");
        coppice.awaitLog("ticker", log -> log.contains("incarnation 1 at 0 after nothing"));
        Coppice.Daemon running = coppice.await("ticker", daemon -> daemon.number("commits") > 20);
        assertTrue(first(container).destroyForcibly());
        assertTrue(container.waitFor(300, TimeUnit.SECONDS));

        Process again = coppice.startIn(CONTAINER, "run");
        String log = coppice.awaitLog("ticker", text -> text.contains("incarnation 2 at "));
        long resumedAt = Long.parseLong(log.replaceAll("(?s).*incarnation 2 at ([0-9]+) .*", "$1"));
        assertTrue(resumedAt >= running.number("commits") - 1, log);
        assertTrue(log.contains("incarnation 2 at " + resumedAt + " after unknown"), log);
        assertTrue(first(again).destroy());
        assertTrue(again.waitFor(300, TimeUnit.SECONDS));
        assertEquals(0, again.exitValue());
    }
}
