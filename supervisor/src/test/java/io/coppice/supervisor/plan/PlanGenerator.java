package io.coppice.supervisor.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Valid plans from a seed, with a taste for the awkward: control characters, quotes, surrogate pairs, empty values. */
final class PlanGenerator {
    private static final String[] PIECES = {
        "a",
        "Z",
        "0",
        " ",
        "  ",
        "\n",
        "\r",
        "\t",
        "\\",
        "\\n",
        "\\u0041",
        "=",
        "-",
        "- ",
        "é",
        "\u0085",
        "\u2028",
        "😀",
        "'",
        "\"",
        "end 00000000",
        "\u0001",
        "\u007f"
    };

    private final SplittableRandom random;

    PlanGenerator(long seed) {
        random = new SplittableRandom(seed);
    }

    Plan plan() {
        List<ChildPlan> children = new ArrayList<>();
        List<GroupPlan> groups = groups();
        int count = random.nextInt(6);
        TreeMap<String, String> shared = environment(random.nextInt(4));
        for (int i = 0; i < count; i++) {
            children.add(child("c" + i + "-" + random.nextInt(10), children, shared, groups));
            addSlots(children);
        }
        List<ReplicaSet> sets = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            ReplicaSet set = new ReplicaSet("r" + i, random.nextInt(PlanBounds.MAX_REPLICAS + 1), random.nextInt(3));
            for (String name : set.childNames()) {
                children.add(child(name, children, shared, groups));
                addSlots(children);
            }
            sets.add(set);
        }
        NoticeCommand notify = random.nextBoolean()
                ? NoticeCommand.NONE
                : new NoticeCommand(List.of("/" + text(), text()), 1 + random.nextInt(100_000));
        Isolation isolation = any(Isolation.values());
        return new Plan(
                "i" + random.nextInt(100),
                "/" + text(),
                "/" + text(),
                "/" + text(),
                isolation,
                isolation == Isolation.USER ? 1 + random.nextInt(1000) : 0,
                access(),
                notify,
                groups,
                sets,
                identified(isolation, children));
    }

    private ControlAccess access() {
        return random.nextBoolean()
                ? ControlAccess.OWN_USER
                : new ControlAccess(random.nextLong(PlanBounds.MAX_ID + 1), ids(), ids());
    }

    private List<Long> ids() {
        return random.longs(random.nextInt(4), 0, PlanBounds.MAX_ID + 1)
                .sorted()
                .distinct()
                .boxed()
                .toList();
    }

    private List<GroupPlan> groups() {
        List<GroupPlan> groups = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            groups.add(new GroupPlan(
                    i == 0 ? GroupPlan.OUTERMOST : "g" + i,
                    any(Strategy.values()),
                    random.nextInt(-1, PlanBounds.MAX_RESTARTS + 1),
                    1 + random.nextLong(PlanBounds.MAX_DURATION_MS),
                    new Backoff(5, 1.5, 60, 7, random.nextInt(1001) / 1000.0),
                    any(AutoShutdown.values()),
                    i == 0 ? Membership.PLAIN : membership(groups)));
        }
        return groups;
    }

    private Membership membership(List<GroupPlan> groups) {
        return new Membership(
                groups.get(random.nextInt(groups.size())).name(), random.nextBoolean(), random.nextBoolean());
    }

    private ExitSet exits() {
        List<Integer> codes = new ArrayList<>();
        List<String> signals = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            codes.add(random.nextInt(256));
            signals.add(Shutdown.SIGNALS.get(random.nextInt(Shutdown.SIGNALS.size())));
        }
        return new ExitSet(codes, signals);
    }

    private ChildPlan child(
            String name, List<ChildPlan> earlier, TreeMap<String, String> shared, List<GroupPlan> groups) {
        boolean daemon = random.nextBoolean();
        List<String> argv = new ArrayList<>();
        argv.add("x" + text());
        for (int i = random.nextInt(5); i > 0; i--) {
            argv.add(text());
        }
        TreeMap<String, String> environment = environment(random.nextInt(3));
        environment.putAll(shared);
        List<Dependency> dependencies = new ArrayList<>();
        for (ChildPlan other : earlier) {
            if (other.slot() == 0 && random.nextInt(3) == 0) {
                dependencies.add(
                        0, new Dependency(other.name(), any(Dependency.Condition.values()), random.nextBoolean()));
            }
        }
        LogTarget log = any(LogTarget.values());
        long initialMs = random.nextLong(PlanBounds.MAX_DURATION_MS);
        return new ChildPlan(
                name,
                daemon ? ChildPlan.Kind.DAEMON : ChildPlan.Kind.COMMAND,
                argv,
                environment,
                "/" + text(),
                log,
                daemon ? 1 + random.nextLong(PlanBounds.MAX_STATE_BYTES) : 0,
                daemon && random.nextBoolean() ? random.nextInt(PlanBounds.MAX_CHECKPOINTS + 1) : 0,
                daemon ? random.nextLong(PlanBounds.MAX_DURATION_MS + 1) : 0,
                new StartTimeouts(timeoutMs(), timeoutMs(), timeoutMs()),
                any(RestartPolicy.values()),
                random.nextInt(-1, PlanBounds.MAX_RESTARTS + 1),
                1 + random.nextLong(PlanBounds.MAX_DURATION_MS),
                random.nextInt(4) == 0
                        ? Backoff.NONE
                        : new Backoff(
                                initialMs,
                                random.nextInt(1000, 100_001) / 1000.0,
                                random.nextLong(initialMs, PlanBounds.MAX_DURATION_MS + 1),
                                random.nextLong(PlanBounds.MAX_DURATION_MS + 1),
                                0),
                daemon ? poison() : Poison.NONE,
                daemon ? random.nextInt(PlanBounds.MAX_STANDBYS + 1) : 0,
                new Shutdown(
                        Shutdown.SIGNALS.get(random.nextInt(Shutdown.SIGNALS.size())),
                        random.nextLong(PlanBounds.MAX_DURATION_MS + 1),
                        random.nextBoolean() ? List.of() : List.of("stop" + text(), text())),
                dependencies,
                random.nextLong(),
                new ExitLists(exits(), exits(), exits()),
                membership(groups),
                probes(daemon, log),
                0,
                null,
                limits(),
                false);
    }

    /** With users of their own for all, one after the other, or none. */
    private List<ChildPlan> identified(Isolation isolation, List<ChildPlan> children) {
        if (isolation == Isolation.SANDBOX) {
            Map<String, Boolean> restricted = new HashMap<>();
            return children.stream()
                    .map(child -> child.toBuilder()
                            .restricted(child.kind() != ChildPlan.Kind.AUXILIARY
                                    && restricted.computeIfAbsent(child.daemon(), name -> random.nextBoolean()))
                            .plan())
                    .toList();
        }
        if (isolation != Isolation.USER) {
            return children;
        }
        List<ChildPlan> identified = new ArrayList<>();
        int next = 1 + random.nextInt(1_000_000);
        Identity slots = null;
        for (ChildPlan child : children) {
            boolean first = child.slot() == 1;
            Identity identity = child.slot() > 1
                    ? slots
                    : new Identity(
                            next,
                            first ? 1 + random.nextInt(Identity.MAX_UIDS) : 1,
                            1 + random.nextInt(Integer.MAX_VALUE - 1),
                            next,
                            next + Identity.MAX_UIDS,
                            random.ints(random.nextInt(4), 1, Integer.MAX_VALUE)
                                    .sorted()
                                    .distinct()
                                    .boxed()
                                    .toList());
            if (first) {
                slots = identity;
            }
            next += Identity.MAX_UIDS + 1;
            boolean none = child.kind() == ChildPlan.Kind.COMMAND && random.nextBoolean();
            identified.add(child.toBuilder().identity(none ? null : identity).plan());
        }
        return identified;
    }

    private Limits limits() {
        return random.nextBoolean()
                ? Limits.NONE
                : new Limits(
                        random.nextBoolean()
                                ? 0
                                : random.nextLong(Limits.MIN_MEMORY_BYTES, Limits.MAX_MEMORY_BYTES + 1),
                        random.nextBoolean()
                                ? 0
                                : random.nextLong(Limits.MIN_CPU_THOUSANDTHS, Limits.MAX_CPU_THOUSANDTHS + 1),
                        random.nextLong(Limits.MAX_TASKS + 1));
    }

    /** Of the last child, if it can have some. */
    private void addSlots(List<ChildPlan> children) {
        ChildPlan daemon = children.get(children.size() - 1);
        if (daemon.kind() != ChildPlan.Kind.DAEMON || random.nextInt(3) > 0) {
            return;
        }
        ChildPlanBuilder slot = ChildPlans.slot(daemon.name(), 1)
                .argv(List.of("x" + text(), text()))
                .environment(daemon.environment())
                .workingDirectory("/" + text())
                .log(any(LogTarget.values()))
                .stateBytes(1 + random.nextLong(PlanBounds.MAX_STATE_BYTES))
                .startTimeouts(new StartTimeouts(timeoutMs(), timeoutMs(), timeoutMs()))
                .maxRestarts(random.nextInt(PlanBounds.MAX_RETRIES + 1))
                .shutdown(Shutdown.bySignal("INT", timeoutMs()))
                .launch(random.nextLong())
                .limits(limits())
                .timeoutMs(timeoutMs());
        int standbys = random.nextInt(PlanBounds.MAX_STANDBYS + 1);
        int count = 1 + random.nextInt(random.nextInt(10) == 0 ? PlanBounds.MAX_SLOTS : 3);
        for (int number = 1; number <= count; number++) {
            children.add(slot.name(SlotName.of(daemon.name(), number))
                    .standbys(number == 1 ? standbys : 0)
                    .plan());
        }
    }

    private Probes probes(boolean daemon, LogTarget log) {
        boolean logged = log == LogTarget.FILE;
        return new Probes(
                daemon || random.nextInt(4) > 0 ? null : probe(1, logged),
                daemon || random.nextInt(4) > 0 ? null : probe(1 + random.nextInt(Probe.MAX_THRESHOLD), logged),
                random.nextInt(4) > 0 ? null : probe(1, false));
    }

    private Probe probe(int successThreshold, boolean logged) {
        return new Probe(
                check(random.nextInt(logged ? 4 : 3)),
                random.nextLong(PlanBounds.MAX_DURATION_MS + 1),
                Probe.MIN_PERIOD_MS + random.nextLong(PlanBounds.MAX_DURATION_MS - Probe.MIN_PERIOD_MS),
                timeoutMs(),
                successThreshold,
                1 + random.nextInt(Probe.MAX_THRESHOLD));
    }

    private ProbeCheck check(int kind) {
        int port = 1 + random.nextInt(65_535);
        return switch (kind) {
            case 0 -> new ProbeCheck.Exec(List.of("x" + text(), text()));
            case 1 -> new ProbeCheck.Tcp("host-" + port, port);
            case 2 ->
                new ProbeCheck.Http(
                        random.nextBoolean(),
                        "::1",
                        port,
                        "/" + port + "?a=\\n",
                        List.of(new ProbeCheck.Header("A", ""), new ProbeCheck.Header("X-B", "c: d\\e")));
            default -> new ProbeCheck.LogLine("x" + java.util.regex.Pattern.quote(text()));
        };
    }

    private long timeoutMs() {
        return 1 + random.nextLong(PlanBounds.MAX_DURATION_MS);
    }

    private Poison poison() {
        if (random.nextInt(4) == 0) {
            return Poison.NONE;
        }
        List<Poison.Fallback> then = new ArrayList<>();
        for (Poison.Fallback fallback : Poison.Fallback.values()) {
            if (random.nextBoolean()) {
                then.add(random.nextInt(then.size() + 1), fallback);
            }
        }
        return new Poison(random.nextInt(1, PlanBounds.MAX_POISON_CRASHES + 1), then);
    }

    private TreeMap<String, String> environment(int count) {
        TreeMap<String, String> environment = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            environment.put("V" + random.nextInt(8), text());
        }
        return environment;
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }
}
