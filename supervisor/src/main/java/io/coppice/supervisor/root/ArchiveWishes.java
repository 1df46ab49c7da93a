package io.coppice.supervisor.root;

import io.coppice.supervisor.archive.ArchivePlace;
import io.coppice.supervisor.archive.ArchivedLaunch;
import io.coppice.supervisor.archive.ArchiverExit;
import io.coppice.supervisor.archive.ArchiverMain;
import io.coppice.supervisor.archive.StartArchives;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.SignalNumbers;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Isolation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has start archives made, each by a process of its own, for launches that could have used one. One at a time, only while nobody is being
 * started or recovered; and what cannot be made is tried once in this root's life: whatever comes of it, the daemons run.
 *
 * <p>Duty-cycle thread only; looks at no file and blocks for nothing. Allocates only where there is something to make.
 */
final class ArchiveWishes {
    /** How long nothing may have been launched before an archiver is; milliseconds. Tests and benches are less patient. */
    static final String QUIET_PROPERTY = "coppice.archive.quiet.ms";

    /** No child has such a name. */
    private static final String LOG = "_archiver";

    /** Where the native part of the calls into C is; unpacked into a temporary directory if this is not said. */
    private static final String NATIVES = "jffi.boot.library.path";

    private static final long DEFAULT_QUIET_MS = 5_000;
    private static final int JVM_CANNOT_START = 1;
    private static final long LOOK_AGAIN_NS = 1_000_000_000L;

    /** No more are remembered: a root whose jars change all the time is no reason to fill its heap. */
    private static final int MOST_KNOWN = 4096;

    /** Milder than any daemon, where the system has the tool for it. */
    private static final String MILD = "command -v nice >/dev/null 2>&1 && exec nice -n 19 \"$@\"; exec \"$@\"";

