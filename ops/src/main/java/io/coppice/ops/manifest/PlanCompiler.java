package io.coppice.ops.manifest;

import io.coppice.supervisor.limits.ControlGroups;
import io.coppice.supervisor.os.AccessList;
import io.coppice.supervisor.os.KernelGap;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.plan.SlotName;
import io.coppice.supervisor.sandbox.IsolationGaps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds a manifest against the machine and makes the plan. */
final class PlanCompiler {
    private static final int ROWS_IN_AN_ERROR = 20;

    /** Stands in while the rest is checked, where the name itself is wrong. No instance has this one. */
    private static final String UNNAMED = "?";

    private final Manifest manifest;
    private final ReplicaValues values;
    private final Path file;
    private final CompileOptions options;
    private final Problems problems;

    PlanCompiler(Manifest manifest, ReplicaValues values, Path file, CompileOptions options, Problems problems) {
        this.manifest = manifest;
        this.values = values;
        this.file = file;
        this.options = options;
        this.problems = problems;
    }

    /** The plan with its budget; null if there is any problem, found here or before. */
    ManifestResult.@Nullable Compiled compile() throws IOException {
        Path absolute = file.toAbsolutePath().normalize();
        Path folder = absolute.getParent() == null ? absolute : absolute.getParent();
        ManifestFiles files = new ManifestFiles(folder, problems);
        String instance = InstanceName.resolve(options, manifest.instance(), file, problems);
        InstanceDirectory directory =
                InstanceDirectory.of(instance == null ? UNNAMED : instance, options.surroundings());
        Located<String> segments = manifest.segments();
        Path segmentsParent = segments == null ? null : files.resolve(segments);
        if (segmentsParent != null) {
            directory = directory.withSegmentsIn(segmentsParent);
        }
        checkDirectory(directory, segmentsParent);

        References references = new References(manifest.daemons(), problems);
        references.check();
        Groups groups = new Groups(manifest, problems);
        groups.check();
        Replicas replicas = new Replicas(manifest.daemons(), values, options.scaled(), problems);
        replicas.check();
        List<DaemonSpec> order = references.inStartOrder();
        // More daemons than these have been told as too many.
        List<DaemonSpec> planned = order.subList(0, Math.min(order.size(), PlanBounds.MAX_CHILDREN));
        checkExemptions(planned);
        List<ChildPlan> children = new ArrayList<>();
        IdentityPlanner identities = identities(directory.directory().toString());
        SandboxPlanner sandboxes = sandboxes();
        NoticeCommand notify;
        Budget budget;
        try (ChildPlanner planner =
                new ChildPlanner(options, directory, references, replicas, groups, files, isolation(), problems)) {
            for (DaemonSpec daemon : planned) {
                children.addAll(planner.plans(daemon));
            }
            notify = planner.notification(manifest.notice());
            boolean probed = children.stream().anyMatch(child -> !child.probes().isNone());
            ChildPlan prober = probed ? planner.prober() : null;
            if (prober != null) {
                addProber(prober, children);
            }
            budget = budget(planned, replicas, planner, directory, probed);
            if (identities != null) {
                children = identities.identified(children, planner.privileged());
            }
            if (sandboxes != null) {
                children = sandboxes.restricted(children, unrestricted(replicas), directory, options.surroundings());
            }
        }
        List<GroupPlan> groupPlans = groups.plans();
        ControlRules.Result control =
                new ControlRules(manifest.control(), options.surroundings(), problems).result(directory);
        if (identities != null) {
            new DeclaredUserRules(identities, control.access(), problems).check(planned, replicas, children);
        }
        checkBudget(budget, segments);
        if (!problems.isEmpty()) {
            return null;
        }
        Plan plan = new Plan(
                directory.instance(),
                absolute.toString(),
                directory.directory().toString(),
                directory.segmentDirectory().toString(),
                isolation(),
                identities == null ? 0 : identities.readers(),
                control.access(),
                notify,
                groupPlans,
                replicas.sets(),
                children);
        long planBytes = PlanText.textLengthBytes(plan);
        if (planBytes > PlanBounds.MAX_PLAN_BYTES) {
            problems.add(
                    manifest.daemonsAt(),
                    "daemons",
                    "the plan of all daemons takes " + Quantity.roundedSize(planBytes),
                    "at most " + Quantity.size(PlanBounds.MAX_PLAN_BYTES),
                    "shorten class paths and command lines, or split the instance");
            return null;
        }
        InstanceDirectory place = directory;
        return new ManifestResult.Compiled(
                plan,
                budget,
                directory,
                control.words(),
                ControlGroups.of(options.surroundings().systemRoot()),
                IsolationGaps.of(plan.isolation()).stream().map(KernelGap::text).toList(),
                sandboxes == null ? List::of : () -> SandboxPlanner.closed(plan, place, options.surroundings()),
                unlimitedReaders(planned, references),
                problems.warnings());
    }

