package io.coppice.ops.demo.thumbnails;

import io.coppice.ops.demo.thumbnails.job.ThumbnailProgress;
import io.coppice.ops.hosted.HostedCleaner;
import io.coppice.ops.hosted.HostedFailedException;
import io.coppice.ops.hosted.HostedFolder;
import io.coppice.ops.hosted.HostedInstance;
import io.coppice.ops.hosted.ProgressScreen;
import io.coppice.ops.hosted.RootProcess;
import io.coppice.ops.hosted.RootWatch;
import io.coppice.ops.hosted.Victim;
import io.coppice.ops.view.PlanFile;
import io.coppice.ops.view.ProcFileSystem;
import io.coppice.state.RequestId;
import io.coppice.state.StateView;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.LastExit;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import io.coppice.state.root.WantedCode;
import io.coppice.supervisor.plan.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** One demo from its root's start to the comparison. The command's main thread. */
public final class ThumbnailsRun implements HostedInstance.Work {
    private static final String HIDDEN = "pictures.hidden";
    private static final String PICTURES = "pictures";
    private static final String THUMBNAILS = "thumbnails";
    private static final String PLUG_IN = "plug-in";

    /** Between two looks. */
    private static final long LOOK_NS = 1_000_000;

    /** Without a single outcome in this time something is broken, on however slow a machine. */
    private static final long STALL_NS = 120_000_000_000L;

    private final ThumbnailsSettings settings;
    private final ProgressScreen screen;
    private final ProcFileSystem processes;
    private final Set<Long> killedRequests = new HashSet<>();
    private volatile boolean interrupted;

    private int files;
    private int kills;
    private int daemonKills;
    private int rootKills;
    private long lastFinished = -1;
    private long lastFinishedAtNs;

    /** @param screen what is told of it */
    public ThumbnailsRun(ThumbnailsSettings settings, ProgressScreen screen) {
        this.settings = settings;
        this.screen = screen;
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
        System.setProperty("java.awt.headless", "true");
        // Shown to the daemon when those who are to write thumbnails may do so.
        SampleFolder samples = SampleFolder.make(folder.file(HIDDEN), settings.pictures(), settings.seed());
        files = samples.files();
        Path pictures = Files.createDirectory(folder.file(PICTURES));
        SampleFolder.makePlugIn(folder.file(PLUG_IN));
        Path thumbnails = Files.createDirectory(folder.file(THUMBNAILS));
        Files.writeString(
                folder.manifest(),
                ThumbnailsManifest.text(
                        settings.host().instance().name(),
                        settings.host().isolation(),
                        List.of(settings.classes(), folder.file(PLUG_IN)),
                        samples.bad().size(),
                        pictures,
                        thumbnails));
        screen.line(String.format(
                Locale.ROOT,
                "Making thumbnails of %d pictures, among which lie %d bad files, as instance %s; %d kills, seed %d.",
                samples.good().size(),
                samples.bad().size(),
                settings.host().instance().name(),
                settings.kills(),
                settings.seed()));
        ThumbnailsCheck check = new ThumbnailsCheck(samples, thumbnails);
        RootProcess root = cleaner.startRoot();
        long beganNs = System.nanoTime();
        try (ThumbnailsWatch watch = new ThumbnailsWatch(settings.host().instance(), root.pid())) {
            RootProcess first = root;
            await(first, watch, () -> watch.progress(ThumbnailProgress.INCARNATION) > 0);
            long firstIncarnation = watch.progress(ThumbnailProgress.INCARNATION);
            openToWorkers(thumbnails);
            samples.moveTo(pictures);
            for (ThumbnailKills.Kill kill :
                    ThumbnailKills.of(settings.seed(), settings.kills(), files).kills()) {
                root = kill(kill, root, cleaner, watch);
            }
            RootProcess last = root;
            await(last, watch, () -> watch.finished() >= files);
            StateView state = watch.state();
            check.compareState(state);
            check.compareIncarnations(firstIncarnation, watch.progress(ThumbnailProgress.INCARNATION), daemonKills);
            ThumbnailsCheck.problems(state).forEach(line -> screen.line("  " + withoutReport(line)));
        }
        double seconds = (System.nanoTime() - beganNs) / 1e9;
        if (!root.stop()) {
            throw new HostedFailedException("The root did not stop in order: " + root.lastLines());
        }
        check.compareFiles();
        return tell(samples, check.findings(), seconds);
    }

    /** Where each transaction is a user of its own, all of them are in their daemon's group. */
    private void openToWorkers(Path thumbnails) throws IOException {
        Identity identity = PlanFile.read(settings.host().instance()).plan().stream()
                .flatMap(plan -> plan.children().stream())
                .filter(child -> child.name().equals(ThumbnailsManifest.DAEMON))
                .flatMap(child -> Stream.ofNullable(child.identity()))
                .findFirst()
                .orElse(null);
        if (identity != null) {
            Files.setAttribute(thumbnails, "unix:gid", identity.gid());
            Files.setPosixFilePermissions(thumbnails, PosixFilePermissions.fromString("rwxrwx---"));
        }
    }

    /** The JVM's report goes with the instance. */
    static String withoutReport(String line) {
        return line.replaceAll(" \\([^()]*/hs_err_[^)]*\\)$", "");
    }

