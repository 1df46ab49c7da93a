package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlanBuilder;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.ExitLists;
import io.coppice.supervisor.plan.InheritedVariables;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.LogTarget;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.Poison;
import io.coppice.supervisor.plan.Probes;
import io.coppice.supervisor.plan.Shutdown;
import io.coppice.supervisor.plan.StartTimeouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes the plan of each child, and checks all that it names: classes, jars, programs, directories, variables. */
final class ChildPlanner implements AutoCloseable {
    /** The JVM's own default, said aloud: a root leaves a command line alone that says anything of archives. */
    static final String NO_ARCHIVE = "-Xshare:auto";

    /** From there on the JDK prints a warning when code that was not named calls a library of C. */
    static final int NATIVE_ACCESS_WARNS_SINCE = 22;

    /** Beside the worker's own jars: those that only a daemon needs whose fence is the death word. */
    static final String LIBC_JARS = "worker-libc";

    /** The same for the jar that a program under the agent gets on its class path. */
    private static final String AGENT_JARS = "worker-agent";

    /** Stands in for a class or a program that could not be read or found. */
    private static final String UNKNOWN = "unknown";

    private final CompileOptions options;
    private final InstanceDirectory directory;
    private final References references;
    private final Replicas replicas;
    private final Groups groups;
    private final ManifestFiles files;
    private final Programs programs;
    private final DeclaredEnvironment environments;
    private final ProcessRules processRules;
    private final ProbeRules probeRules;
    private final AgentPlanner agents;
    private final TransactionPlanner transactions;
    private final Isolation isolation;
    private final Problems problems;
    private final Map<List<Path>, DaemonClasses> classes = new HashMap<>();
    private final Map<DaemonSpec, JvmMemory> memory = new LinkedHashMap<>();
    private final Map<DaemonSpec, Function<String, List<String>>> commandLines = new HashMap<>();
    private final Map<DaemonSpec, Function<ChildPlan, List<ChildPlan>>> slots = new HashMap<>();
    private final Map<DaemonSpec, WorkerJvm> slotJvms = new LinkedHashMap<>();
    private final boolean hugePages;
    private @Nullable List<Path> workerJars;
    private final Map<String, List<Path>> beside = new HashMap<>();

    ChildPlanner(
            CompileOptions options,
            InstanceDirectory directory,
            References references,
            Replicas replicas,
            Groups groups,
            ManifestFiles files,
            Isolation isolation,
            Problems problems) {
        this.options = options;
        this.directory = directory;
        this.references = references;
        this.replicas = replicas;
        this.groups = groups;
        this.files = files;
        this.programs = new Programs(files, problems);
        this.probeRules = new ProbeRules(programs, replicas, problems);
        SystemTools tools = new SystemTools(options.surroundings(), problems);
        this.processRules = new ProcessRules(
                options.surroundings(),
                new DeclaredUsers(options.surroundings(), tools, problems),
                tools,
                isolation,
                problems);
        this.transactions = new TransactionPlanner(directory, problems);
        this.agents = new AgentPlanner(directory, replicas, problems);
        this.environments = new DeclaredEnvironment(files, problems);
        this.isolation = isolation;
        this.problems = problems;
        this.hugePages = hasHugePages(options.surroundings());
    }

    /**
     * The plans of the children that a daemon is. Where something is wrong, which has been told then, something else stands in for it,
     * so that the rest is checked against the bounds of a plan, too; such plans must not be run. None if it breaks one of those.
     */
    List<ChildPlan> plans(DaemonSpec daemon) {
        return replicas.plans(daemon, this::model);
    }

    private Replicas.@Nullable Model model(DaemonSpec daemon) {
        ChildPlan plan = plan(daemon);
        return plan == null
                ? null
                : new Replicas.Model(
                        plan, commandLines.get(daemon), slots.getOrDefault(daemon, child -> List.<ChildPlan>of()));
    }

