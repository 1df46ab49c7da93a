package io.coppice.ops.demo;

import io.coppice.ops.demo.job.StateTooSmallException;
import io.coppice.ops.demo.job.WordCountDaemon;
import io.coppice.ops.demo.job.WordCountProgress;
import io.coppice.ops.hosted.HostedCleaner;
import io.coppice.ops.hosted.HostedFailedException;
import io.coppice.ops.hosted.HostedFolder;
import io.coppice.ops.hosted.HostedInstance;
import io.coppice.ops.hosted.ProgressScreen;
import io.coppice.ops.hosted.RootProcess;
import io.coppice.ops.hosted.RootWatch;
import io.coppice.ops.hosted.Victim;
import io.coppice.ops.view.ProcFileSystem;
import io.coppice.state.PublishedView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.LastExit;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.WantedCode;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * One demo from its root's start to the comparison. The command's main thread.
 *
 * <p>It learns everything by looking at memory: the root's status table says which process is the worker, the worker's
 * segment says which incarnation has committed what. It tells the worker nothing but, by the gate file, that all kills
 * have landed.
 */
final class DemoRun implements HostedInstance.Work {
    /** Files in the folder. */
    static final String TEXT = "text";

    static final String GATE = "gate";
    private static final String COUNTS = "counts.tsv";

    /** With standbys, every so many kills one does not wait until one is there. */
    private static final int WITHOUT_STANDBY = 3;

    /** Between two looks at the worker's segment: short against a recovery, long enough to leave it the processor. */
    private static final long LOOK_NS = 50_000;

    /** Between two looks at whether all is well. */
    private static final long HEALTH_NS = 5_000_000;

    /** Without a single step in this time something is broken, on however slow a machine. */
    private static final long STALL_NS = 120_000_000_000L;

    private final DemoSettings settings;
    private final ProgressScreen screen;
    private final ProcFileSystem processes;
    private final RecoveryTimes times;
    private final RecoveryTimes byStandby = new RecoveryTimes();
    private final RecoveryTimes cold = new RecoveryTimes();
    private volatile boolean interrupted;

    private long inputLength;
    private long firstIncarnation;
    private int killsDone;
    private long lastSteps = -1;
    private long lastStepAtNs;
    private long healthAtNs;

    /** @param times where the recoveries are noted */
    DemoRun(DemoSettings settings, ProgressScreen screen, RecoveryTimes times) {
        this.settings = settings;
        this.screen = screen;
        this.times = times;
        this.processes = new ProcFileSystem(settings.host().proc());
    }

    /** What every wait is for. */
    private interface Condition {
        boolean holds() throws HostedFailedException;
    }

    @Override
    public void interrupt() {
        interrupted = true;
    }

    @Override
    public String run(HostedFolder folder, HostedCleaner cleaner) throws IOException, HostedFailedException {
        Path input = prepareInput(folder);
        inputLength = Files.size(input);
        Files.writeString(
                folder.manifest(),
                DemoManifest.text(
                        settings.host().instance().name(),
                        settings.host().isolation(),
                        WordCountDaemon.class.getName(),
                        settings.classPath(),
                        DemoSettings.HEAP,
                        settings.state(),
                        settings.standbys(),
                        List.of(
                                "--input",
                                input.toString(),
                                "--gate",
                                folder.file(GATE).toString())));
        screen.line(String.format(
                Locale.ROOT,
                "Counting the words of %s (%.1f MiB) as instance %s; %d kills, seed %d.",
                settings.input().map(Path::toString).orElse("this JDK's texts"),
                inputLength / (double) (1 << 20),
                settings.host().instance().name(),
                settings.kills(),
                settings.seed()));
        RootProcess root = cleaner.startRoot();
        long beganNs = System.nanoTime();
        long lastIncarnation;
        CountedWords words;
        try (InstanceWatch watch = new InstanceWatch(settings.host().instance(), root.pid())) {
            awaitFirstStep(root, watch);
            for (KillPlan.Kill kill :
                    KillPlan.of(settings.seed(), settings.kills(), inputLength).kills()) {
                kill(kill, root, watch);
            }
            Files.createFile(folder.file(GATE));
            await(root, watch, () -> watch.progress(WordCountProgress.FINISHED) == 1);
            lastIncarnation = watch.progress(WordCountProgress.INCARNATION);
            words = CountedWords.of(java.util.Objects.requireNonNull(watch.segment()));
        }
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        if (!root.stop()) {
            throw new HostedFailedException("The root did not stop in order: " + root.lastLines());
        }
        return compare(folder, input, words, lastIncarnation, seconds) ? "" : "counts differ";
    }

