package io.coppice.ops.prober;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.PlanCache;
import io.coppice.ops.view.PlanFile;
import io.coppice.ops.view.RootTable;
import io.coppice.state.root.RootSnapshot;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.root.ProbeVerdict;
import java.io.IOException;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The duty cycle of the prober: reads what runs and what to look at, begins the looks that are due, takes their results, and tells the
 * root what it does not know. All decisions on one thread; looks, which may hang, on those of a pool.
 */
final class Prober {
    private static final long NANOS_PER_MS = 1_000_000;

    /** Between two reads of the table while something is on its way up. */
    private static final long BUSY_NS = 100 * NANOS_PER_MS;

    /** The same while all are ready. */
    private static final long CALM_NS = 250 * NANOS_PER_MS;

    /** The same thing is not told again before that: the root may have more to do. */
    private static final long AGAIN_NS = 1_000 * NANOS_PER_MS;

    /** Between two words about itself, of which the root misses six before it acts. */
    private static final long OF_ITSELF_NS = 10_000 * NANOS_PER_MS;

    /** Who runs so much later than it meant to: the prober, or the machine, stood still, and so did its looks. */
    private static final long STALL_NS = 2_000 * NANOS_PER_MS;

    private final RootTable table;
    private final PlanCache plans;
    private final RootLine root;
    private final LooksOfPlan looks;
    private final Executor pool;
    private final PrintStream log;
    private final Map<String, ProbedProcess> processes = new HashMap<>();
    private final Map<String, Told> told = new HashMap<>();
    private final BlockingQueue<Done> done = new LinkedBlockingQueue<>();
    private String lastProblem = "";
    private long awaitedNs;
    private @Nullable Seen itself;
    private long nextOfItselfNs = System.nanoTime();

    /** @param pool runs each look on a thread of its own */
    Prober(InstanceDirectory instance, LooksOfPlan looks, Executor pool, PrintStream log) {
        this.table = new RootTable(instance.rootSegment());
        this.plans = new PlanCache(instance);
        this.root = new RootLine(instance);
        this.looks = looks;
        this.pool = pool;
        this.log = log;
    }

    private record Done(ProbedProcess process, ProbeSchedule schedule, LookResult result) {}

    private record Told(long incarnation, ProbeVerdict verdict, long atNs) {}

    /** Until it is interrupted. */
    void run() throws InterruptedException {
        awaitedNs = System.nanoTime();
        while (true) {
            long nowNs = now();
            read();
            long nextNs = beginDue(nowNs);
            tellAll(nowNs);
            tellOfItself(nowNs);
            awaitedNs = Math.min(nextNs, nowNs + (isBusy() ? BUSY_NS : CALM_NS));
            Done first = done.poll(Math.max(0, awaitedNs - System.nanoTime()), TimeUnit.NANOSECONDS);
            // Before any result: one that comes late because everything here stood still is to be known as that.
            long endedNs = now();
            for (Done next = first; next != null; next = done.poll()) {
                next.schedule().end(next.result(), endedNs);
                tellWhatKeepsFromLooking(next);
            }
        }
    }

    private void tellWhatKeepsFromLooking(Done look) {
        LookResult result = look.result();
        obstacle(look.process(), look.schedule(), result.counts() ? "" : result.text());
    }

    /**
     * Once, until there is none.
     *
     * @param text empty for none
     */
    private void obstacle(ProbedProcess process, ProbeSchedule schedule, String text) {
        if (schedule.isNewObstacle(text)) {
            log.println(process.seen().child() + ": " + schedule.name()
                    + " is not looked at, and nothing is concluded from that: " + text);
        }
    }

    /** The time, once it has been seen whether it went by without this thread. */
    private long now() {
        long nowNs = System.nanoTime();
        if (nowNs - awaitedNs > STALL_NS) {
            processes.values().forEach(process -> process.excuse(nowNs));
        }
        awaitedNs = nowNs;
        return nowNs;
    }

    private boolean isBusy() {
        return processes.values().stream().anyMatch(process -> !process.seen().ready());
    }