    @Nullable
    private ChildPlan plan(DaemonSpec daemon) {
        Backoff backoff = daemon.backoff(problems);
        Map<String, Located<String>> declared = environments.of(daemon);
        SortedMap<String, String> environment =
                ChildEnvironment.of(options.surroundings().environment(), declared);
        Path workingDirectory = workingDirectory(daemon);
        // With both `main` and `command` both are checked: nobody knows which of them will be kept.
        List<String> argv = commandArgv(daemon, environment);
        long stateBytes = 0;
        List<Path> classPath = List.of();
        List<String> stateRules = List.of();
        if (daemon.isMain()) {
            checkEnvironment(declared);
            TransactionRules.check(daemon, problems);
            // More than that has been told.
            stateBytes = Math.min(
                    PlanBounds.MAX_STATE_BYTES, TransactionRules.of(daemon).daemonStateBytes(daemon));
            classPath = ownClassPath(daemon);
            stateRules = StateRules.of(daemon, isolation, problems);
            argv = workerArgv(daemon, classPath, stateRules, stateBytes);
        } else if (daemon.hasAgent()) {
            stateBytes = AgentPlanner.STATE_BYTES;
            List<String> command = argv;
            AgentCommandLine line = agents.line(daemon, command, environment, beside(AGENT_JARS), workerJars());
            if (line != null) {
                argv = line.argv(command);
                commandLines.put(daemon, child -> line.of(child).argv(command));
            }
        }
        List<String> prefix = processRules.prefix(daemon, environment, declared);
        if (!prefix.isEmpty()) {
            argv = Stream.concat(prefix.stream(), argv.stream()).toList();
        }
        if (argv.size() > PlanBounds.MAX_LIST_LENGTH) {
            problems.add(
                    daemon.name(),
                    "its command line has " + argv.size() + " words",
                    "at most " + PlanBounds.MAX_LIST_LENGTH,
                    daemon.isMain() ? "each daemon it may read takes two; name only those in `reads`" : "");
            return null;
        }
        Probes probes = probeRules.of(daemon, prefix, environment);
        LogTarget log = ProbeRules.log(daemon, probes);
        Path startsIn = workingDirectory == null ? files.folder() : workingDirectory;
        WorkerJvm slotJvm = slotJvms.get(daemon);
        checkLimits(daemon, slotJvm);
        if (slotJvm != null) {
            long launch = LaunchNumber.ofTransactions(daemon, declared, startsIn, classPath, slotJvm, log);
            slots.put(daemon, child -> transactions.slots(daemon, child, slotJvm, backoff, launch));
        }
        try {
            return new ChildPlanBuilder(
                            daemon.planName(),
                            daemon.isMain() || daemon.hasAgent() ? ChildPlan.Kind.DAEMON : ChildPlan.Kind.COMMAND)
                    .argv(argv)
                    .environment(environment)
                    .workingDirectory(startsIn.toString())
                    .log(log)
                    .stateBytes(stateBytes)
                    .checkpoints(daemon.isMain() ? daemon.value(DaemonKeys.CHECKPOINTS) : 0)
                    .heartbeatTimeoutMs(daemon.heartbeatMs())
                    .startTimeouts(new StartTimeouts(
                            daemon.value(DaemonKeys.START_TIMEOUT),
                            daemon.value(DaemonKeys.RECOVER_TIMEOUT),
                            daemon.value(DaemonKeys.MIGRATE_TIMEOUT)))
                    .restart(daemon.value(DaemonKeys.RESTART))
                    .maxRestarts(daemon.value(DaemonKeys.MAX_RESTARTS))
                    .periodMs(daemon.value(DaemonKeys.PERIOD))
                    .backoff(backoff == null ? Backoff.NONE : backoff)
                    .poison(daemon.isMain() ? PoisonRule.of(daemon, problems) : Poison.NONE)
                    .standbys(daemon.isMain() ? daemon.value(DaemonKeys.STANDBY) : 0)
                    .shutdown(new Shutdown(
                            daemon.value(DaemonKeys.SHUTDOWN_SIGNAL),
                            daemon.value(DaemonKeys.SHUTDOWN_TIMEOUT),
                            shutdownCommand(daemon, environment, prefix)))
                    .dependsOn(dependencies(daemon))
                    .launch(LaunchNumber.of(daemon, declared, startsIn, classPath, stateRules, log))
                    .exits(new ExitLists(
                            daemon.value(DaemonKeys.SUCCESS_EXITS),
                            daemon.value(DaemonKeys.PREVENT_EXITS),
                            daemon.value(DaemonKeys.FORCE_EXITS)))
                    .membership(groups.of(daemon))
                    .probes(probes)
                    .limits(DaemonKeys.LIMITS.of(daemon))
                    .identity(processRules.identity(daemon))
                    .plan();
        } catch (IllegalArgumentException e) {
            // A bound of the plan that no key alone breaks, such as a class path of more than 64 KiB.
            problems.addText(daemon.name().at(), daemon.name().path(), String.valueOf(e.getMessage()));
            return null;
        }
    }

