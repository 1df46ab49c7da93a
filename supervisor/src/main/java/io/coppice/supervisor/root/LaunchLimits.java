package io.coppice.supervisor.root;

import io.coppice.supervisor.limits.Controller;
import io.coppice.supervisor.limits.Enforcement;
import io.coppice.supervisor.limits.GroupTree;
import io.coppice.supervisor.limits.ProcessGroup;
import io.coppice.supervisor.os.Admission;
import io.coppice.supervisor.os.ArgvPreparation;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Limits;
import io.coppice.supervisor.plan.Plan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps processes within their limits: gives each launch with limits a control group of its own, finds those of adopted processes, and
 * removes those that are needed no more.
 *
 * <p>Duty-cycle thread only, but for what is static; each turn touches only so many groups.
 */
final class LaunchLimits implements AutoCloseable {
    private static final int REMOVED_AT_ONCE = 8;
    private static final long FIRST_PAUSE_NS = 10_000_000;
    private static final long LONGEST_PAUSE_NS = 1_000_000_000L;
    private static final int EXIT_FAILED = 1;
    private static final int NAMES = 16;

    /** How long the kernel may take to end what a root that died has left; after that something holds it and a person must look. */
    private static final long KILL_TIMEOUT_NS = 30_000_000_000L;

    private static final long LOOK_AGAIN_MS = 10;

    private final GroupTree groups;
    private final Incidents incidents;
    private final List<ProcessGroup> unneeded = new ArrayList<>();
    private long pauseNs = FIRST_PAUSE_NS;
    private long nextLookNs = Long.MAX_VALUE;
    private long standbys;

    LaunchLimits(GroupTree groups, Incidents incidents) {
        this.groups = groups;
        this.incidents = incidents;
    }

    /** Whether a plan has limits. */
    static boolean areIn(Plan plan) {
        return plan.children().stream().anyMatch(child -> !child.limits().isNone());
    }

    /** On a thread that may block. */
    static void prepare(GroupTree groups) throws StartupRefused {
        try {
            groups.prepare();
        } catch (IOException e) {
            throw new StartupRefused(EXIT_FAILED, "how limits are enforced cannot be recorded: " + e.getMessage());
        }
    }

    /** One line for each kind of limit that the plan has, and that is not enforced, or not of a process and all that comes of it. */
    static List<String> notEnforced(Plan plan, GroupTree groups) {
        List<String> texts = new ArrayList<>();
        for (Controller controller : Controller.values()) {
            List<String> none = names(plan, groups, controller, Enforcement.NONE);
            if (!none.isEmpty()) {
                texts.add("the limit `" + controller.key() + "` of " + some(none) + " is not enforced: "
                        + groups.whyNot(controller));
            }
            List<String> each = names(plan, groups, controller, Enforcement.RLIMIT);
            if (!each.isEmpty()) {
                texts.add("the limit `" + controller.key() + "` of " + some(each)
                        + " holds for the private data of each single process (RLIMIT_DATA), not for all together: "
                        + groups.whyNot(controller));
            }
        }
        return texts;
    }

    private static List<String> names(Plan plan, GroupTree groups, Controller controller, Enforcement by) {
        return plan.children().stream()
                .filter(child ->
                        controller.of(child.limits()) > 0 && groups.enforcement(controller, child.kind()) == by)
                .map(ChildPlan::name)
                .toList();
    }

