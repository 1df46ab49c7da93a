package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Identity;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.ProbeCheck;
import io.coppice.supervisor.plan.Probes;
import io.coppice.supervisor.plan.Shutdown;
import io.coppice.supervisor.plan.SlotName;
import io.coppice.supervisor.plan.StartPrefix;
import io.coppice.supervisor.plan.WorkerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gives each child of an instance with {@code isolation: user} a user of its own: the one that the manifest declares, or one that nobody else
 * has. What a segment's owner is a member of decides which segments it may read: its own group is the segment's, and whoever reads it
 * is in that group, too.
 */
final class IdentityPlanner {
    /** Of a slot's process the root says which of the users it has; it knows who is alive. */
    private static final String UID_OF_THE_ROOT = "\"$" + Identity.UID_VARIABLE + "\"";

    private static final Map<Integer, String> NEEDED = needed();

    private final String directory;
    private final Path registerFile;
    private final Located<Isolation> isolation;
    private final IdRegister register;
    private final IdRange range;
    private final Path setpriv;
    private final Problems problems;
    private boolean usedUpTold;

    private IdentityPlanner(
            String directory,
            Path registerFile,
            Located<Isolation> isolation,
            IdRegister register,
            IdRange range,
            Path setpriv,
            Problems problems) {
        this.directory = directory;
        this.registerFile = registerFile;
        this.isolation = isolation;
        this.register = register;
        this.range = range;
        this.setpriv = setpriv;
        this.problems = problems;
    }

    /**
     * For this instance on this machine; null if it cannot be, which has been told then.
     *
     * @param directory of the instance
     * @param ids the range that the manifest declares; null for the machine's
     */
    static @Nullable IdentityPlanner of(
            String directory,
            Located<Isolation> isolation,
            @Nullable Located<IdRange> ids,
            Surroundings surroundings,
            SystemTools tools,
            Problems problems) {
        String lacking = Capabilities.lacking(surroundings, NEEDED);
        if (lacking != null) {
            problems.add(
                    isolation,
                    "users of their own for workers need root, and this " + lacking,
                    "a root that may change users, or `isolation: mapping`",
                    surroundings.uid() == 0
                            ? "under a unit: `coppice install` again, or isolation-user.conf as a drop-in"
                            : "");
            return null;
        }
        IdRange range;
        IdRegister register;
        try {
            register = IdRegister.read(surroundings);
            range = ids == null ? SubordinateIds.of(surroundings) : ids.value();
        } catch (IOException e) {
            problems.add(
                    isolation, "which users are free cannot be told: " + e.getMessage(), "to be able to read it", "");
            return null;
        }
        if (range == null) {
            problems.add(isolation, SubordinateIds.NONE, SubordinateIds.advice(), "");
            return null;
        }
        Path setpriv = tools.find("setpriv", "util-linux", isolation);
        return setpriv == null
                ? null
                : new IdentityPlanner(
                        directory, IdRegister.file(surroundings), isolation, register, range, setpriv, problems);
    }

    private static Map<Integer, String> needed() {
        Map<Integer, String> needed = new HashMap<>(Capabilities.OTHER_USERS);
        needed.putAll(Capabilities.THEIR_FILES);
        return Map.copyOf(needed);
    }

    /**
     * The group that may read the root's segment; 0 if there is none left, which has been told then.
     */
    int readers() {
        Integer readers = take(IdRegister.READERS, 1);
        return readers == null ? 0 : readers;
    }

    /**
     * The children with identities, and with what makes their processes who they are before their command lines.
     *
     * @param children those of which the manifest names the user have an identity that says it, and no more
     * @param asRoot the names of those that the manifest has run as user 0, so that nothing is kept from them
     */
    List<ChildPlan> identified(List<ChildPlan> children, Set<String> asRoot) {
        int readers = readers();
        Map<String, Integer> numbers = new HashMap<>();
        Map<String, Integer> processes = new HashMap<>();
        for (ChildPlan child : children) {
            Integer number = take(IdRegister.nameOf(child), IdRegister.count(child));
            if (number == null || readers == 0) {
                return children;
            }
            numbers.put(IdRegister.nameOf(child), number);
            processes.merge(IdRegister.nameOf(child), 1 + 2 * child.standbys(), Integer::sum);
        }
        List<ChildPlan> identified = new ArrayList<>(children.size());
        for (ChildPlan child : children) {
            boolean none = child.kind() == ChildPlan.Kind.AUXILIARY || asRoot.contains(child.name());
            int number = numbers.getOrDefault(IdRegister.nameOf(child), 0);
            Identity identity = none
                    ? null
                    : child.slot() > 0
                            ? ofSlots(
                                    number,
                                    processes.getOrDefault(IdRegister.nameOf(child), 1),
                                    numbers.getOrDefault(child.daemon(), 0),
                                    readers)
                            : ofOne(child, number, numbers, readers);
            identified.add(identity == null ? child : with(identity, child));
        }
        tellUnreachable(identified);
        tellChangeable(identified);
        return identified;
    }