    private void checkLimits(DaemonSpec daemon, @Nullable WorkerJvm slotJvm) {
        JvmMemory jvm = memory.get(daemon);
        if (jvm != null || daemon.hasAgent()) {
            DaemonKeys.LIMITS.checkTasks(daemon, problems);
        }
        if (slotJvm != null) {
            DaemonKeys.TRANSACTIONS.limits().checkTasks(daemon, problems);
        }
        if (jvm != null) {
            DaemonKeys.LIMITS.checkMemory(
                    daemon,
                    Budget.Row.of("", StateRules.segmentBytes(daemon), jvm),
                    "or lower `jvm.heap` or `state`, or set sizes of the JVM by `jvm.options`",
                    problems);
        }
        if (slotJvm != null) {
            DaemonKeys.TRANSACTIONS
                    .limits()
                    .checkMemory(
                            daemon,
                            Budget.Row.of("", TransactionRules.of(daemon).stateBytes(), slotJvm.memory()),
                            "or lower `transactions.jvm.heap` or `transactions.state`",
                            problems);
        }
    }

    /** On each replica of what it names. */
    private List<Dependency> dependencies(DaemonSpec daemon) {
        return daemon.value(DaemonKeys.DEPENDS_ON).stream()
                .map(Located::value)
                .filter(requirement -> PlanBounds.isName(requirement.name()))
                .flatMap(requirement -> replicas.childrenOf(requirement.name()).stream()
                        .map(child -> new Dependency(child, requirement.condition(), requirement.restart())))
                .toList();
    }

    /** The plan of the child that runs probes; null if it is not known where its jars are, which has been told then. */
    @Nullable
    ChildPlan prober() {
        Path lib = options.workerLib();
        if (lib == null) {
            workerJars(); // tells it
            return null;
        }
        return ProberPlan.of(options, lib, directory);
    }

    /** What is run when restarts have run out: in the manifest's directory, with the environment that children begin with. */
    NoticeCommand notification(Settings settings) {
        Located<Command> command = settings.get(NotifyKeys.COMMAND);
        if (command == null) {
            return NoticeCommand.NONE;
        }
        Located<Long> timeout = settings.get(NotifyKeys.TIMEOUT);
        Map<String, String> environment =
                ChildEnvironment.of(options.surroundings().environment(), Map.of());
        try {
            return new NoticeCommand(
                    argvOf(command, environment),
                    timeout == null ? Objects.requireNonNull(NotifyKeys.TIMEOUT.fallback()) : timeout.value());
        } catch (IllegalArgumentException e) {
            problems.addText(command.at(), command.path(), String.valueOf(e.getMessage()));
            return NoticeCommand.NONE;
        }
    }

    /** The names of the children that the manifest has run as user 0, although others have users of their own. */
    Set<String> privileged() {
        return new HashSet<>(replicas.childrenOf(processRules.privileged()));
    }

    /** The memory of each worker planned so far. */
    Map<DaemonSpec, JvmMemory> memory() {
        return memory;
    }

    /** The memory of each JVM that runs transactions of these. */
    JvmMemory slotMemory(DaemonSpec daemon) {
        return Objects.requireNonNull(slotJvms.get(daemon), "a daemon without transactions")
                .memory();
    }