    private Isolation isolation() {
        Located<Isolation> stated = manifest.isolation().get(IsolationKeys.MODE);
        return stated == null ? Isolation.MAPPING : stated.value();
    }

    /** Isolated daemons of which the manifest does not say whom they read. */
    private List<String> unlimitedReaders(List<DaemonSpec> daemons, References references) {
        return isolation() == Isolation.MAPPING
                ? List.of()
                : daemons.stream()
                        .filter(daemon -> daemon.isMain() && daemon.stated(DaemonKeys.ISOLATION) == null)
                        .filter(daemon -> daemon.stated(DaemonKeys.READS) == null
                                && !references.peersOf(daemon).isEmpty())
                        .map(DaemonSpec::planName)
                        .toList();
    }

    /** Who puts each into its sandbox; null where nobody is in one. */
    private @Nullable SandboxPlanner sandboxes() {
        Located<Isolation> stated = manifest.isolation().get(IsolationKeys.MODE);
        return stated == null || stated.value() != Isolation.SANDBOX ? null : new SandboxPlanner(stated, problems);
    }

    /** Those of which the manifest says so. */
    private Set<String> unrestricted(Replicas replicas) {
        Set<String> names = new HashSet<>();
        for (DaemonSpec daemon : manifest.daemons()) {
            if (daemon.stated(DaemonKeys.ISOLATION) != null) {
                names.addAll(replicas.childrenOf(daemon.planName()));
            }
        }
        return names;
    }

    /** That key is the sandbox's: a user of its own has who is not the root's. */
    private void checkExemptions(List<DaemonSpec> daemons) {
        for (DaemonSpec daemon : daemons) {
            Located<String> own = daemon.stated(DaemonKeys.ISOLATION);
            if (own != null && isolation() == Isolation.USER) {
                problems.add(
                        own,
                        "lets nobody out of `isolation: user`",
                        "`user: root` for who is to be the root's user",
                        "");
            }
        }
    }

    /** Who gives each its user; null where none has one, or there can be none, which has been told then. */
    private @Nullable IdentityPlanner identities(String directory) throws IOException {
        Settings isolation = manifest.isolation();
        Located<Isolation> stated = isolation.get(IsolationKeys.MODE);
        Located<String> group = manifest.control().get(ControlKeys.GROUP);
        if (group != null && stated != null && stated.value() == Isolation.USER) {
            requireAccessLists(group, Path.of(directory));
        }
        boolean wrongIds = isolation.mentions(IsolationKeys.IDS) && isolation.get(IsolationKeys.IDS) == null;
        return stated == null || stated.value() != Isolation.USER || wrongIds
                ? null
                : IdentityPlanner.of(
                        directory,
                        stated,
                        isolation.get(IsolationKeys.IDS),
                        options.surroundings(),
                        new SystemTools(options.surroundings(), problems),
                        problems);
    }

    /** Workers read the root's segment, and members of the group do: a mode has room for one group. */
    private void requireAccessLists(Located<String> group, Path directory) {
        Path there = directory;
        while (!Files.exists(there)) {
            there = there.resolve("..").normalize();
        }
        try {
            if (!AccessList.isKept(there)) {
                problems.add(
                        group,
                        "`control.group` with `isolation: user`, and the file system of " + there
                                + " keeps no access control lists",
                        "one that does, for this group and workers are to read the root's segment",
                        "put the instance elsewhere (COPPICE_HOME_DIR)");
            }
        } catch (OsException e) {
            problems.add(group, String.valueOf(e.getMessage()), "to be able to tell it", "");
        }
    }

    private void addProber(ChildPlan prober, List<ChildPlan> children) {
        if (children.size() < PlanBounds.MAX_CHILDREN) {
            children.add(prober);
        } else {
            problems.add(
                    manifest.daemonsAt(),
                    "daemons",
                    children.size() + " daemons, and the process that runs their probes",
                    "at most " + PlanBounds.MAX_CHILDREN + " together");
        }
    }