    /** Where the root finds tools, its archivers do. */
    private static final List<String> PATH =
            List.of("PATH=" + System.getenv().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"));

    private final PreparedInstance instance;
    private final ChildTable children;
    private final Errands errands;
    private final Incidents incidents;
    private final @Nullable StartArchives archives;
    private final long quietNs;

    private record Wish(String child, String identity) {}

    private final Queue<Wish> wishes = new ArrayDeque<>();
    private final Set<String> known = new HashSet<>();

    /** Identities of what launches have died of. Replaced, not changed: the spawner's thread has it, too. */
    private Set<String> refused = Set.of();

    private long nextLookNs = Long.MAX_VALUE;
    private long lastLaunchNs;
    /** What an archiver makes; null while there is none. */
    private @Nullable Wish underWay;

    /** Whether a launch has found nothing of that since. */
    private boolean wantedMeanwhile;

    ArchiveWishes(PreparedInstance instance, ChildTable children, Errands errands, Incidents incidents, long nowNs) {
        this.instance = instance;
        this.children = children;
        this.errands = errands;
        this.incidents = incidents;
        this.quietNs = Long.getLong(QUIET_PROPERTY, DEFAULT_QUIET_MS) * 1_000_000;
        this.lastLaunchNs = nowNs;
        this.archives = open(nowNs);
    }

    private @Nullable StartArchives open(long nowNs) {
        Path directory = ArchivePlace.ofThis(instance.ownUid()).directory();
        try {
            return StartArchives.open(
                    directory, instance.ownUid(), instance.plan().isolation() == Isolation.USER);
        } catch (IOException e) {
            incidents.tell(Incidents.Kind.NO_ARCHIVE, nowNs, "no start archives: " + e.getMessage());
            return null;
        }
    }

    /** For one launch of a daemon; null where there are no archives. */
    @Nullable
    ArchivedLaunch forLaunch(ChildPlan child) {
        StartArchives available = archives;
        return available == null ? null : available.launch(instance.directory(), child, refused);
    }

    /** What the launch of this process has found. */
    void onLaunched(LaunchedProcess process, long nowNs) {
        lastLaunchNs = nowNs;
        ArchivedLaunch launch = process.archivedLaunch;
        if (launch == null) {
            return;
        }
        ArchivedLaunch.Outcome outcome = launch.outcome();
        if (outcome instanceof ArchivedLaunch.Outcome.Wanted wanted && known.size() < MOST_KNOWN) {
            if (known.add(wanted.identity())) {
                wishes.add(new Wish(children.get(process.index()).plan.name(), wanted.identity()));
                nextLookNs = Math.min(nextLookNs, nowNs + quietNs);
            } else if (underWay != null && underWay.identity().equals(wanted.identity())) {
                wantedMeanwhile = true;
            }
        } else if (outcome instanceof ArchivedLaunch.Outcome.Unknown unknown) {
            incidents.tell(
                    Incidents.Kind.NO_ARCHIVE, process.index(), nowNs, "started without an archive: " + unknown.why());
        }
    }

    /**
     * A child has ended. One that was launched with an archive, and was ended by its own JVM before it had so much as taken its segment,
     * has most likely died of that: it is used no more, and the death is no fault of the child.
     */
    Event.Exited judge(ChildProcess child, Event.Exited exited) {
        boolean took = exited.progress() != StepProgress.UNKNOWN;
        return !took && refuseArchiveOf(child, exited.status(), exited.nowNs()) ? exited.byArchive() : exited;
    }

    /** A standby has ended before it was warm. */
    void judge(StandbyProcess standby, Event.StandbyExited exited) {
        refuseArchiveOf(standby, exited.status(), exited.nowNs());
    }

    private boolean refuseArchiveOf(LaunchedProcess process, ExitStatus status, long nowNs) {
        ArchivedLaunch launch = process.archivedLaunch;
        if (launch == null
                || !(launch.outcome() instanceof ArchivedLaunch.Outcome.Used used)
                || !isOfTheJvm(status)
                || refused.size() == MOST_KNOWN) {
            return false;
        }
        Set<String> more = new HashSet<>(refused);
        if (more.add(used.identity())) {
            refused = Set.copyOf(more);
            incidents.tell(
                    Incidents.Kind.NO_ARCHIVE,
                    process.index(),
                    nowNs,
                    "died before it had started, with an archive: starts without from now on");
        }
        return true;
    }

    /** By its own fault, or with the code of a JVM that cannot start; what comes from outside says nothing of an archive. */
    private static boolean isOfTheJvm(ExitStatus status) {
        if (status instanceof ExitStatus.Exited exited) {
            return exited.code() == JVM_CANNOT_START;
        }
        return status instanceof ExitStatus.Signaled signaled
                && signaled.signal() != SignalNumbers.of("KILL")
                && signaled.signal() != SignalNumbers.of("TERM");
    }

    /** When an archiver might be started; {@link Long#MAX_VALUE} while there is nothing to make. */
    long nextLookNs() {
        return nextLookNs;
    }

    /** Starts an archiver, if the time is right. */
    void look(SupervisorState state, long nowNs) {
        if (wishes.isEmpty() || underWay != null) {
            nextLookNs = Long.MAX_VALUE; // The end of the one under way is heard of.
            return;
        }
        if (nowNs - lastLaunchNs < quietNs || !isCalm(state)) {
            nextLookNs = Math.max(nowNs + LOOK_AGAIN_NS, lastLaunchNs + quietNs);
            return;
        }
        Wish wish = wishes.remove();
        nextLookNs = wishes.isEmpty() ? Long.MAX_VALUE : nowNs + LOOK_AGAIN_NS;
        if (hasWorker(wish.child())) {
            start(wish, nowNs);
        }
    }

    /** Nobody is being started, ended or recovered; one that waits for something may do so beside an archiver. */
    private static boolean isCalm(SupervisorState state) {
        if (state.phase() != SupervisorState.Phase.RUNNING) {
            return false;
        }
        for (int i = 0; i < state.children().size(); i++) {
            switch (state.child(i).phase()) {
                case READY, WAITING, BACKOFF, STOPPED, FAILED, COMPLETED -> {}
                case SPAWNING, HELD, ABANDONING, STARTING, DUMPING, STOPPING, KILLING -> {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean hasWorker(String name) {
        for (ChildProcess child : children.all()) {
            if (child.plan.name().equals(name) && child.hasSegment()) {
                return true;
            }
        }
        return false;
    }

    private void start(Wish wish, long nowNs) {
        StartArchives available = archives;
        if (available == null) {
            return;
        }
        List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", MILD, "coppice-archiver"));
        argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        argv.addAll(List.of("-Xmx48m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"));
        argv.add("-XX:+DisableAttachMechanism");
        String natives = System.getProperty(NATIVES);
        if (natives != null) {
            argv.add("-D" + NATIVES + "=" + natives);
        }
        argv.addAll(List.of("-cp", System.getProperty("java.class.path"), ArchiverMain.class.getName()));
        argv.add(instance.directory().toString());
        argv.add(wish.child());
        argv.add(available.directory().toString());
        try {
            errands.send(
                    argv,
                    // It has the root's rights, also where its daemon has not: what a manifest says is for what it
                    // runs.
                    PATH,
                    "/",
                    instance.log(LOG),
                    // It bounds itself: so does what it has trained, whose directory it cleans up.
                    Errands.NO_TIMEOUT,
                    (status, failure, atNs) -> ended(wish, status, failure, atNs));
            underWay = wish;
            wantedMeanwhile = false;
        } catch (OsException e) {
            fail(wish, String.valueOf(e.getMessage()), nowNs);
        }
    }

    private void ended(Wish wish, @Nullable ExitStatus status, String failure, long nowNs) {
        underWay = null;
        if (status instanceof ExitStatus.Exited exited) {
            ArchiverExit exit = ArchiverExit.of(exited.code());
            if (exit == ArchiverExit.DONE) {
                // Whoever removes or damages it may have it made again.
                known.remove(wish.identity());
                if (wantedMeanwhile && known.add(wish.identity())) {
                    // It may have been made and be gone by then; who finds that it is there makes nothing.
                    wishes.add(wish);
                }
                finished(nowNs);
            } else {
                fail(wish, exit.words(), nowNs);
            }
        } else {
            fail(wish, status == null ? failure : "the archiver was ended by " + status, nowNs);
        }
    }

    private void fail(Wish wish, String why, long nowNs) {
        incidents.tell(
                Incidents.Kind.NO_ARCHIVE,
                nowNs,
                "no start archive for " + wish.child() + ": " + why + " (more in logs/" + LOG + ".log)");
        finished(nowNs);
    }

    private void finished(long nowNs) {
        nextLookNs = wishes.isEmpty() ? Long.MAX_VALUE : nowNs + LOOK_AGAIN_NS;
    }
}
