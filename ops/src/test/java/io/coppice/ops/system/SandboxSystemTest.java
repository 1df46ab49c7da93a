package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.state.SegmentException;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootView;
import io.coppice.state.root.StandbyPhase;
import io.coppice.supervisor.sandbox.WorkerRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: with {@code isolation: sandbox} the kernel keeps each process from what is not its own, and everything else is as without. Method: real roots
 * on a real kernel, and workers that try what they must not. Skipped where the kernel has no sandbox, or less than all of it.
 */
class SandboxSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice(true);

    @BeforeEach
    void needTheKernel() {
        assumeTrue(WorkerRules.gaps().isEmpty(), "this kernel leaves open: " + WorkerRules.gaps());
    }

    @Test
    void shouldStartEachFromAnArchiveOfItsOwnThatNoWorkerCanChange() throws Exception {
        coppice.sharingNoClasses();
        Archives archives = new Archives(coppice);
        coppice.manifest("""
                instance: shop
                isolation: sandbox
                defaults: {classpath: [$JAR], jvm: {heap: 16MiB}, reads: [], max_restarts: unlimited}
                daemons:
                  one: {main: io.coppice.ops.system.daemons.Ticker}
                  two: {main: io.coppice.ops.system.daemons.Ticker}
                  vandal: {command: [sh, -c, 'while ! [ -e %1$s/go ]; do sleep 0.05; done; for each in %2$s/*.jsa %2$s/*.aot; do
                    [ -e $each ] && (echo >>$each || rm $each || mv /dev/null $each) 2>/dev/null && echo done; done;
                    (echo >%2$s/new) 2>/dev/null && echo done; echo over; exec sleep 1000']}
                """.formatted(coppice.directory, archives.directory()));
        assertTrue(coppice.run("check", "coppice.yaml").out().contains("has its own, made in a sandbox"));
        Coppice.Root root = coppice.startRootIn(List.of("env", Archives.IMPATIENT));
        coppice.awaitRoot(root);
        archives.await(2);
        Path archive = archives.afterKill("one");
        assertNotEquals(archive, archives.afterKill("two"));

        coppice.file("go", "");
        String log = coppice.awaitLog("vandal", text -> text.contains("over\n"));

        assertEquals("over\n", log);
        assertEquals(archive, archives.afterKill("one"));
        String events = coppice.ask("events").out();
        assertFalse(events.contains("archive"), events);
        assertEquals(0, root.stop(), root.stderr());
    }

    private List<String> attemptsWith(String isolation) throws Exception {
        Path told = Files.createDirectory(coppice.directory.resolve("told"));
        Path home = coppice.home().resolve("shop");
        coppice.manifest("instance: shop\n" + isolation + """
                defaults: {classpath: [$JAR], jvm: {heap: 16MiB}, reads: []}
                daemons:
                  peer: {main: io.coppice.ops.system.daemons.Ticker}
                  trespasser:
                    main: io.coppice.ops.system.daemons.Trespasser
                    heartbeat: {timeout: 60s}
                    args: [%s, peer, %s]
                """.formatted(home, told));
        Coppice.Root root = coppice.startRoot();
        coppice.awaitRoot(root);
        coppice.awaitState("trespasser", "ready");
        long peer = coppice.awaitState("peer", "ready").number("pid");
        Files.writeString(told.resolve("peer"), Long.toString(peer));
        String log = coppice.awaitLog("trespasser", text -> text.contains("over\n"));
        assertEquals(1, coppice.awaitState("peer", "ready").number("incarnation"));
        assertEquals(1, coppice.daemon("trespasser").number("incarnation"));
        assertEquals(0, root.stop(), root.stderr());
        return log.lines().filter(line -> line.contains(": ")).toList();
    }

    @Test
    void shouldRefuseWhatReachesBeyondAWorker() throws Exception {
        List<String> attempts = attemptsWith("isolation: sandbox\n");
        assertEquals(6, attempts.size(), attempts::toString);
        assertTrue(attempts.stream().allMatch(line -> line.contains(": refused, ")), attempts::toString);
    }

    /** The control: each of the attempts is one. */
    @Test
    void shouldLetAWorkerDoAllThatWithoutIsolation() throws Exception {
        List<String> attempts = attemptsWith("");
        assertEquals(6, attempts.size(), attempts::toString);
        assertTrue(attempts.stream().allMatch(line -> line.endsWith(": done")), attempts::toString);
    }

    private static final Pattern SAW = Pattern.compile("saw ([0-9]+)\n");

    private long lastSeen() {
        long last = -1;
        try {
            for (Matcher saw = SAW.matcher(coppice.log("onlooker")); saw.find(); ) {
                last = Long.parseLong(saw.group(1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return last;
    }

    /** A rule of the kernel is about a file, and a segment of another size is another one. */
    @Test
    void shouldGoOnReadingAPeerWhoseSegmentIsGivenAnotherSize() throws Exception {
        String manifest = """
                instance: shop
                isolation: sandbox
                defaults: {classpath: [$JAR], jvm: {heap: 16MiB}}
                daemons:
                  peer: {main: io.coppice.ops.system.daemons.Ticker, state: 1MiB, reads: []}
                  onlooker: {main: io.coppice.ops.system.daemons.Onlooker, args: [peer], reads: [peer]}
                """;
        coppice.manifest(manifest);
        Coppice.Root root = coppice.startRoot();
        coppice.awaitRoot(root);
        coppice.awaitState("onlooker", "ready");
        Coppice.await("a look", () -> lastSeen() > 0);

        coppice.manifest(manifest.replace("state: 1MiB", "state: 2MiB"));
        Coppice.Result reloaded = coppice.run("reload");
        assertEquals(0, reloaded.exitCode(), reloaded.err());
        coppice.await("peer", row -> row.state().equals("ready") && row.number("incarnation") == 2);
        assertEquals(2 << 20, Files.size(coppice.home().resolve("shop/peer.seg")));
        String log = coppice.awaitLog("peer", text -> text.contains("incarnation 2 at "));
        long resumed = Long.parseLong(log.replaceAll("(?s).*incarnation 2 at ([0-9]+) .*", "$1"));
        Coppice.await("a look at the new one", () -> lastSeen() > resumed);
        assertEquals(1, coppice.daemon("onlooker").number("incarnation"));
        assertEquals(0, root.stop(), root.stderr());
    }

    /** The folders of processes, each with how many names it holds; what tells standbys from each other is left out. */
    private List<String> folders() {
        List<String> folders = new ArrayList<>();
        for (Path entry : list(coppice.home().resolve("shop"))) {
            String name = String.valueOf(entry.getFileName());
            if (name.contains(".process-") || name.contains(".standby-")) {
                folders.add(name.replaceAll("standby-.*", "standby") + ": "
                        + list(entry).size());
            }
        }
        return folders.stream().sorted().toList();
    }

    private static List<Path> list(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (IOException e) {
            return List.of(); // It is gone meanwhile.
        }
    }

    private void awaitFolders(String... expected) throws Exception {
        try {
            Coppice.await("folders", () -> folders().equals(List.of(expected)));
        } catch (AssertionError e) {
            fail("found " + folders() + ", expected " + List.of(expected), e);
        }
    }

    /** Waits for a parked standby of each: what is launched before comes cold. */
    private void awaitParked(String... children) throws Exception {
        for (String child : children) {
            Coppice.await("a standby of " + child, () -> {
                try (RootView root = RootView.open(coppice.home().resolve("shop/root.seg"))) {
                    return root.read() instanceof RootReadResult.Read read
                            && read.snapshot().child(child).orElseThrow().standbys().stream()
                                    .anyMatch(standby -> standby.phase() == StandbyPhase.PARKED);
                } catch (SegmentException e) {
                    return false;
                }
            });
        }
    }

    @Test
    void shouldHandOverSegmentsThroughEveryDeath() throws Exception {
        Submitter work = new Submitter(coppice);
        work.manifest("slots: 2, standby: 1, retries: 5, timeout: 10m", "standby: 1");
        Path manifest = coppice.directory.resolve("coppice.yaml");
        Files.writeString(manifest, "isolation: sandbox\n" + Files.readString(manifest));
        Coppice.Root first = coppice.startRoot();
        coppice.awaitRoot(first);
        long daemon = work.awaitReady().number("pid");
        assertTrue(coppice.run("status").out().contains("isolation: sandbox\n"));
        awaitFolders("work.process-1: 2", "work.standby: 0", "work@transactions.standby: 0");
        awaitParked("work", "work@1");

        work.order("1 submit gate");
        long one = work.pidOf(1);
        String[] withATask = {
            "work.process-1: 2", "work.standby: 0", "work@transactions.standby: 0", "work@transactions.standby: 2"
        };
        awaitFolders(withATask);
        awaitParked("work@1");
        work.delete("begun.1");
        Coppice.kill(one);
        assertNotEquals(one, work.pidOf(1));
        awaitFolders(withATask);
        awaitParked("work");
        Coppice.kill(daemon);
        Coppice.Daemon second =
                coppice.await(Submitter.NAME, row -> row.state().equals("ready") && row.number("incarnation") == 2);
        withATask[0] = "work.standby: 0";
        withATask[1] = "work.standby: 2";
        awaitFolders(withATask);
        awaitParked("work", "work@1");

        first.process.destroyForcibly();
        first.awaitExit();
        // Its successor hands the segment to a standby that it did not launch.
        Coppice.kill(second.number("pid"));
        Coppice.Root next = coppice.startRoot();
        coppice.awaitRoot(next);
        coppice.await(Submitter.NAME, row -> row.state().equals("ready") && row.number("incarnation") == 3);
        awaitFolders(withATask);
        work.order("2 submit plain");
        work.touch("gate.1");
        for (int number : List.of(1, 2)) {
            assertTrue(work.outcome(number).startsWith("ready: "), work.outcome(number));
        }
        work.assertEachOnce(2);
        assertEquals(0, next.stop(), next.stderr());
        assertEquals(List.of(), folders());
    }
}
