package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.state.SegmentException;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.EventType;
import io.coppice.state.root.RootReadResult;
import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.RootView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Goal: the root's death is a non-event. Method: real roots are killed at seeded random instants, also while they start, adopt,
 * launch and restart, with daemons and commands under them; {@code -Dcoppice.root.kills=N} kills N of them, {@code
 * -Dcoppice.root.seed=S} repeats a schedule.
 */
class RootDeathSystemTest {
    private static final int KILLS = Integer.getInteger("coppice.root.kills", 8);
    private static final long SEED = Long.getLong("coppice.root.seed", 20_261_126);
    private static final long WATCHDOG_SECONDS = 300;
    private static final Pattern LIFE = Pattern.compile("incarnation (\\d+) at (\\d+) after .*");
    private static final List<String> LASTING = List.of("ticker", "clock", "web");

    @RegisterExtension
    final Coppice coppice = new Coppice();

    private @Nullable RootSnapshot snapshot() {
        Path file = coppice.home().resolve("shop/root.seg");
        if (!Files.exists(file)) {
            return null;
        }
        try (RootView view = RootView.open(file)) {
            return view.read() instanceof RootReadResult.Read read ? read.snapshot() : null;
        } catch (SegmentException e) {
            return null; // It is being made.
        }
    }

    private RootSnapshot await(Coppice.Root root, String what, Predicate<RootSnapshot> condition) throws Exception {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(WATCHDOG_SECONDS);
        while (System.nanoTime() < endNs && root.process.isAlive()) {
            long beganNs = System.nanoTime();
            RootSnapshot now = snapshot();
            if (now != null
                    && now.root().filter(r -> r.pid() == root.process.pid()).isPresent()
                    && condition.test(now)) {
                return now;
            }
            Coppice.pauseAfterLook(beganNs, 2);
        }
        return fail("never: " + what + "; last: " + snapshot() + "\n" + root.stderr());
    }

    /** Whether this root has looked at every process on record: until then it shows what its predecessor had recorded. */
    private static boolean hasBegun(RootSnapshot snapshot) {
        long sinceEpochMs = snapshot.root().orElseThrow().sinceEpochMs();
        return snapshot.events().stream()
                .anyMatch(event -> event.type() == EventType.ROOT_STARTED && event.epochMs() >= sinceEpochMs);
    }

    private static boolean isReady(RootSnapshot snapshot, String name) {
        return hasBegun(snapshot)
                && snapshot.child(name)
                        .filter(child -> child.state() == ChildStateCode.READY)
                        .isPresent();
    }

    private Coppice.Root start() throws Exception {
        coppice.manifest("""
                instance: shop
                daemons:
                  ticker: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], jvm: {heap: 16MiB}}
                  clock: {main: io.coppice.ops.system.daemons.Ticker, classpath: [$JAR], jvm: {heap: 16MiB}}
                  web:
                    command: 'echo $$$$ >>web.runs; while :; do sleep 1000; done'
                    depends_on: {ticker: {condition: ready}}
                  once: {command: 'echo $$$$ >>once.runs', restart: never}
                  flaky:
                    command: 'mkdir flaky.lock || echo two >>flaky.two; sleep 0.05; rmdir flaky.lock; exit 1'
                    restart: always
                    max_restarts: unlimited
                """);
        return coppice.startRoot();
    }

    private static void kill(Coppice.Root root) throws Exception {
        root.process.destroyForcibly();
        root.awaitExit();
    }

    @Test
    void shouldBeNoEventForAnybodyHoweverOftenTheRootDies() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        Map<String, ChildInfo> ready = new HashMap<>();
        int adoptions = 0;
        for (int kills = 0; kills < KILLS; kills++) {
            Coppice.Root root = start();
            if (random.nextInt(3) == 0) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(1_500)); // an instant to die at, not a wait for something
            } else {
                await(root, "the root", snapshot -> true);
                TimeUnit.MILLISECONDS.sleep(random.nextInt(random.nextBoolean() ? 20 : 400));
                if (random.nextInt(3) == 0) {
                    RootSnapshot up = await(
                            root,
                            "all are ready",
                            snapshot -> LASTING.stream().allMatch(name -> isReady(snapshot, name)));
                    adoptions += check(ready, up);
                    LASTING.forEach(name -> ready.put(name, up.child(name).orElseThrow()));
                }
            }
            kill(root);
        }
        Coppice.Root last = start();
        RootSnapshot up =
                await(last, "all are ready", snapshot -> LASTING.stream().allMatch(name -> isReady(snapshot, name)));
        adoptions += check(ready, up);
        System.out.println("root deaths: " + KILLS + ", seed " + SEED + ", daemons seen adopted: " + adoptions);

        assertTrue(adoptions > 0, "nothing was ever adopted");
        assertFalse(Files.exists(coppice.directory.resolve("flaky.two")), "two at once");
        assertTrue(up.child("flaky").orElseThrow().restarts() > 0);
        Path once = coppice.directory.resolve("once.runs");
        assertTrue(!Files.exists(once) || Files.readAllLines(once).size() == 1, "what runs at most once ran twice");
        List<String> runs = Files.readAllLines(coppice.directory.resolve("web.runs"));
        assertEquals(Long.toString(up.child("web").orElseThrow().pid()), runs.get(runs.size() - 1));
        assertEquals(runs.size(), runs.stream().distinct().count());
        for (String run : runs.subList(0, runs.size() - 1)) {
            assertFalse(Coppice.isAlive(Long.parseLong(run)), "a second web");
        }
        assertEquals(0, last.stop(), last.stderr());
        for (String name : List.of("ticker", "clock")) {
            checkLives(name, coppice.log(name));
        }
    }

    /** What was ready when its root died is still that very process, with its counts. */
    private static int check(Map<String, ChildInfo> ready, RootSnapshot up) {
        ready.forEach((name, before) -> {
            ChildInfo after = up.child(name).orElseThrow();
            assertEquals(before.pid(), after.pid(), name + " was restarted");
            assertEquals(before.startTicks(), after.startTicks());
            assertEquals(before.incarnation(), after.incarnation());
            assertEquals(before.restarts(), after.restarts());
            assertEquals(before.lastExit(), after.lastExit());
        });
        return ready.size();
    }

    /** Each incarnation goes on where one before it was, and none is used twice. */
    private static void checkLives(String name, String log) {
        long incarnation = 0;
        long ticks = 0;
        int lives = 0;
        for (String line : log.lines().toList()) {
            Matcher life = LIFE.matcher(line);
            if (life.matches()) {
                lives++;
                assertTrue(Long.parseLong(life.group(1)) > incarnation, log);
                assertTrue(Long.parseLong(life.group(2)) >= ticks, log);
                incarnation = Long.parseLong(life.group(1));
                ticks = Long.parseLong(life.group(2));
            }
        }
        assertTrue(lives > 0, name + ": " + log);
        assertFalse(log.contains("torn"), log);
    }
}