    private static String some(List<String> names) {
        return names.size() <= NAMES
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, NAMES)) + " and " + (names.size() - NAMES) + " more";
    }

    /** The plan is another one. */
    void tellNotEnforced(Plan plan, long nowNs) {
        notEnforced(plan, groups).forEach(text -> incidents.tell(Incidents.Kind.LIMIT_NOT_ENFORCED, nowNs, text));
    }

    /**
     * Ends what is in the groups of a root that died, but in those of processes that are gone on with. The groups stay: they tell how what
     * was in them ended.
     *
     * @throws StartupRefused if something does not end
     */
    static void endLeft(GroupTree groups, List<Leftovers.OnRecord> living, ProcessTable processes)
            throws StartupRefused, OsException {
        List<ProcessGroup> left = groups.present();
        if (left.isEmpty()) {
            return;
        }
        Set<String> kept = new HashSet<>();
        for (Leftovers.OnRecord alive : living) {
            ProcessGroup group = alive.isAlive(processes) ? groups.of(alive.pid()) : null;
            if (group != null) {
                kept.add(group.name());
            }
        }
        long endNs = System.nanoTime() + KILL_TIMEOUT_NS;
        List<ProcessGroup> open = new ArrayList<>(left);
        open.removeIf(group -> kept.contains(group.name()) || group.kill() == 0);
        while (!open.isEmpty()) {
            if (System.nanoTime() >= endNs) {
                throw new StartupRefused(
                        EXIT_FAILED,
                        "processes in the control groups of a root that died do not end, not even by SIGKILL (" + open
                                + "). Something holds them in the kernel (a hung file system?); starting others beside them would"
                                + " give what they own two owners.");
            }
            pause();
            open.removeIf(group -> group.kill() == 0);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Nobody interrupts a root that starts.
        }
    }

    /** How a launch keeps its limits. */
    LimitedLaunch of(ChildPlan plan, long token, @Nullable ArgvPreparation otherwise) {
        Limits limits = plan.limits();
        if (limits.isNone()) {
            return new LimitedLaunch(null, "", otherwise);
        }
        String name = Launcher.isStandbys(token)
                ? plan.name() + ".standby-" + ProcessHandle.current().pid() + "-" + ++standbys
                : nameOf(plan.name(), Launcher.incarnationOf(token));
        String limiting =
                limits.memoryBytes() > 0 && groups.enforcement(Controller.MEMORY, plan.kind()) == Enforcement.RLIMIT
                        ? "ulimit -d " + (limits.memoryBytes() >> 10) + " && "
                        : "";
        ProcessGroup group = groups.group(name, limits);
        if (group == null) {
            return new LimitedLaunch(null, limiting, otherwise);
        }
        return new LimitedLaunch(group, Admission.AWAIT + limiting, argv -> {
            group.make(limits);
            return otherwise == null ? argv : otherwise.prepare(argv);
        });
    }

    private static String nameOf(String child, long incarnation) {
        return child + "." + incarnation;
    }

    /** The group of a living process, launched by whatever root; null if it has none. */
    @Nullable
    ProcessGroup of(int pid) {
        return groups.of(pid);
    }

    /** That of a child that has ended meanwhile; null if it had none, or another one as a standby. */
    @Nullable
    ProcessGroup named(ChildProcess child) {
        return groups.named(nameOf(child.plan.name(), child.incarnation));
    }

    /** After everything was adopted: those of a root that died which nobody has. */
    void removeOthers(ChildTable children, StandbyTable standbyTable) {
        List<ProcessGroup> present = groups.present();
        if (present.isEmpty()) {
            return;
        }
        Set<String> needed = new HashSet<>();
        for (ChildProcess child : children.all()) {
            if (child.group != null) {
                needed.add(child.group.name());
            }
        }
        standbyTable.addGroups(needed);
        present.stream().filter(group -> !needed.contains(group.name())).forEach(this::remove);
    }

    /** A launch has come to nothing, or nobody watches what came of it. */
    void discard(LaunchedProcess process) {
        ProcessGroup group = process.group;
        if (group != null) {
            process.group = null;
            remove(group);
        }
    }

    /** Nobody needs it any more: what is still in it is killed, and it is removed. */
    void remove(ProcessGroup group) {
        if (!isRemoved(group)) {
            unneeded.add(group);
            pauseNs = FIRST_PAUSE_NS;
            nextLookNs = Math.min(nextLookNs, System.nanoTime() + pauseNs);
        }
    }

    private static boolean isRemoved(ProcessGroup group) {
        return group.kill() == 0 && group.remove();
    }

    /** When the next look is due; {@link Long#MAX_VALUE} when nothing is to be removed. */
    long nextLookNs() {
        return nextLookNs;
    }

    void look(long nowNs) {
        int looks = Math.min(REMOVED_AT_ONCE, unneeded.size());
        for (int i = 0; i < looks; i++) {
            ProcessGroup group = unneeded.remove(0);
            if (!isRemoved(group)) {
                unneeded.add(group);
            }
        }
        pauseNs = Math.min(2 * pauseNs, LONGEST_PAUSE_NS);
        nextLookNs = unneeded.isEmpty() ? Long.MAX_VALUE : nowNs + pauseNs;
    }

    @Override
    public void close() {
        unneeded.forEach(LaunchLimits::isRemoved);
        groups.close();
    }
}