    private Path prepareInput(HostedFolder folder) throws IOException {
        Optional<Path> given = settings.input();
        if (given.isPresent()) {
            return given.get();
        }
        new DemoText(settings.javaHome()).write(folder.file(TEXT), DemoText.LENGTH_BYTES);
        return folder.file(TEXT);
    }

    private void awaitFirstStep(RootProcess root, InstanceWatch watch) throws IOException, HostedFailedException {
        await(root, watch, () -> {
            // An instance that was left behind, by a machine that failed, has had incarnations before.
            watch.daemon().filter(child -> child.pid() > 0).ifPresent(child -> firstIncarnation = child.incarnation());
            return firstIncarnation > 0;
        });
        await(root, watch, () -> watch.progress() != null);
    }

    /** Kills one worker that has work left, and waits until its successor has taken a step. */
    private void kill(KillPlan.Kill kill, RootProcess root, InstanceWatch watch)
            throws IOException, HostedFailedException {
        while (true) {
            Victim victim = awaitWorker(root, watch);
            await(root, watch, () -> isDue(kill, victim, watch));
            pause(kill.delayNs());
            if (settings.standbys() > 0 && killsDone % WITHOUT_STANDBY != 0) {
                await(root, watch, () -> hasStandby(watch));
            }
            PublishedView progress = java.util.Objects.requireNonNull(watch.progress());
            boolean hasWorkLeft = progress.get(WordCountProgress.FINISHED) == 0;
            long position = progress.get(WordCountProgress.POSITION_BYTES);
            boolean standby = hasStandby(watch);
            long killedAtNs = System.nanoTime();
            if (!victim.kill(processes)) {
                continue; // Somebody else was faster; this kill is for its successor.
            }
            if (!hasWorkLeft) {
                throw new HostedFailedException(
                        "The worker was done before all kills had landed; the gate did not hold it.");
            }
            await(root, watch, () -> watch.progress(WordCountProgress.INCARNATION) > victim.incarnation());
            long recoveredNs = System.nanoTime() - killedAtNs;
            times.add(recoveredNs);
            (standby ? byStandby : cold).add(recoveredNs);
            killsDone++;
            screen.line(String.format(
                    Locale.ROOT,
                    "kill %d of %d: pid %d at %.1f %%, %s to the successor's first commit (incarnation %d%s)",
                    killsDone,
                    settings.kills(),
                    victim.pid(),
                    inputLength == 0 ? 100.0 : 100.0 * position / inputLength,
                    RecoveryTimes.inMs(recoveredNs),
                    watch.progress(WordCountProgress.INCARNATION),
                    settings.standbys() == 0 ? "" : standby ? ", a standby" : ", launched cold"));
            return;
        }
    }

    private static boolean hasStandby(InstanceWatch watch) {
        return watch.daemon().filter(child -> child.parkedStandbys() > 0).isPresent();
    }

    /** The worker that committed last, if it is the one on record and lives. */
    private Victim awaitWorker(RootProcess root, InstanceWatch watch) throws IOException, HostedFailedException {
        Victim[] found = new Victim[1];
        await(root, watch, () -> {
            long incarnation = watch.progress(WordCountProgress.INCARNATION);
            Optional<Victim> victim = watch.daemon()
                    .filter(child -> child.incarnation() == incarnation)
                    .flatMap(child -> Victim.of(child, processes));
            victim.ifPresent(worker -> found[0] = worker);
            return victim.isPresent();
        });
        return found[0];
    }

    private static boolean isDue(KillPlan.Kill kill, Victim victim, InstanceWatch watch) {
        PublishedView progress = watch.progress();
        return progress != null
                && (progress.get(WordCountProgress.INCARNATION) != victim.incarnation()
                        || progress.get(WordCountProgress.POSITION_BYTES) >= kill.offset()
                        || progress.get(WordCountProgress.WAITING) == 1);
    }

    private static void pause(long ns) {
        long untilNs = System.nanoTime() + ns;
        long leftNs = ns;
        while (leftNs > 0) {
            LockSupport.parkNanos(leftNs);
            leftNs = untilNs - System.nanoTime();
        }
    }

