package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.LoopWord;
import io.coppice.state.SegmentException;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.RootView;
import io.coppice.state.root.StandbyPhase;
import io.coppice.state.root.StandbyRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: a daemon with standbys is back by one of them, whatever dies meanwhile. Method: real JVMs, real kills. */
class StandbySystemTest {
    private static final long WATCHDOG_SECONDS = 300;

    private static final int ROOT_KILLS = 3;

    /** Where a segment has its loop word, and what the kernel writes there when its owner's loop thread dies. */
    private static final long WORD_OFFSET = 2176;

    private static final int DEAD = 0xc000_0000;

    /** Said by a worker that took over while its predecessor was being buried. */
    private static final String WENT_ON = "death word";

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private Coppice.Root start(String daemons) throws Exception {
        coppice.manifest("instance: shop\ndefaults: {jvm: {heap: 16MiB}}\ndaemons:\n" + daemons.indent(2));
        return coppice.startRoot();
    }

    private static String ticker(String name, String more) {
        return name + ": {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], " + more + "}\n";
    }

    /** Waits until the table of this root is as the condition wants it. */
    private RootSnapshot await(Coppice.Root root, String what, Predicate<RootSnapshot> condition) throws Exception {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        RootSnapshot last = null;
        while (System.nanoTime() < endNs && root.process.isAlive()) {
            long beganNs = System.nanoTime();
            try (RootView view = RootView.open(coppice.home().resolve("shop/root.seg"))) {
                last = view.read() instanceof RootReadResult.Read read ? read.snapshot() : last;
            } catch (SegmentException e) {
                last = null; // It is being made.
            }
            if (last != null
                    && last.root().filter(r -> r.pid() == root.process.pid()).isPresent()
                    && condition.test(last)) {
                return last;
            }
            Coppice.pauseAfterLook(beganNs, 2);
        }
        return fail("never: " + what + "; last: " + last + "\n" + root.stderr());
    }

    private static ChildInfo child(RootSnapshot snapshot, String name) {
        return snapshot.child(name).orElseThrow();
    }

    private static boolean isReady(RootSnapshot snapshot, String name, long incarnation) {
        return snapshot.child(name)
                .filter(child -> child.state() == ChildStateCode.READY && child.incarnation() == incarnation)
                .isPresent();
    }

    private static Predicate<RootSnapshot> parked(String name, int count) {
        return snapshot -> snapshot.child(name)
                .filter(child -> child.state() == ChildStateCode.READY && child.parkedStandbys() == count)
                .isPresent();
    }

    private static List<Long> parkedPids(ChildInfo child) {
        return child.standbys().stream()
                .filter(standby -> standby.phase() == StandbyPhase.PARKED)
                .map(StandbyRecord::pid)
                .toList();
    }

