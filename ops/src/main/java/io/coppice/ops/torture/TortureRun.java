package io.coppice.ops.torture;

import io.coppice.ops.hosted.HostedCleaner;
import io.coppice.ops.hosted.HostedFailedException;
import io.coppice.ops.hosted.HostedFolder;
import io.coppice.ops.hosted.HostedInstance;
import io.coppice.ops.hosted.HostedSettings;
import io.coppice.ops.hosted.ProgressScreen;
import io.coppice.ops.hosted.RootProcess;
import io.coppice.ops.hosted.RootWatch;
import io.coppice.ops.hosted.Victim;
import io.coppice.ops.torture.job.JobArguments;
import io.coppice.ops.torture.job.Structures;
import io.coppice.ops.torture.job.TortureWriter;
import io.coppice.ops.view.ProcFileSystem;
import io.coppice.state.SegmentException;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.StandbyPhase;
import io.coppice.state.root.StandbyRecord;
import io.coppice.supervisor.plan.Isolation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One torture from its root's start to the verdict. The command's main thread, which does the killing. */
final class TortureRun implements HostedInstance.Work {
    /** Files in the folder. */
    static final String SOCKET = "recorder";

    static final String GATE = "gate";
    private static final String FAULTS = "faults.txt";

    /** A standby that was parked is on record as the daemon's process within some milliseconds. */
    private static final long CHASE_NS = 500_000_000L;

    /** A JVM that boots on a machine that is busy takes seconds, and it stands still while a daemon starts. */
    private static final long PARKING_NS = 20_000_000_000L;

    private static final long LOOK_NS = 1_000_000;
    private static final long HEALTH_NS = 20_000_000;
    private static final long SETTLE_NS = 120_000_000_000L;

    private final HostedSettings host;
    private final Kills kills;
    private final long seed;
    private final ProgressScreen screen;
    private final ProcFileSystem processes;
    private final List<String> daemons;
    private final Findings findings = new Findings();
    private final Map<String, Ledger> ledgers = new TreeMap<>();
    private volatile boolean interrupted;

    private int killsDone;
    private int standbyKillsDone;
    private long commits;
    private long healthAtNs;

    TortureRun(HostedSettings host, Kills kills, long seed, ProgressScreen screen) {
        this.host = host;
        this.kills = kills;
        this.seed = seed;
        this.screen = screen;
        this.processes = new ProcFileSystem(host.proc());
        daemons = new ArrayList<>(Structures.WRITERS);
        daemons.addAll(Structures.READERS);
        if (kills.ofTransactions() > 0) {
            daemons.add(Structures.SUBMITTER);
        }
        Structures.WRITERS.forEach(writer -> ledgers.put(writer, new Ledger(writer, findings)));
    }

    /** What every wait is for. */
    private interface Condition {
        boolean holds() throws IOException;
    }

    /** What watches while it waits. */
    private interface Check {
        void check(long nowNs) throws IOException, HostedFailedException;
    }

    @Override
    public void interrupt() {
        interrupted = true;
    }