    private List<Path> ownClassPath(DaemonSpec daemon) {
        Located<List<Located<String>>> entries = daemon.stated(DaemonKeys.CLASSPATH);
        if (entries == null) {
            if (!daemon.mentions(DaemonKeys.CLASSPATH) && daemon.own().mentions(DaemonKeys.MAIN)) {
                problems.add(daemon.name(), "no `classpath`", "the jars that hold its class, such as [lib/*.jar]", "");
            }
            return List.of();
        }
        return files.classPath(entries.value());
    }

    private List<String> workerArgv(DaemonSpec daemon, List<Path> own, List<String> stateRules, long stateBytes) {
        String name = daemon.planName();
        List<Path> jars = workerJars();
        Located<String> main = daemon.own().get(DaemonKeys.MAIN);
        if (main != null && !own.isEmpty()) {
            DaemonClasses.Fault fault = classes.computeIfAbsent(
                            own, path -> new DaemonClasses(jars, path, options.javaFeature()))
                    .faultOf(main.value());
            if (fault != null) {
                problems.add(main, fault.what(), fault.expected(), fault.hint());
            }
        }
        List<Located<String>> jvmOptions = daemon.value(DaemonKeys.JVM_OPTIONS);
        JvmMemory jvm = JvmOptions.check(jvmOptions, daemon.value(DaemonKeys.HEAP), problems);
        memory.put(daemon, jvm);
        Map<String, Path> peers = new LinkedHashMap<>();
        replicas.childrenOf(references.peersOf(daemon)).forEach(peer -> peers.put(peer, directory.segment(peer)));
        List<Path> classPath = new ArrayList<>(jars);
        classPath.addAll(own);
        boolean fencedByWord = daemon.value(DaemonKeys.FENCE).equals(DaemonKeys.FENCE_WORD);
        if (fencedByWord) {
            // Last: what the daemon brings along itself is what it gets.
            classPath.addAll(beside(LIBC_JARS));
        }
        TransactionRules transactionRules = TransactionRules.of(daemon);
        if (!transactionRules.isNone()) {
            slotJvms.put(daemon, slotJvm(daemon, own));
        }
        WorkerCommandLine line = new WorkerCommandLine(
                new WorkerJvm(
                        options.javaHome(),
                        options.javaFeature(),
                        hugePages,
                        jvm,
                        classPath,
                        options(daemon.value(DaemonKeys.JVM_ARCHIVE), fencedByWord, jvmOptions)),
                directory,
                name,
                main == null ? UNKNOWN : main.value(),
                daemon.value(DaemonKeys.HEARTBEAT_TIMEOUT),
                stateRules,
                stateBytes + "," + daemon.value(DaemonKeys.CHECKPOINTS),
                peers,
                transactionRules,
                daemon.value(DaemonKeys.ARGS).stream().map(Located::value).toList());
        commandLines.put(daemon, child -> line.of(child).argv());
        return line.argv();
    }

    /** As the daemon's own, in what `transactions.jvm` does not say otherwise. */
    private WorkerJvm slotJvm(DaemonSpec daemon, List<Path> own) {
        TransactionKeys keys = DaemonKeys.TRANSACTIONS;
        Located<Long> heap = daemon.stated(keys.heap());
        Located<String> archive = daemon.stated(keys.archive());
        Located<List<Located<String>>> stated = daemon.stated(keys.options());
        List<Located<String>> jvmOptions = stated == null ? daemon.value(DaemonKeys.JVM_OPTIONS) : stated.value();
        List<Path> classPath = new ArrayList<>(workerJars());
        classPath.addAll(own);
        return new WorkerJvm(
                options.javaHome(),
                options.javaFeature(),
                hugePages,
                JvmOptions.check(jvmOptions, heap == null ? daemon.value(DaemonKeys.HEAP) : heap.value(), problems),
                classPath,
                options(archive == null ? daemon.value(DaemonKeys.JVM_ARCHIVE) : archive.value(), false, jvmOptions));
    }