    private static void signal(String signal, long pid) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                        .start()
                        .waitFor());
    }

    private static long count(RootSnapshot snapshot, EventType type) {
        return snapshot.events().stream().filter(event -> event.type() == type).count();
    }

    /**
     * A standby has loaded what was in the jar when it was launched, and has run the daemon's own warm-up, before it is parked: that
     * is what a death brings up. A restart does not: it was asked for, so it runs what is in the jar now.
     */
    @Test
    void shouldTakeOverUnderItsOwnPidAndBeReplacedByAnotherAndNotSurviveARestart() throws Exception {
        deploy(1);
        Coppice.Root root =
                start("says: {main: io.coppice.ops.system.daemons.Says, classpath: [says.jar], standby: 1}");
        ChildInfo before = child(await(root, "a standby", parked("says", 1)), "says");
        assertEquals(1, coppice.daemon("says").number("standbys"));
        assertEquals(1, coppice.daemon("says").number("standbys_wanted"));
        long standby = parkedPids(before).get(0);
        assertTrue(coppice.log("says").contains(warmUp(standby, 1)), coppice.log("says"));

        deploy(2);
        signal("KILL", before.pid());
        RootSnapshot after = await(root, "incarnation 2", snapshot -> isReady(snapshot, "says", 2));
        assertEquals(standby, child(after, "says").pid());
        assertEquals(1, count(after, EventType.STANDBY_ASSIGNED));
        coppice.awaitLog("says", log -> log.contains("incarnation 2: this is version 1\n"));

        long next = parkedPids(child(await(root, "another standby", parked("says", 1)), "says"))
                .get(0);
        assertNotEquals(standby, next);
        assertTrue(coppice.log("says").contains(warmUp(next, 2)), coppice.log("says"));

        deploy(3);
        assertEquals(0, coppice.run("restart", "says").exitCode());
        assertFalse(Coppice.isAlive(next), "a standby that has loaded what was replaced");
        RootSnapshot restarted = await(root, "incarnation 3", snapshot -> isReady(snapshot, "says", 3));
        assertEquals(1, count(restarted, EventType.STANDBY_ASSIGNED));
        coppice.awaitLog("says", log -> log.contains("incarnation 3: this is version 3\n"));

        long last = parkedPids(child(await(root, "a standby again", parked("says", 1)), "says"))
                .get(0);
        assertEquals(
                List.of(warmUp(standby, 1), warmUp(next, 2), warmUp(last, 3)),
                coppice.log("says")
                        .lines()
                        .filter(line -> line.startsWith("warm-up "))
                        .toList());
        assertEquals(0, root.stop(), root.stderr());
        assertFalse(Coppice.isAlive(last), "a standby outlived an orderly end");
    }

    /** As deployments do it: another file under the same name. */
    private void deploy(int version) throws IOException {
        Path jar = coppice.directory.resolve("new.jar");
        SaysJar.write(jar, version);
        Files.move(jar, coppice.directory.resolve("says.jar"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static String warmUp(long pid, int version) {
        return "warm-up in " + pid + ": this is version " + version;
    }

    /** It dies with its daemon; and the next one after it was assigned, before it could do anything. */
    @Test
    void shouldCostNothingWhenStandbysDieToo() throws Exception {
        Coppice.Root root = start(ticker("ticker", "standby: 3, max_restarts: 1, backoff: none"));
        ChildInfo before = child(await(root, "three standbys", parked("ticker", 3)), "ticker");
        List<Long> standbys = parkedPids(before);

        signal("STOP", standbys.get(1)); // It will be assigned, and not get anywhere.
        signal("KILL", standbys.get(0));
        signal("KILL", before.pid());
        await(
                root,
                "the second one is on record",
                snapshot -> child(snapshot, "ticker").pid() == standbys.get(1));
        signal("KILL", standbys.get(1));
        RootSnapshot after = await(
                root,
                "the third one",
                snapshot -> child(snapshot, "ticker").pid() == standbys.get(2)
                        && child(snapshot, "ticker").state() == ChildStateCode.READY);
        assertTrue(
                child(after, "ticker").failureCount() <= 1,
                child(after, "ticker").toString());
        // The first may have been assigned before the kernel told of its death.
        String line = "incarnation " + child(after, "ticker").incarnation() + " at ";
        coppice.awaitLog("ticker", log -> log.lines().anyMatch(each -> each.startsWith(line) && each.contains("KILL")));
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldBeFoundAgainByTheNextRoot() throws Exception {
        Coppice.Root first = start(ticker("ticker", "standby: 1"));
        ChildInfo before = child(await(first, "a standby", parked("ticker", 1)), "ticker");
        long standby = parkedPids(before).get(0);
        first.process.destroyForcibly();
        first.awaitExit();
        assertTrue(Coppice.isAlive(standby));

        Coppice.Root second = coppice.startRoot();
        RootSnapshot adopted = await(second, "both adopted", snapshot -> count(snapshot, EventType.ADOPTED) == 2);
        assertEquals(before.pid(), child(adopted, "ticker").pid());
        assertEquals(List.of(standby), parkedPids(child(adopted, "ticker")));
        signal("KILL", before.pid());
        RootSnapshot after = await(second, "incarnation 2", snapshot -> isReady(snapshot, "ticker", 2));
        assertEquals(standby, child(after, "ticker").pid());
        assertEquals(0, second.stop(), second.stderr());
        assertFalse(Coppice.isAlive(standby));
    }

    @Test
    void shouldGoOnHoweverFarTheRootHadComeWithTheAssignment() throws Exception {
        killRootAfterDaemon("standby: 1, max_restarts: unlimited");
    }

    @Test
    void shouldGoOnHoweverFarTheRootHadComeAtTheDeathWord() throws Exception {
        killRootAfterDaemon("standby: 1, fence: word, max_restarts: unlimited");
    }

    /** The root dies at any moment between the death of the daemon and the first heartbeat of its successor. */
    private void killRootAfterDaemon(String keys) throws Exception {
        SplittableRandom random = new SplittableRandom(20_261_126);
        Coppice.Root root = start(ticker("ticker", keys));
        int byStandby = 0;
        for (int round = 0; round < ROOT_KILLS; round++) {
            ChildInfo before = child(await(root, "a standby", parked("ticker", 1)), "ticker");
            long standby = parkedPids(before).get(0);
            signal("KILL", before.pid());
            LockSupport.parkNanos(random.nextInt(6_000_000)); // an instant to die at, not a wait for something
            root.process.destroyForcibly();
            root.awaitExit();
            root = coppice.startRoot();
            RootSnapshot after = await(
                    root,
                    "a successor",
                    snapshot -> child(snapshot, "ticker").state() == ChildStateCode.READY
                            && child(snapshot, "ticker").incarnation() > before.incarnation());
            byStandby += child(after, "ticker").pid() == standby ? 1 : 0;
        }
        assertEquals(ROOT_KILLS, byStandby, coppice.log("ticker"));
        assertEquals(0, root.stop(), root.stderr());
        List<String> lives = coppice.log("ticker")
                .lines()
                .filter(line -> line.startsWith("incarnation "))
                .toList();
        assertEquals(
                lives.size(),
                lives.stream().map(line -> line.split(" ")[1]).distinct().count(),
                lives.toString());
    }

    /** Its predecessor's heap takes some ten milliseconds to be given back, and its lock comes after that. */
    @Test
    void shouldGoOnAtTheDeathWordWhileThePredecessorHoldsItsLock() throws Exception {
        Coppice.Root root = start(ticker(
                "ticker",
                "standby: 1, fence: word, max_restarts: unlimited, "
                        + "jvm: {heap: 256MiB, options: [\"-XX:-UseTransparentHugePages\", \"-XX:+AlwaysPreTouch\"]}"));
        for (int kill = 1; !coppice.log("ticker").contains(WENT_ON); kill++) {
            assertTrue(kill <= 20, "it always waited for the lock\n" + coppice.log("ticker") + root.stderr());
            ChildInfo before = child(await(root, "a standby", parked("ticker", 1)), "ticker");
            long standby = parkedPids(before).get(0);
            awaitWord("ticker", LoopWord::isHeld);
            giveWayToAllOthers(before.pid());
            signal("KILL", before.pid());
            long next = before.incarnation() + 1;
            RootSnapshot after = await(root, "a successor", snapshot -> isReady(snapshot, "ticker", next));
            assertEquals(standby, child(after, "ticker").pid());
            assertEquals("KILL", coppice.daemon("ticker").lastExit().get("signal"));
            await(root, "another standby", parked("ticker", 1));
        }
        assertEquals(0, root.stop(), root.stderr());
        assertEquals(0, readWord("ticker"), "an orderly end gives the word back");
    }

    /** So that a machine with much to do, where the successor waits for a processor, keeps the dying one waiting for longer. */
    private static void giveWayToAllOthers(long pid) throws Exception {
        Process idle = new ProcessBuilder("chrt", "--all-tasks", "--idle", "--pid", "0", Long.toString(pid))
                .inheritIO()
                .start();
        assertEquals(0, idle.waitFor());
        Path session = Path.of("/proc", Long.toString(pid), "autogroup");
        if (Files.exists(session)) {
            Files.writeString(session, "19");
        }
    }

    /** The word is memory that a worker writes: a root that believed it would have two owners. */
    @Test
    void shouldNotBelieveTheDeathWordOfWhoLives() throws Exception {
        Coppice.Root root =
                start(ticker("liar", "standby: 1, fence: word") + ticker("ticker", "standby: 1, fence: word"));
        RootSnapshot before = await(
                root,
                "two standbys",
                snapshot ->
                        parked("liar", 1).test(snapshot) && parked("ticker", 1).test(snapshot));
        awaitWord("liar", LoopWord::isHeld);
        awaitWord("ticker", LoopWord::isHeld);
        writeWord("liar", DEAD);
        // The root looks at all words when one has changed.
        signal("KILL", child(before, "ticker").pid());
        await(root, "a successor of another", snapshot -> isReady(snapshot, "ticker", 2));
        RootSnapshot after = await(root, "its standby", parked("ticker", 1));
        assertEquals(child(before, "liar").pid(), child(after, "liar").pid());
        assertEquals(1, child(after, "liar").incarnation());

        signal("KILL", child(before, "liar").pid());
        await(root, "its own successor", snapshot -> isReady(snapshot, "liar", 2));
        assertEquals(0, root.stop(), root.stderr());
    }

    private void awaitWord(String name, IntPredicate condition) throws Exception {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        while (!condition.test(readWord(name))) {
            assertTrue(System.nanoTime() < endNs, "the word is " + readWord(name) + "\n" + coppice.log(name));
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private int readWord(String name) throws Exception {
        try (FileChannel segment = FileChannel.open(segment(name))) {
            ByteBuffer word = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
            segment.read(word, WORD_OFFSET);
            return word.getInt(0);
        }
    }

    private void writeWord(String name, int word) throws Exception {
        try (FileChannel segment = FileChannel.open(segment(name), StandardOpenOption.WRITE)) {
            segment.write(
                    ByteBuffer.allocate(Integer.BYTES)
                            .order(ByteOrder.nativeOrder())
                            .putInt(0, word),
                    WORD_OFFSET);
        }
    }

    private Path segment(String name) {
        return coppice.home().resolve("shop/" + name + ".seg");
    }

    @Test
    void shouldBringAllBackWhenTenDieAtOnceThoseThatOthersDependOnFirst() throws Exception {
        StringBuilder daemons = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            String standby = i % 4 == 0 ? "standby: 1" : "standby: 0";
            daemons.append(
                    ticker("t" + i, standby + (i < 5 ? "" : ", depends_on: {t" + (i - 5) + ": {condition: ready}}")));
        }
        Coppice.Root root = start(daemons.toString());
        RootSnapshot before = await(
                root,
                "all ready, and three standbys",
                snapshot -> snapshot.children().stream().allMatch(child -> child.state() == ChildStateCode.READY)
                        && snapshot.children().stream()
                                        .mapToInt(ChildInfo::parkedStandbys)
                                        .sum()
                                == 3);
        List<String> kill = new ArrayList<>(List.of("kill", "-KILL"));
        before.children().forEach(child -> kill.add(Long.toString(child.pid())));
        assertEquals(0, new ProcessBuilder(kill).start().waitFor());
        RootSnapshot after = await(
                root,
                "all are back",
                snapshot -> snapshot.children().stream()
                        .allMatch(child -> child.state() == ChildStateCode.READY && child.incarnation() == 2));
        assertEquals(3, count(after, EventType.STANDBY_ASSIGNED));
        for (int i = 5; i < 10; i++) {
            long dependency = child(after, "t" + (i - 5)).readyAtNs();
            long dependent = child(after, "t" + i).spawnedAtNs();
            assertTrue(dependent >= dependency, "t" + i + " was launched before t" + (i - 5) + " was ready again");
        }
        assertEquals(0, root.stop(), root.stderr());
    }

    @Test
    void shouldEndWithItsDaemonsStopAndComeBackWithItsStart() throws Exception {
        Coppice.Root root = start(ticker("ticker", "standby: 1"));
        long standby = parkedPids(child(await(root, "a standby", parked("ticker", 1)), "ticker"))
                .get(0);
        assertEquals(0, coppice.run("stop", "ticker").exitCode());
        await(
                root,
                "no standby",
                snapshot -> child(snapshot, "ticker").standbys().isEmpty());
        assertFalse(Coppice.isAlive(standby));
        assertEquals(0, coppice.run("start", "ticker").exitCode());
        await(root, "a standby", parked("ticker", 1));
        assertEquals(0, root.stop(), root.stderr());
    }
}