    @Override
    public String run(HostedFolder folder, HostedCleaner cleaner) throws IOException, HostedFailedException {
        Files.writeString(
                folder.manifest(),
                TortureManifest.text(
                        host.instance().name(),
                        host.isolation(),
                        HostedSettings.classesOf(TortureWriter.class),
                        kills,
                        new JobArguments(seed, folder.file(SOCKET), folder.file(GATE), kills.pause())));
        screen.line("Torturing " + Structures.WRITERS.size() + " writers and " + Structures.READERS.size()
                + " readers as instance " + host.instance().name() + "; " + kills.ofDaemons() + " kills"
                + (kills.ofStandbys() == 0 ? "" : ", " + kills.ofStandbys() + " of standbys")
                + (kills.ofTransactions() == 0 ? "" : ", " + kills.ofTransactions() + " of transactions")
                + (kills.ofRoots() == 0 ? "" : ", " + kills.ofRoots() + " of the root") + ", seed "
                + seed + ".");
        boolean right = false;
        try (Recorder recorder = Recorder.listen(folder.file(SOCKET), ledgers, findings)) {
            if (host.isolation() == Isolation.USER) {
                // To connect takes the right to write. Only its workers are told its path, which nobody can guess or
                // list.
                Files.setPosixFilePermissions(folder.file(SOCKET), PosixFilePermissions.fromString("rw-rw-rw-"));
            }
            RootProcess root = cleaner.startRoot();
            try (RootWatch watch = new RootWatch(host.instance(), root.pid())) {
                Roots roots = new Roots(kills.ofRoots(), root, cleaner, watch, seed);
                Health health = new Health(roots, watch);
                await(now -> health.check(0, now), () -> allHaveBegun(watch));
                long beganNs = System.nanoTime();
                try (Inspector inspector = new Inspector(host.instance(), seed, ledgers, findings);
                        Slots slots = Slots.of(kills, host, watch, seed, findings)) {
                    torture(folder, roots, watch, recorder, health, inspector, slots);
                    String wrong = verdict(inspector, slots, roots, (System.nanoTime() - beganNs) / 1e9);
                    right = wrong.isEmpty();
                    return wrong;
                }
            }
        } catch (InterruptedException e) {
            throw new HostedFailedException("interrupted");
        } catch (SegmentException e) {
            throw new HostedFailedException("A segment cannot be opened: " + e.getMessage());
        } finally {
            if (!right) {
                Files.write(folder.file(FAULTS), findings.texts());
                keepSegments(folder);
            }
        }
    }

    private boolean allHaveBegun(RootWatch watch) {
        return daemons.stream()
                        .allMatch(name -> watch.child(name)
                                .filter(child -> child.incarnation() > 0)
                                .isPresent())
                && ledgers.values().stream().allMatch(ledger -> ledger.acknowledged() > 0);
    }

    private void torture(
            HostedFolder folder,
            Roots roots,
            RootWatch watch,
            Recorder recorder,
            Health health,
            Inspector inspector,
            Slots slots)
            throws IOException, HostedFailedException, InterruptedException {
        Inspection inspection = new Inspection(inspector);
        inspection.start();
        try {
            Check check = nowNs -> {
                commits = inspector.commits();
                health.check(commits, nowNs);
                requireWhole(recorder.broken());
                requireWhole(inspection.broken());
                slots.look();
                slots.strikeIfDue(nowNs, killsDone);
                strikeRootIfDue(roots, watch, slots, nowNs);
                screen.progress(
                        killsDone + standbyKillsDone + slots.kills() + roots.kills(),
                        kills.all(),
                        () -> killsDone + " of " + kills.ofDaemons() + " kills, "
                                + (kills.ofStandbys() == 0
                                        ? ""
                                        : standbyKillsDone + " of " + kills.ofStandbys() + " of standbys, ")
                                + slots.progress()
                                + (kills.ofRoots() == 0
                                        ? ""
                                        : roots.kills() + " of " + kills.ofRoots() + " of the root, ")
                                + commits
                                + " commits",
                        nowNs);
            };
            strike(watch, slots, check);
            await(check, () -> (slots.areKilled() && roots.areKilled() && watch.rootSeen()) || !findings.none());
            awaitProgress(check);
            Files.createFile(folder.file(GATE));
        } finally {
            inspection.end();
            if (!findings.none()) {
                keepSegments(folder);
            }
        }
        Check check = nowNs -> health.check();
        settle(check, inspector);
        await(check, settled(slots));
        if (!roots.now().stop()) {
            throw new HostedFailedException(
                    "The root did not stop in order: " + roots.now().lastLines());
        }
        recorder.drain();
        inspector.inspect();
        commits = inspector.commits();
        slots.ended();
        Structures.WRITERS.forEach(writer -> ledger(writer).ended(inspector.step(writer)));
    }

    private Ledger ledger(String writer) {
        return Objects.requireNonNull(ledgers.get(writer));
    }