    /** What runs now. What cannot be read now is as it was. */
    private void read() {
        RootTable.Reading reading = table.read();
        PlanFile file = plans.read();
        Optional<Plan> plan = file.plan();
        if (reading.snapshot().isEmpty() || plan.isEmpty()) {
            problem(
                    reading.snapshot().isEmpty()
                            ? reading.problem()
                            : file.problem().orElse("There is no plan."));
            return;
        }
        itself = itself(reading.snapshot().get());
        looks.follow(plan.get());
        Set<String> present = new HashSet<>();
        for (ChildPlan child : plan.get().children()) {
            Seen seen = child.probes().isNone()
                    ? null
                    : seen(child, reading.snapshot().get());
            if (seen != null) {
                present.add(child.name());
                follow(child, seen);
            }
        }
        processes.keySet().retainAll(present);
        told.keySet().retainAll(present);
    }

    private static @Nullable Seen itself(RootSnapshot snapshot) {
        return snapshot.children().stream()
                .filter(child -> child.pid() == ProcessHandle.current().pid())
                .filter(Seen::isThere)
                .map(Seen::of)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Seen seen(ChildPlan child, RootSnapshot snapshot) {
        return snapshot.child(child.name()).filter(Seen::isThere).map(Seen::of).orElse(null);
    }

    private void follow(ChildPlan child, Seen seen) {
        ProbedProcess known = processes.get(child.name());
        if (known != null && known.isOf(seen, child.probes())) {
            known.see(seen);
        } else {
            processes.put(child.name(), new ProbedProcess(child.probes(), seen, looks.of(child)));
        }
    }

    /** When the next one is due. */
    private long beginDue(long nowNs) {
        long nextNs = Long.MAX_VALUE;
        for (ProbedProcess process : processes.values()) {
            for (ProbeSchedule schedule : process.active()) {
                if (schedule.begin(nowNs)) {
                    pool.execute(() -> run(process, schedule));
                }
                if (schedule.isHeldUp(nowNs)) {
                    obstacle(process, schedule, "what it takes to look has not been there for a minute");
                }
                nextNs = Math.min(nextNs, schedule.nextNs());
            }
        }
        return nextNs;
    }

    private void run(ProbedProcess process, ProbeSchedule schedule) {
        try {
            done.add(new Done(process, schedule, schedule.look().look()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the prober ends, and nobody takes results any more
        } catch (RuntimeException | StackOverflowError e) {
            // An expression may recurse for each character of a line.
            done.add(new Done(process, schedule, LookResult.unwell(e.toString())));
        } catch (Error e) {
            // Threads have run out, or a library cannot be loaded: it says nothing, and there has to be an end.
            done.add(new Done(process, schedule, LookResult.nothing(e.toString())));
        }
    }

    private void tellAll(long nowNs) {
        for (Map.Entry<String, ProbedProcess> entry : processes.entrySet()) {
            Tidings tidings = entry.getValue().tidings();
            if (tidings != null) {
                tell(entry.getKey(), entry.getValue().seen(), tidings, nowNs);
            }
        }
    }

    private void tell(String child, Seen process, Tidings tidings, long nowNs) {
        Told last = told.get(child);
        if (last != null
                && last.incarnation() == process.incarnation()
                && last.verdict() == tidings.verdict()
                && nowNs - last.atNs() < AGAIN_NS) {
            return;
        }
        told.put(child, new Told(process.incarnation(), tidings.verdict(), nowNs));
        try {
            root.tell(process, tidings);
            log.println(child + " " + process.incarnation() + ": "
                    + tidings.verdict().word() + ": " + tidings.text());
        } catch (IOException e) {
            problem("The root cannot be told that " + child + " is "
                    + tidings.verdict().word() + ": " + e.getMessage() + ". It will be told again.");
        }
    }

    /** The root would not notice otherwise that nobody looks any more. */
    private void tellOfItself(long nowNs) {
        Seen known = itself;
        if (known == null || nowNs < nextOfItselfNs) {
            return;
        }
        nextOfItselfNs = nowNs + OF_ITSELF_NS;
        try {
            root.tell(known, new Tidings(ProbeVerdict.HEALTHY, "it looks"));
        } catch (IOException e) {
            problem("The root cannot be told that this prober looks: " + e.getMessage() + ". It will be told again.");
        }
    }

    /** Once, however often it is met in a row. */
    private void problem(String text) {
        if (!text.equals(lastProblem)) {
            lastProblem = text;
            log.println(text);
        }
    }
}