    private void checkDirectory(InstanceDirectory directory, @Nullable Path segmentsParent) {
        Located<String> segments = manifest.segments();
        for (String fault : directory.faults(options.surroundings())) {
            boolean ofSegments = segmentsParent != null
                    && fault.startsWith(segmentsParent.toString())
                    && !fault.startsWith(directory.base().toString());
            if (ofSegments && segments != null) {
                problems.addText(segments.at(), segments.path(), fault);
            } else {
                problems.addElsewhere(
                        directory.base().toString(), "instance directory (" + directory.why() + "): " + fault);
            }
        }
    }

    private Budget budget(
            List<DaemonSpec> daemons,
            Replicas replicas,
            ChildPlanner planner,
            InstanceDirectory directory,
            boolean probed)
            throws IOException {
        List<Budget.Row> rows = new ArrayList<>();
        Map<Path, Long> segmentBytes = new LinkedHashMap<>();
        rows.add(Budget.rootRow());
        segmentBytes.put(directory.rootSegment(), Budget.ROOT_SEGMENT_BYTES);
        for (DaemonSpec daemon : daemons) {
            JvmMemory jvm = planner.memory().get(daemon);
            TransactionRules transactions = TransactionRules.of(daemon);
            if (jvm != null) {
                for (String child : replicas.childrenOf(daemon.planName())) {
                    long stateBytes = StateRules.segmentBytes(daemon);
                    rows.add(Budget.Row.of(child, stateBytes, jvm));
                    int standbys = daemon.value(DaemonKeys.STANDBY);
                    if (standbys > 0) {
                        rows.add(Budget.Row.ofStandbys(child, standbys, jvm));
                    }
                    // A daemon without a valid name gets a file that no other has.
                    String segment = daemon.named() ? child : "?" + rows.size();
                    segmentBytes.put(directory.segment(segment), stateBytes);
                    for (String slot : transactions.slotsOf(child)) {
                        rows.add(Budget.Row.of(slot, transactions.stateBytes(), planner.slotMemory(daemon)));
                        segmentBytes.put(
                                directory.segment(daemon.named() ? slot : "?" + rows.size()),
                                transactions.stateBytes());
                    }
                    if (transactions.standbys() > 0) {
                        rows.add(Budget.Row.ofStandbys(
                                SlotName.logName(SlotName.of(child, 1)),
                                transactions.standbys(),
                                planner.slotMemory(daemon)));
                    }
                }
            } else if (daemon.hasAgent()) {
                for (String child : replicas.childrenOf(daemon.planName())) {
                    long bytes = AgentPlanner.segmentBytes();
                    rows.add(new Budget.Row(child, bytes, 0, 0, 0, 0, 0, 0));
                    segmentBytes.put(directory.segment(daemon.named() ? child : "?" + rows.size()), bytes);
                }
            }
        }
        if (probed) {
            rows.add(Budget.Row.of(ProberPlan.NAME, 0, ProberPlan.MEMORY));
        }
        long total = rows.stream().mapToLong(Budget.Row::total).sum();
        List<Budget.Limit> limits = new ArrayList<>(SegmentSpace.of(segmentBytes));
        for (MemoryLimits.Found limit : MemoryLimits.of(options.surroundings())) {
            limits.add(new Budget.Limit(limit.what(), limit.where(), limit.bytes(), total, Budget.Limit.Kind.MEMORY));
        }
        return new Budget(rows, limits);
    }

    private static boolean hasStandbys(Budget budget) {
        return budget.rows().stream().anyMatch(Budget.Row::isOfStandbys);
    }

    private void checkBudget(Budget budget, @Nullable Located<String> segments) {
        for (Budget.Limit limit : budget.exceeded()) {
            boolean disk = limit.kind() == Budget.Limit.Kind.FILE_SYSTEM;
            String what = disk
                    ? "the segments still need " + Quantity.roundedSize(limit.neededBytes())
                    : "the declared memory is " + Quantity.roundedSize(limit.neededBytes());
            String todo = disk
                    ? "lower `state`, or choose another directory with `segments`"
                    : "lower `jvm.heap` and `state`, or run fewer daemons"
                            + (hasStandbys(budget) ? " or standbys" : "");
            String message = what + ", expected at most " + Quantity.roundedSize(limit.limitBytes()) + ", the "
                    + limit.what() + " (" + limit.where() + "); " + todo + "\n"
                    + BudgetTable.of(budget, ROWS_IN_AN_ERROR, "    ").stripTrailing();
            if (disk && segments != null) {
                problems.addText(segments.at(), segments.path(), message);
            } else {
                problems.addText(manifest.daemonsAt(), "daemons", message);
            }
        }
    }
}