    private static void requireWhole(@Nullable String broken) throws HostedFailedException {
        if (broken != null) {
            throw new HostedFailedException(broken);
        }
    }

    private void strike(RootWatch watch, Slots slots, Check check) throws IOException, HostedFailedException {
        KillSchedule schedule = new KillSchedule(seed, daemons);
        while ((killsDone < kills.ofDaemons() || standbyKillsDone < kills.ofStandbys()) && findings.none()) {
            KillSchedule.Strike strike = schedule.next();
            boolean ofStandbys = standbyKillsDone < kills.ofStandbys();
            String standbyOf = strike.standbyOf();
            if (ofStandbys && strike.moment() != KillSchedule.Moment.ANY) {
                long endNs = System.nanoTime() + PARKING_NS;
                await(check, () -> firstWithParked(watch).isPresent() || System.nanoTime() > endNs || !findings.none());
                standbyOf = parkedStandbys(watch, standbyOf) > 0
                        ? standbyOf
                        : firstWithParked(watch).orElse(standbyOf);
            }
            await(check, () -> !strike.whenReady() || areReady(watch, strike.daemons()) || !findings.none());
            long dueNs = System.nanoTime() + strike.delayNs();
            await(check, () -> System.nanoTime() >= dueNs || !findings.none());
            if (ofStandbys
                    && strike.moment() == KillSchedule.Moment.ASSIGNED
                    && killsDone < kills.ofDaemons()
                    && parkedStandbys(watch, standbyOf) > 0) {
                chase(watch, standbyOf, check);
                continue;
            }
            List<Victim> victims = strike.daemons().stream()
                    .flatMap(name -> watch.child(name).stream())
                    .flatMap(child -> Victim.of(child, processes).stream())
                    .toList();
            for (Victim victim : victims) {
                if (kills.mayKillDaemon(killsDone, standbyKillsDone, slots.kills()) && victim.kill(processes)) {
                    killsDone++;
                }
            }
            if (ofStandbys) {
                strikeStandby(watch, standbyOf);
            }
        }
    }

    /** Half of the time together with others: what dies while there is no root. */
    private void strikeRootIfDue(Roots roots, RootWatch watch, Slots slots, long nowNs)
            throws IOException, HostedFailedException {
        int others = killsDone + standbyKillsDone + slots.kills();
        if (!kills.mayKillRoot(roots.kills(), others) || !roots.isDue(nowNs)) {
            return;
        }
        roots.strike(() -> {
            slots.strike(killsDone);
            daemons.stream()
                    .skip(roots.kills() % daemons.size())
                    .findFirst()
                    .flatMap(watch::child)
                    .flatMap(child -> Victim.of(child, processes))
                    .filter(victim -> kills.mayKillDaemon(killsDone, standbyKillsDone, slots.kills()))
                    .filter(victim -> victim.kill(processes))
                    .ifPresent(victim -> killsDone++);
        });
    }

    private Optional<String> firstWithParked(RootWatch watch) {
        return daemons.stream().filter(name -> parkedStandbys(watch, name) > 0).findFirst();
    }

    private void strikeStandby(RootWatch watch, String name) {
        for (StandbyRecord standby : watch.child(name).map(ChildInfo::standbys).orElse(List.of())) {
            if (standby.phase() != StandbyPhase.ENDING
                    && Victim.of(standby, processes)
                            .filter(victim -> victim.kill(processes))
                            .isPresent()) {
                standbyKillsDone++;
            }
        }
    }

    /** Kills a daemon, and what has taken over from it as soon as that is on record. */
    private void chase(RootWatch watch, String name, Check check) throws IOException, HostedFailedException {
        Optional<ChildInfo> before = watch.child(name);
        if (before.isEmpty()
                || Victim.of(before.get(), processes)
                        .filter(victim -> victim.kill(processes))
                        .isEmpty()) {
            return;
        }
        killsDone++;
        long incarnation = before.get().incarnation();
        long endNs = System.nanoTime() + CHASE_NS;
        await(
                check,
                () -> System.nanoTime() > endNs
                        || watch.child(name)
                                .filter(child -> child.incarnation() > incarnation)
                                .isPresent());
        watch.child(name)
                .filter(child -> child.incarnation() > incarnation)
                .flatMap(child -> Victim.of(child, processes))
                .filter(victim -> victim.kill(processes))
                .ifPresent(victim -> standbyKillsDone++);
    }

