package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.SegmentException;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.RootView;
import io.coppice.state.root.StandbyPhase;
import io.coppice.state.root.StandbyRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: a daemon with standbys is back by one of them, whatever dies meanwhile. Method: real JVMs, real kills. */
class StandbySystemTest {
    private static final long WATCHDOG_SECONDS = 300;

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
            TimeUnit.MILLISECONDS.sleep(2);
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

    @Test
    void shouldTakeOverUnderItsOwnPidAndBeReplacedByAnother() throws Exception {
        Coppice.Root root = start(ticker("ticker", "standby: 1"));
        ChildInfo before = child(await(root, "a standby", parked("ticker", 1)), "ticker");
        assertEquals(1, coppice.daemon("ticker").number("standbys"));
        assertEquals(1, coppice.daemon("ticker").number("standbys_wanted"));
        long standby = parkedPids(before).get(0);

        signal("KILL", before.pid());
        RootSnapshot after = await(root, "incarnation 2", snapshot -> isReady(snapshot, "ticker", 2));
        assertEquals(standby, child(after, "ticker").pid());
        assertEquals(1, count(after, EventType.STANDBY_ASSIGNED));
        assertTrue(
                coppice.awaitLog("ticker", log -> log.contains("incarnation 2 at "))
                                .contains("killed by signal KILL")
                        || coppice.log("ticker").contains("KILL"),
                coppice.log("ticker"));

        long next = parkedPids(child(await(root, "another standby", parked("ticker", 1)), "ticker"))
                .get(0);
        assertNotEquals(standby, next);
        assertEquals(0, root.stop(), root.stderr());
        assertFalse(Coppice.isAlive(next), "a standby outlived an orderly end");
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

    /** The root dies at any moment between the death of the daemon and the first heartbeat of its successor. */
    @Test
    void shouldGoOnHoweverFarTheRootHadComeWithTheAssignment() throws Exception {
        SplittableRandom random = new SplittableRandom(20_261_126);
        Coppice.Root root = start(ticker("ticker", "standby: 1, max_restarts: unlimited"));
        int byStandby = 0;
        for (int round = 0; round < 5; round++) {
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
        assertEquals(5, byStandby, coppice.log("ticker"));
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