    private void await(RootProcess root, InstanceWatch watch, Condition condition)
            throws IOException, HostedFailedException {
        lastStepAtNs = System.nanoTime();
        while (!condition.holds()) {
            long nowNs = System.nanoTime();
            if (nowNs - healthAtNs >= HEALTH_NS) {
                healthAtNs = nowNs;
                checkHealth(root, watch, nowNs);
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    private void checkHealth(RootProcess root, InstanceWatch watch, long nowNs)
            throws IOException, HostedFailedException {
        if (interrupted) {
            throw new HostedFailedException("interrupted");
        }
        if (!root.isAlive()) {
            String said = root.lastLines();
            throw new HostedFailedException(
                    "The root ended with exit code " + root.exitCode() + (said.isEmpty() ? "." : ":\n" + said),
                    root.exitCode() == 2 ? 2 : 1);
        }
        Optional<ChildInfo> child = watch.daemon();
        if (child.isPresent()) {
            checkDaemon(child.get(), watch);
        }
        long steps = watch.progress(WordCountProgress.STEPS);
        if (steps != lastSteps) {
            lastSteps = steps;
            lastStepAtNs = nowNs;
        } else if (nowNs - lastStepAtNs > STALL_NS) {
            throw new HostedFailedException("No step in two minutes; the daemon is "
                    + child.map(info -> info.state().word()).orElse("not there") + ".");
        }
        screen.progress(
                watch.progress(WordCountProgress.POSITION_BYTES),
                inputLength,
                () -> killsDone + " of " + settings.kills() + " kills",
                nowNs);
    }

    /** Deaths by a signal are what this is about; a worker that ends by itself is not, and would do so again. */
    private void checkDaemon(ChildInfo child, InstanceWatch watch) throws HostedFailedException {
        if (child.wanted() == WantedCode.DOWN) {
            throw new HostedFailedException("The daemon was stopped from outside.");
        }
        boolean endedByItself = child.lastExit().map(RootWatch::isOwnFault).orElse(false);
        if (endedByItself || child.state() == ChildStateCode.FAILED) {
            throw new HostedFailedException(reason(child, watch));
        }
    }

    private String reason(ChildInfo child, InstanceWatch watch) {
        ReadOnlySegment segment = watch.segment();
        Optional<String> lastWords = segment == null ? Optional.empty() : segment.lastWords();
        String words = lastWords
                .filter(text -> !text.isEmpty())
                .or(() -> child.lastExit().map(LastExit::text))
                .orElse("");
        return explain(words, settings.state());
    }

    /** The first line of an exception's text without the name of its class, and what to do about it. */
    static String explain(String words, String state) {
        String firstLine = words.lines().findFirst().orElse("It did not say why.");
        String tooSmall = StateTooSmallException.class.getName() + ": ";
        if (firstLine.startsWith(tooSmall)) {
            return "The state is too small: " + firstLine.substring(tooSmall.length()) + ". Give it more than --state "
                    + state + ".";
        }
        return "The daemon failed: " + firstLine;
    }

    private boolean compare(HostedFolder folder, Path input, CountedWords words, long lastIncarnation, double seconds)
            throws IOException, HostedFailedException {
        words.write(folder.file(COUNTS));
        Recounter.Verdict verdict =
                Recounter.recount(settings.javaHome(), settings.classPath(), input, folder.file(COUNTS));
        screen.line(String.format(
                Locale.ROOT,
                "Counted in %.1f s; recounted by another process: %d words, %d distinct.",
                seconds,
                verdict.words(),
                verdict.distinct()));
        long others = lastIncarnation - firstIncarnation - killsDone;
        if (others > 0) {
            screen.line(others + (others == 1 ? " more death" : " more deaths") + " of the worker came from outside.");
        }
        if (!verdict.right()) {
            screen.line(verdict.differences());
        }
        screen.line(
                killsDone == 0
                        ? "Recovery: nothing was killed."
                        : "Recovery, from a kill to the successor's first commit: p50 "
                                + RecoveryTimes.inMs(times.p50Ns()) + ", max " + RecoveryTimes.inMs(times.maxNs())
                                + ".");
        if (byStandby.count() > 0) {
            screen.line(recoveries("by a standby", byStandby)
                    + (cold.count() == 0 ? "." : "; " + recoveries("launched cold", cold) + "."));
        }
        if (verdict.right() && settings.output().isPresent()) {
            writeTo(settings.output().get(), words);
        }
        screen.line(killsDone + " kills, " + verdict.lost() + " words lost, " + verdict.twice() + " counted twice");
        return verdict.right();
    }

    private static String recoveries(String how, RecoveryTimes times) {
        return times.count() + " " + how + ": p50 " + RecoveryTimes.inMs(times.p50Ns()) + ", max "
                + RecoveryTimes.inMs(times.maxNs());
    }

    private static void writeTo(Path output, CountedWords words) throws HostedFailedException {
        try {
            words.write(output);
        } catch (IOException e) {
            throw new HostedFailedException("cannot write --output " + output + ": "
                    + (e instanceof FileSystemException ? e.toString() : e.getMessage()) + ".");
        }
    }
}