    private static int parkedStandbys(RootWatch watch, String name) {
        return watch.child(name).map(ChildInfo::parkedStandbys).orElse(0);
    }

    private static boolean areReady(RootWatch watch, List<String> names) {
        return names.stream()
                .allMatch(name -> watch.child(name)
                        .filter(child -> child.state() == ChildStateCode.READY)
                        .isPresent());
    }

    /** After the last kill every writer must have come back. */
    private void awaitProgress(Check check) throws IOException, HostedFailedException {
        for (String writer : Structures.WRITERS) {
            long step = ledger(writer).acknowledged();
            await(check, () -> ledger(writer).acknowledged() > step || !findings.none());
        }
    }

    /** The writers have come to rest, or will within a step: what they sent must arrive. */
    private void settle(Check check, Inspector inspector) throws IOException, HostedFailedException {
        long[] last = {-1, -1};
        long endNs = System.nanoTime() + SETTLE_NS;
        await(check, () -> {
            inspector.inspect();
            long steps = Structures.WRITERS.stream().mapToLong(inspector::step).sum();
            last[1] = last[0];
            last[0] = steps;
            return !findings.none() || (last[1] == steps && inspector.allReceived()) || System.nanoTime() > endNs;
        });
        if (findings.none() && !inspector.allReceived()) {
            findings.add(Fault.LOST, "messages that were committed as sent did not arrive in two minutes");
        }
    }

    /** All transactions have an outcome, or will not have one in two minutes. */
    private Condition settled(Slots slots) {
        long endNs = System.nanoTime() + SETTLE_NS;
        return () -> {
            slots.look();
            return !findings.none() || slots.atEnd() || System.nanoTime() > endNs;
        };
    }

    /** As they are found, before anything else happens to them. */
    private void keepSegments(HostedFolder folder) throws IOException {
        for (String name : daemons) {
            Path segment = host.instance().path().resolve(name + ".seg");
            if (Files.exists(segment) && !Files.exists(folder.file(name + ".seg"))) {
                Files.copy(segment, folder.file(name + ".seg"));
            }
        }
    }

    private void await(Check check, Condition condition) throws IOException, HostedFailedException {
        while (!condition.holds()) {
            long nowNs = System.nanoTime();
            if (interrupted) {
                throw new HostedFailedException("interrupted");
            }
            if (nowNs - healthAtNs >= HEALTH_NS) {
                healthAtNs = nowNs;
                check.check(nowNs);
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    private String verdict(Inspector inspector, Slots slots, Roots roots, double seconds) {
        for (String text : findings.texts()) {
            screen.line(text);
        }
        screen.line(String.format(
                Locale.ROOT,
                "%.1f s; %d snapshots of all structures and %d checkpoints compared with the model.",
                seconds,
                inspector.snapshots(),
                inspector.checkpoints()));
        if (kills.ofStandbys() > 0) {
            screen.line(standbyKillsDone + " standbys were killed as well: booting, waiting, or just assigned.");
        }
        if (kills.ofTransactions() > 0) {
            screen.line(slots.verdict());
        }
        if (kills.ofRoots() > 0) {
            screen.line("The root was killed " + roots.kills() + (roots.kills() == 1 ? " time" : " times")
                    + " as well, some of these together with others.");
        }
        screen.line("torture: kills=" + killsDone + " commits=" + commits + " lost=" + findings.count(Fault.LOST)
                + " torn=" + findings.count(Fault.TORN) + " phantom=" + findings.count(Fault.PHANTOM));
        Optional<String> first = findings.texts().stream().findFirst();
        return first.map(text -> "seed " + seed + ", " + text).orElse("");
    }
}