    private String tell(SampleFolder samples, List<String> findings, double seconds) {
        screen.line(String.format(
                Locale.ROOT,
                "%d thumbnails in %.1f s; killed: the daemon %s, the root %s, transactions %s.",
                samples.good().size(),
                seconds,
                times(daemonKills),
                times(rootKills),
                times(kills - daemonKills - rootKills)));
        findings.forEach(screen::line);
        if (!findings.isEmpty()) {
            return findings.size() + (findings.size() == 1 ? " thing is" : " things are") + " not as it must be";
        }
        screen.line(kills + " kills, " + samples.good().size() + " pictures, each with one thumbnail, "
                + samples.bad().size() + " bad files, each with its cause");
        return "";
    }

    private static String times(int count) {
        return count == 1 ? "once" : count + " times";
    }

    /** @return the root that runs now */
    private RootProcess kill(ThumbnailKills.Kill kill, RootProcess root, HostedCleaner cleaner, ThumbnailsWatch watch)
            throws IOException, HostedFailedException {
        await(root, watch, () -> watch.finished() >= kill.after());
        long dueNs = System.nanoTime() + kill.delayNs();
        await(root, watch, () -> System.nanoTime() >= dueNs);
        switch (kill.whom()) {
            case DAEMON -> killDaemon(root, watch);
            case TRANSACTION -> killTransaction(root, watch);
            case ROOT -> {
                return killRoot(root, cleaner, watch);
            }
        }
        return root;
    }

    private void killDaemon(RootProcess root, ThumbnailsWatch watch) throws IOException, HostedFailedException {
        List<Victim> hit = new ArrayList<>();
        await(root, watch, () -> {
            long incarnation = watch.progress(ThumbnailProgress.INCARNATION);
            watch.daemon()
                    .filter(child -> child.incarnation() == incarnation)
                    .flatMap(child -> Victim.of(child, processes))
                    .filter(victim -> victim.kill(processes))
                    .ifPresent(hit::add);
            return !hit.isEmpty();
        });
        Victim victim = hit.get(0);
        long killedAtNs = System.nanoTime();
        long finished = watch.finished();
        daemonKills++;
        await(root, watch, () -> watch.progress(ThumbnailProgress.INCARNATION) > victim.incarnation());
        told("the daemon, pid " + victim.pid() + ", after " + finished + " files; its successor has started after "
                + inMs(System.nanoTime() - killedAtNs));
    }

    /** Each transaction once at most, and in its first attempt: what is wrong with a bad file shall be told by the last. */
    private void killTransaction(RootProcess root, ThumbnailsWatch watch) throws IOException, HostedFailedException {
        List<String> hit = new ArrayList<>();
        await(root, watch, () -> {
            for (ChildInfo slot : watch.busySlots()) {
                Optional<Victim> victim = Victim.of(slot, processes);
                if (!killedRequests.contains(slot.request())
                        && victim.isPresent()
                        && victim.get().kill(processes)) {
                    killedRequests.add(slot.request());
                    hit.add("transaction " + RequestId.text(slot.request()) + " in " + slot.name() + ", pid "
                            + victim.get().pid() + ", after " + watch.finished() + " files");
                    return true;
                }
            }
            return watch.finished() >= files;
        });
        if (!hit.isEmpty()) {
            told(hit.get(0));
        }
    }

    private RootProcess killRoot(RootProcess root, HostedCleaner cleaner, ThumbnailsWatch watch)
            throws IOException, HostedFailedException {
        long finished = watch.finished();
        root.kill();
        long killedAtNs = System.nanoTime();
        rootKills++;
        RootProcess next = cleaner.startNextRoot();
        watch.follow(next.pid());
        await(next, watch, watch::rootSeen);
        told("the root, pid " + root.pid() + ", after " + finished
                + " files; the next one, started by us, has taken over after " + inMs(System.nanoTime() - killedAtNs));
        return next;
    }

    private void told(String what) {
        kills++;
        screen.line("kill " + kills + " of " + settings.kills() + ": " + what);
    }

    private static String inMs(long ns) {
        return String.format(Locale.ROOT, "%.0f ms", ns / 1e6);
    }

    private void await(RootProcess root, ThumbnailsWatch watch, Condition condition)
            throws IOException, HostedFailedException {
        lastFinishedAtNs = System.nanoTime();
        while (!condition.holds()) {
            checkHealth(root, watch, System.nanoTime());
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    private void checkHealth(RootProcess root, ThumbnailsWatch watch, long nowNs)
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
        Optional<ChildInfo> daemon = watch.daemon();
        if (daemon.isPresent()) {
            checkDaemon(daemon.get());
        }
        long finished = watch.finished();
        if (finished != lastFinished) {
            lastFinished = finished;
            lastFinishedAtNs = nowNs;
        } else if (nowNs - lastFinishedAtNs > STALL_NS) {
            throw new HostedFailedException("No picture in two minutes; " + finished + " of " + files
                    + " files have an outcome, and the daemon is "
                    + daemon.map(child -> child.state().word()).orElse("not there") + ".");
        }
        screen.progress(finished, files, () -> kills + " of " + settings.kills() + " kills", nowNs);
    }

    /** Deaths by a signal are what this is about; a daemon that ends by itself is not, and would do so again. */
    private static void checkDaemon(ChildInfo daemon) throws HostedFailedException {
        if (daemon.wanted() == WantedCode.DOWN) {
            throw new HostedFailedException("The daemon was stopped from outside.");
        }
        if (daemon.state() == ChildStateCode.FAILED
                || daemon.lastExit().filter(RootWatch::isOwnFault).isPresent()) {
            throw new HostedFailedException("The daemon failed: "
                    + daemon.lastExit().map(LastExit::text).orElse("it did not say why"));
        }
    }
}