    private List<String> options(String archive, boolean callsLibc, List<Located<String>> jvmOptions) {
        List<String> words = new ArrayList<>();
        if (callsLibc && options.javaFeature() >= NATIVE_ACCESS_WARNS_SINCE) {
            words.add("--enable-native-access=ALL-UNNAMED");
        }
        if (archive.equals("none")) {
            words.add(NO_ARCHIVE);
        }
        jvmOptions.forEach(option -> words.add(option.value()));
        return words;
    }

    private List<String> commandArgv(DaemonSpec daemon, Map<String, String> environment) {
        Located<Command> command = daemon.own().get(DaemonKeys.COMMAND);
        return command == null ? List.of(UNKNOWN) : argvOf(command, environment);
    }

    /** It runs as the daemon does: as the same user, where it lives, with what it has in its environment. */
    private List<String> shutdownCommand(DaemonSpec daemon, Map<String, String> environment, List<String> prefix) {
        Located<Command> command = daemon.stated(DaemonKeys.SHUTDOWN_COMMAND);
        if (command == null) {
            return List.of();
        }
        return Stream.concat(prefix.stream(), argvOf(command, environment).stream())
                .toList();
    }

    private List<String> argvOf(Located<Command> command, Map<String, String> environment) {
        List<Located<String>> words = command.value().words();
        if (command.value().shell()) {
            return List.of("/bin/sh", "-c", words.get(0).value());
        }
        String program = programs.resolve(words.get(0), environment);
        List<String> argv = new ArrayList<>();
        argv.add(program == null ? UNKNOWN : program);
        words.stream().skip(1).map(Located::value).forEach(argv::add);
        return argv;
    }

    private @Nullable Path workingDirectory(DaemonSpec daemon) {
        Located<String> stated = daemon.stated(DaemonKeys.WORKING_DIR);
        return stated == null ? files.folder() : files.existingDirectory(stated);
    }

    private void checkEnvironment(Map<String, Located<String>> declared) {
        for (Map.Entry<String, Located<String>> entry : declared.entrySet()) {
            if (InheritedVariables.isOptionsOfAJvm(entry.getKey())) {
                problems.add(
                        entry.getValue(),
                        "`" + entry.getKey() + "` would change the JVM behind the budget's back",
                        "the key `jvm.options`",
                        "");
            }
        }
    }

    private List<Path> workerJars() {
        List<Path> known = workerJars;
        if (known == null) {
            known = readWorkerJars();
            workerJars = known;
        }
        return known;
    }

    /** The jars of a directory beside that of the worker's own. */
    private List<Path> beside(String directoryName) {
        Path lib = options.workerLib();
        // Without that directory everything is wrong, and told already.
        return lib == null
                ? List.of()
                : beside.computeIfAbsent(directoryName, name -> jarsIn(lib.resolveSibling(name)));
    }

    private List<Path> readWorkerJars() {
        Path lib = options.workerLib();
        if (lib == null) {
            problems.addElsewhere(
                    CompileOptions.WORKER_LIB_PROPERTY,
                    "not set, expected the directory of the worker's jars; start through the `coppice` launcher");
            return List.of();
        }
        return jarsIn(lib);
    }

    private List<Path> jarsIn(Path lib) {
        try (Stream<Path> children = Files.list(lib)) {
            List<Path> jars = children.filter(child -> child.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
            if (jars.isEmpty()) {
                problems.addElsewhere(
                        CompileOptions.WORKER_LIB_PROPERTY, lib + " holds no jars, expected those of the worker");
            }
            return jars;
        } catch (IOException | UncheckedIOException e) {
            problems.addElsewhere(
                    CompileOptions.WORKER_LIB_PROPERTY,
                    lib + " cannot be read (" + e + "), expected a directory of jars");
            return List.of();
        }
    }

    private static boolean hasHugePages(Surroundings surroundings) {
        try {
            return !Files.readString(surroundings.system("/sys/kernel/mm/transparent_hugepage/enabled"))
                    .contains("[never]");
        } catch (IOException e) {
            return false; // A kernel without them has no such file.
        }
    }

    @Override
    public void close() throws IOException {
        for (DaemonClasses opened : classes.values()) {
            opened.close();
        }
    }
}