    /** A JVM that cannot read its jars says no more than that it finds no class. */
    private void tellUnreachable(List<ChildPlan> children) {
        Reachability reachability = new Reachability(setpriv);
        for (ChildPlan child : children) {
            Identity identity = child.identity();
            if (identity == null || child.slot() > 1) {
                continue;
            }
            try {
                Reachability.Obstacle obstacle = reachability.obstacle(child, identity);
                if (obstacle != null) {
                    String directory = obstacle.directory();
                    problems.add(
                            isolation,
                            "user " + identity.uid() + ", who `" + child.name() + "` would run as, cannot read "
                                    + obstacle.words(),
                            "a file, and directories above it, that other users may read",
                            (directory == null ? "`chmod o+r " + obstacle.file() : "`chmod o+x " + directory)
                                    + "`, move it, or name a `user` that may");
                }
            } catch (IOException e) {
                problems.add(
                        isolation,
                        "whether user " + identity.uid() + ", who `" + child.name()
                                + "` would run as, can read its files cannot be told: " + e.getMessage(),
                        "to be able to try it",
                        "");
            }
        }
    }

    /** What one worker may change and another starts from is a way from the one to the other. */
    private void tellChangeable(List<ChildPlan> children) {
        StartFileWriters writers = new StartFileWriters(children);
        Set<Path> told = new HashSet<>();
        for (ChildPlan child : children) {
            for (String file : Reachability.filesOf(child)) {
                StartFileWriters.Hole hole = writers.hole(Path.of(file));
                if (hole != null && told.add(hole.path())) {
                    problems.warn(
                            isolation.at(),
                            isolation.path(),
                            "workers may change " + file + ", which `" + child.name() + "` is started from, since "
                                    + hole.words());
                }
            }
        }
    }

    private @Nullable Integer take(String name, int count) {
        Integer first = register.take(IdRegister.owner(name, directory), count, range);
        if (first == null && !usedUpTold) {
            usedUpTold = true;
            problems.add(
                    isolation,
                    "the range of users " + range + " is used up"
                            + (name.equals(IdRegister.READERS) ? "" : ", at " + name),
                    "a larger one",
                    "or remove the lines of instances of which nothing is left from " + registerFile);
        }
        return first;
    }

    /** Its own group is the daemon's, whose segment has its request; the slots' segments have another, of which only the daemon is. */
    private static Identity ofSlots(int first, int processes, int daemon, int readers) {
        return new Identity(first, processes, daemon, first, first + Identity.MAX_UIDS, inOrder(readers, daemon));
    }

    private static Identity ofOne(ChildPlan child, int own, Map<String, Integer> numbers, int readers) {
        Identity user = child.identity();
        TreeSet<Integer> groups = new TreeSet<>(user == null ? List.of() : user.groups());
        if (child.kind().hasSegment()) {
            groups.add(own);
            peersOf(child).forEach(peer -> groups.add(numbers.getOrDefault(peer, own)));
            Integer slots = numbers.get(SlotName.logName(SlotName.of(child.name(), 1)));
            if (slots != null) {
                // It looks up in the root's segment what became of its requests.
                groups.add(slots);
                groups.add(readers);
            }
        }
        return new Identity(
                user == null ? own : user.uid(),
                1,
                user == null ? own : user.gid(),
                own,
                child.kind().hasSegment() ? own + 1 : Identity.NO_MAKER,
                List.copyOf(groups));
    }

    private static List<Integer> inOrder(int one, int other) {
        return List.copyOf(new TreeSet<>(List.of(one, other)));
    }

    private static List<String> peersOf(ChildPlan child) {
        return WorkerOptions.values(child.argv(), "--peer").stream()
                .map(peer -> peer.substring(0, peer.indexOf('=')))
                .toList();
    }

    /** What a number that a manifest declares is already, for people; null if it is nobody's. */
    @Nullable
    String takenBy(int number) {
        String owner = register.ownerOf(number);
        if (owner != null) {
            return "has been given to " + owner + " (" + registerFile + ")";
        }
        return number >= range.first() && number <= range.last()
                ? "is of the range " + range + ", from which workers are given theirs"
                : null;
    }

    private ChildPlan with(Identity identity, ChildPlan child) {
        TreeMap<String, String> environment = new TreeMap<>(child.environment());
        String user = child.slot() > 0 ? UID_OF_THE_ROOT : String.valueOf(identity.uid());
        String words = setpriv + " --reuid=" + user + " --regid=" + identity.gid()
                + (identity.groups().isEmpty()
                        ? " --clear-groups"
                        : " --groups="
                                + identity.groups().stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(",")))
                + " --no-new-privs --inh-caps=-all ";
        boolean ownPwd = environment.containsKey("PWD");
        Shutdown shutdown = child.shutdown();
        return child.toBuilder()
                .identity(identity)
                .argv(with(words, child.argv(), ownPwd))
                .shutdown(
                        shutdown.command().isEmpty()
                                ? shutdown
                                : new Shutdown(
                                        shutdown.signal(),
                                        shutdown.timeoutMs(),
                                        with(words, shutdown.command(), ownPwd)))
                .probes(with(words, child.probes(), ownPwd))
                .plan();
    }

    /** Last of all that precedes the program: the rest may need what only root may do. */
    private static List<String> with(String words, List<String> argv, boolean ownPwd) {
        return StartPrefix.with(words, argv, ownPwd);
    }

    private static Probes with(String words, Probes probes, boolean ownPwd) {
        return new Probes(
                with(words, probes.startup(), ownPwd),
                with(words, probes.readiness(), ownPwd),
                with(words, probes.liveness(), ownPwd));
    }

    private static @Nullable Probe with(String words, @Nullable Probe probe, boolean ownPwd) {
        return probe == null || !(probe.check() instanceof ProbeCheck.Exec exec)
                ? probe
                : new Probe(
                        new ProbeCheck.Exec(with(words, exec.argv(), ownPwd)),
                        probe.initialDelayMs(),
                        probe.periodMs(),
                        probe.timeoutMs(),
                        probe.successThreshold(),
                        probe.failureThreshold());
    }
}
