package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.coppice.ops.system.IsolationMatrix.Column;
import io.coppice.ops.system.IsolationMatrix.SelfHarm;
import io.coppice.ops.system.daemons.Attempt;
import io.coppice.ops.system.daemons.Leftover;
import io.coppice.ops.system.daemons.Victim;
import io.coppice.supervisor.limits.ControlGroups;
import io.coppice.supervisor.limits.Controller;
import io.coppice.supervisor.os.Landlock;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goal: what a worker can do to others is what {@link IsolationMatrix} says, from a daemon and from a transaction, and whatever it does, the others keep
 * their service. Method: a real root for each isolation, and workers that try all of it, by the kernel's own calls; without isolation as well, since an
 * attempt that fails anyway proves nothing. Service is: the peer lives, commits, and is read by another one; the root answers, and its log has no exception.
 */
class HostileWorkerSystemTest {
    private static final String READY = "ready";
    private static final Pattern OUTCOME =
            Pattern.compile("(?m)^(daemon|transaction) ([A-Z_]+) ([a-z]+): (done|refused|not here)(.*)$");

    /** Debian's and Ubuntu's default keeps processes of one user from tracing each other. */
    private static final Set<Attempt> TRACING =
            EnumSet.of(Attempt.MEMORY, Attempt.TRACE, Attempt.WRITE_MEMORY, Attempt.STEAL);

    @RegisterExtension
    final Coppice coppice = new Coppice();

    /** Whether the kernel that the root sees can. */
    private boolean keepsGroups = true;

    private final long seed = Long.getLong("coppice.matrix.seed", System.nanoTime());

    private static boolean isUserZero() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    }

    private static void skipWhereItCannotBe(Column column) throws IOException {
        String whyNot = "";
        if (column == Column.USER && !isUserZero()) {
            whyNot = "only root can give workers users of their own";
        } else if (Landlock.abi() < column.abi) {
            whyNot = "Landlock ABI " + column.abi + " is needed; this kernel has " + Landlock.abi();
        }
        if (!whyNot.isEmpty()) {
            skip(column, whyNot);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepFromOthersWhatTheMatrixSaysAndServeThemAllTheWhile(Column column) throws Exception {
        skipWhereItCannotBe(column);
        Surroundings surroundings = new Surroundings(coppice.directory);
        try {
            shouldServe(column, start(column), surroundings);
        } finally {
            surroundings.remove();
        }
    }

    private void shouldServe(Column column, Coppice.Root root, Surroundings surroundings) throws Exception {
        told("facts", facts(root) + surroundings.facts());
        assertOutcomes(column, "daemon", await("intruder", "daemon over"));
        assertServed(root, "attempts of a daemon");
        told("transaction", "");
        assertOutcomes(column, "transaction", await("intruder", "transaction over"));
        assertServed(root, "attempts of a transaction");
        if (!column.isBetween()) {
            harmItself(column, root);
        }
        assertEquals(1, coppice.daemon("intruder").number("incarnation"));
        assertEquals(0, coppice.run("status").exitCode());
        assertEquals(0, root.stop(), root.stderr());
        assertEquals(List.of(), complaints(root), root.stderr());
    }

    private void harmItself(Column column, Coppice.Root root) throws Exception {
        for (SelfHarm harm : SelfHarm.values()) {
            told(harm.name(), "");
            String log = await("intruder", harm + " over");
            boolean refused = IsolationMatrix.isRefused(harm, column);
            assertEquals(refused, log.contains(harm + " refused"), log);
            assertEquals(!refused, log.contains(harm + " over: "), log);
        }
        // The slot is of use to the next one.
        told("another", "");
        assertTrue(await("intruder", "another over").contains("another is done\n"), log("intruder"));
        assertServed(root, "what transactions have done to their slot");
        Map<SelfHarm, Long> begun = new EnumMap<>(SelfHarm.class);
        for (SelfHarm harm : SelfHarm.values()) {
            begun.put(harm, begin(harm));
        }
        for (SelfHarm harm : SelfHarm.values()) {
            awaitEnd(column, harm, begun.get(harm));
        }
        assertServed(root, "what workers have done to themselves, all at once");
        // Their successors find what they have left.
        for (SelfHarm harm : SelfHarm.values()) {
            Coppice.Daemon row = coppice.daemon(harm.daemon());
            if (!row.isNull("pid")) {
                Coppice.kill(row.number("pid"));
            }
        }
        for (SelfHarm harm : SelfHarm.values()) {
            coppice.await(
                    harm.daemon(),
                    row -> Set.of(READY, "failed").contains(row.state()) && row.number("incarnation") > 1);
        }
        assertServed(root, "what is left of their segments");
        for (SelfHarm harm : List.of(SelfHarm.NONSENSE, SelfHarm.PUNCHES)) {
            Coppice.Result state = coppice.run("state", harm.daemon());
            assertFalse(state.err().contains("\tat "), state.err());
        }
    }

    /** What a root says of itself when it is surprised; how an attacker ended is none. */
    private static List<String> complaints(Coppice.Root root) throws IOException {
        return root.stderr()
                .lines()
                .filter(line -> line.startsWith("\tat ") || line.contains("Exception") || line.contains("Error"))
                .filter(line -> !line.matches("\\S+ \\w+ [a-z]+(@1)?: (exited|failed) .*"))
                .toList();
    }

    /** With everybody of the matrix; the peer that is to be down is. */
    private Coppice.Root start(Column column) throws Exception {
        prepare();
        System.out.println(column + ": -Dcoppice.matrix.seed=" + seed);
        told("seed", Long.toString(seed));
        Path archives = Files.createDirectories(coppice.home().resolve(".archives"));
        Files.setPosixFilePermissions(archives, PosixFilePermissions.fromString("rwx------"));
        for (String name : List.of("decoy.jsa", "lock")) {
            Files.createFile(
                    archives.resolve(name),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Path home = coppice.home();
        StringBuilder daemons = new StringBuilder();
        List<String> names = new ArrayList<>();
        for (SelfHarm harm : column.isBetween() ? new SelfHarm[0] : SelfHarm.values()) {
            names.add(harm.daemon());
            // With slots the root listens to it when it is ready, too, and to what it asks for.
            String more = "max_restarts: 2, backoff: none, "
                    + (harm == SelfHarm.LIES ? "transactions: {slots: 1}" : "heartbeat: {timeout: 1s}");
            daemons.append(vandal(harm.daemon(), harm.way, home.resolve("shop"), more));
        }
        // With a control group of its own, where it can have one.
        String limits = ControlGroups.ofThisProcess().whyNot(Controller.TASKS).isEmpty() ? "limits: {tasks: 1000}" : "";
        daemons.append("""
                  idle: {main: io.coppice.ops.system.daemons.Ticker}
                  intruder:
                    main: io.coppice.ops.system.daemons.Intruder
                    reads: [peer]
                    args: [%s, %s]
                    transactions: {slots: 1, retries: 0, timeout: 300s}
                    %s
                """.formatted(home, told(), limits));
        Coppice.Root root = run(column, "", names, daemons.toString());
        coppice.awaitState("idle", READY);
        coppice.awaitState("intruder", READY);
        coppice.run("stop", "idle");
        // What an operator may do any day; the peer listens from then on.
        new ProcessBuilder("jcmd", Long.toString(pid("peer")), "VM.version")
                .redirectErrorStream(true)
                .redirectOutput(coppice.directory.resolve("jcmd").toFile())
                .start()
                .waitFor();
        return root;
    }

    private Path told() {
        return coppice.directory.resolve("told");
    }

    private String vandal(String name, String way, Path segments, String more) {
        return "  %s: {main: io.coppice.ops.system.daemons.Vandal, args: [%s, %s, %s], %s}\n"
                .formatted(name, way, segments, told(), more);
    }

    /** What any user may read. */
    private void prepare() throws Exception {
        Files.setPosixFilePermissions(coppice.directory, PosixFilePermissions.fromString("rwx--x--x"));
        Files.setPosixFilePermissions(Files.createDirectory(told()), PosixFilePermissions.fromString("rwxr-xr-x"));
        Path library = Files.createDirectory(coppice.directory.resolve("lib"));
        lay(DaemonJar.path(), library.resolve("daemons.jar"));
        nativeCalls(library);
    }

    /** With the peer, who watches it, and others. */
    private Coppice.Root run(Column column, String more, List<String> others, String daemons) throws Exception {
        String watched = others.stream().map(name -> ", " + name).collect(Collectors.joining());
        coppice.manifest("instance: shop\n" + column.line + more
                + """
                defaults:
                  classpath: [lib/*.jar]
                  jvm: {heap: 16MiB, options: [-Djffi.boot.library.path=%s]}
                  reads: []
                  heartbeat: {timeout: 60s}
                daemons:
                  peer: {main: io.coppice.ops.system.daemons.Ticker}
                  watcher: {main: io.coppice.ops.system.daemons.Watcher, reads: [peer%s], args: [peer%s]}
                """.formatted(coppice.directory.resolve("lib"), watched, watched) + daemons);
        List<String> before = new ArrayList<>(List.of("env"));
        before.add("STATE_DIRECTORY=" + Files.createDirectory(coppice.directory.resolve("state")));
        String options = (column.isSandbox() ? " -D" + Landlock.ABI_PROPERTY + "=" + column.abi : "")
                + (keepsGroups ? "" : " -Dcoppice.test.groupFilter.absent=true");
        if (!options.isEmpty()) {
            before.add("JAVA_TOOL_OPTIONS=" + options.strip());
        }
        Coppice.Root root = coppice.startRootIn(before);
        coppice.awaitRoot(root);
        coppice.awaitState("watcher", READY);
        for (String name : others) {
            coppice.awaitState(name, READY);
        }
        return root;
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }

    private static void skip(Column column, String whyNot) {
        System.out.println("SKIPPED: HostileWorkerSystemTest, " + column + ": " + whyNot);
        abort(whyNot);
    }

    /** In its own directory it may make as many files as there is room for. What the others have is theirs already. */
    @ParameterizedTest
    @EnumSource(names = {"MAPPING", "USER", "SANDBOX"})
    void shouldServeTheOthersWhereAWorkerHasFilledTheFileSystem(Column column) throws Exception {
        skipWhereItCannotBe(column);
        if (!isUserZero()) {
            skip(column, "only root can mount a small file system");
        }
        prepare();
        Path small = Files.createDirectory(coppice.directory.resolve("small"));
        run("mount", "-t", "tmpfs", "-o", "size=32m,mode=0711", "small", small.toString());
        try {
            Coppice.Root root = run(
                    column,
                    "segments: " + small + "\n",
                    List.of("fills"),
                    vandal("fills", "fills", small.resolve("shop"), "max_restarts: 1"));
            told("fills", "");
            assertTrue(await("fills", "fills: ").contains("fills: done"), log("fills"));
            assertServed(root, "a file system is full");
            Coppice.kill(pid("peer"));
            coppice.await("peer", row -> row.state().equals(READY) && row.number("incarnation") == 2);
            long commits = coppice.daemon("peer").number("commits");
            coppice.await("peer", row -> row.number("commits") > commits + 2);
            assertEquals(0, root.stop(), root.stderr());
            assertEquals(List.of(), complaints(root), root.stderr());
        } finally {
            run("umount", "--lazy", small.toString());
        }
    }

    /** Memory: {@link LimitsSystemTest}. Without limits both are the whole machine's, in every isolation. */
    @ParameterizedTest
    @EnumSource(names = {"MAPPING", "USER", "SANDBOX"})
    void shouldServeTheOthersWhereAWorkerTakesMoreThanItsLimits(Column column) throws Exception {
        skipWhereItCannotBe(column);
        for (Controller controller : List.of(Controller.MEMORY, Controller.TASKS)) {
            String whyNot = ControlGroups.ofThisProcess().whyNot(controller);
            if (!whyNot.isEmpty()) {
                skip(column, whyNot);
            }
        }
        prepare();
        Coppice.Root root = run(
                column,
                "",
                List.of("breeds"),
                vandal("breeds", "breeds", coppice.home().resolve("shop"), "limits: {tasks: 100}")
                        + "  greedy: {main: io.coppice.ops.system.daemons.TakesAll, limits: {memory: 256MiB}}\n");
        told("breeds", "");
        coppice.await(
                "breeds", row -> row.number("incarnation") > 1 || log("breeds").contains("breeds: "));
        assertTrue(!log("breeds").contains("breeds: done"), log("breeds"));
        Coppice.Daemon greedy = coppice.await("greedy", row -> row.number("incarnation") == 2);
        assertEquals(
                "killed by the kernel: its memory limit of 256 MiB was reached",
                greedy.lastExit().get("text"));
        assertServed(root, "processes and memory without end");
        assertEquals(0, root.stop(), root.stderr());
        assertEquals(List.of(), complaints(root), root.stderr());
    }

    /**
     * Neither what hides among the dead nor what is always a new process, with a session of its own, if it can have one. It is not Landlock that keeps them, so
     * its lowest level stands for those below the highest.
     */
    @ParameterizedTest
    @EnumSource(names = {"MAPPING", "USER", "SANDBOX", "SANDBOX_1"})
    void shouldLeaveNothingOfATransactionBesideTheNextOne(Column column) throws Exception {
        skipWhereItCannotBe(column);
        Coppice.Root root = startLeaver(column);
        LeftProcesses left = new LeftProcesses(coppice);
        for (Leftover leftover : Leftover.values()) {
            int group = leave(leftover);
            if (IsolationMatrix.isRefused(leftover, column)) {
                left.assertNone(leftover, group);
            } else {
                left.assertThatThereAre(leftover);
            }
        }
        told("stop", "");
        left.awaitNone();
        assertServed(root, "what transactions have left behind");
        assertEquals(0, root.stop(), root.stderr());
        assertEquals(List.of(), complaints(root), root.stderr());
    }

    /** Then it is looked for in all of /proc. */
    @ParameterizedTest
    @EnumSource(names = "USER")
    void shouldFindWhatIsLeftOfAUserWhereTheKernelKeepsNobodyInAGroup(Column column) throws Exception {
        skipWhereItCannotBe(column);
        keepsGroups = false;
        Coppice.Root root = startLeaver(column);
        String status = coppice.run("status").out();
        assertTrue(status.contains("isolation: user (with gaps: what a transaction leaves behind"), status);
        LeftProcesses left = new LeftProcesses(coppice);
        for (Leftover leftover : List.of(Leftover.SESSION, Leftover.HIDDEN)) {
            left.assertNone(leftover, leave(leftover));
        }
        assertEquals(0, root.stop(), root.stderr());
    }

    private Coppice.Root startLeaver(Column column) throws Exception {
        prepare();
        Coppice.Root root = run(column, "", List.of(), """
                  leaver:
                    main: io.coppice.ops.system.daemons.Leaver
                    args: [%s]
                    transactions: {slots: 1, retries: 0, timeout: 300s}
                """.formatted(told()));
        coppice.awaitState("leaver", READY);
        return root;
    }

    /** Returns once the next transaction in the slot is over, the process of the one that left it. */
    private int leave(Leftover leftover) throws Exception {
        told(leftover.name(), "");
        int group = pidIn(await("leaver", leftover + " was left by "), leftover + " was left by ");
        told("after-" + leftover, "");
        await("leaver", "after-" + leftover + " is done by ");
        return group;
    }

    private static int pidIn(String log, String before) {
        Matcher line =
                Pattern.compile("(?m)^" + Pattern.quote(before) + "(\\d+)$").matcher(log);
        assertTrue(line.find(), log);
        return Integer.parseInt(line.group(1));
    }

    private static void lay(Path from, Path to) throws IOException {
        Files.copy(from, to);
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-r--r--"));
    }

    /** What a worker needs to call the kernel itself: jars, and their native part unpacked, since no place may be left to unpack it to. */
    private static void nativeCalls(Path library) throws IOException {
        Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path product = Path.of(System.getProperty("coppice.worker.lib")).resolveSibling("lib");
        try (DirectoryStream<Path> jars =
                Files.newDirectoryStream(product, "{jffi,jnr-ffi,jnr-a64asm,jnr-x86asm,asm}*.jar")) {
            for (Path jar : jars) {
                lay(jar, library.resolve(jar.getFileName()));
                try (JarFile file = new JarFile(jar.toFile())) {
                    String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch64";
                    Pattern name = Pattern.compile("jni/" + machine + "-Linux/(libjffi-[0-9.]*\\.so)");
                    for (var entry : file.stream().toList()) {
                        Matcher matcher = name.matcher(entry.getName());
                        if (matcher.matches()) {
                            Path to = library.resolve(matcher.group(1));
                            Files.copy(file.getInputStream(entry), to);
                            Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
                        }
                    }
                }
            }
        }
    }

    private void told(String name, String content) throws IOException {
        Path file = coppice.file("told/" + name + ".new", content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(file, told().resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private long pid(String daemon) throws Exception {
        return coppice.awaitState(daemon, READY).number("pid");
    }

    private String facts(Coppice.Root root) throws Exception {
        return "peer=" + pid("peer") + "\nroot=" + root.process.pid() + "\nintruder=" + pid("intruder") + "\n";
    }

    private String await(String daemon, String text) throws Exception {
        return coppice.awaitLog(daemon, log -> log.contains(text));
    }

    private static void assertOutcomes(Column column, String where, String log) throws IOException {
        Map<String, String> expected = new TreeMap<>();
        Map<String, String> found = new TreeMap<>();
        for (Attempt attempt : Attempt.values()) {
            for (Victim victim : attempt.victims()) {
                if (victim != Victim.DAEMON || where.equals("transaction")) {
                    expected.put(
                            attempt + " " + victim, IsolationMatrix.isRefused(attempt, column) ? "refused" : "done");
                }
            }
        }
        boolean lesser = !isUserZero();
        Matcher line = OUTCOME.matcher(log);
        while (line.find()) {
            if (line.group(1).equals(where)) {
                String name = line.group(2) + " " + line.group(3);
                Attempt attempt = Attempt.valueOf(line.group(2));
                boolean excused = line.group(4).equals("not here")
                        || (lesser
                                && line.group(4).equals("refused")
                                && (attempt == Attempt.GROUP
                                        || attempt == Attempt.DRAW
                                        || (TRACING.contains(attempt) && isTracingKept())));
                if (excused && !IsolationMatrix.isRefused(attempt, column)) {
                    System.out.println("SKIPPED: " + column + ": " + line.group());
                    expected.remove(name);
                } else {
                    found.put(name, line.group(4));
                }
            }
        }
        assertEquals(expected, found, log);
    }

    private static boolean isTracingKept() throws IOException {
        Path yama = Path.of("/proc/sys/kernel/yama/ptrace_scope");
        return Files.exists(yama) && !Files.readString(yama).strip().equals("0");
    }

    /** Has it begun, and tells which incarnation it is that began it. */
    private long begin(SelfHarm harm) throws Exception {
        String name = harm.daemon();
        long incarnation = coppice.awaitState(name, READY).number("incarnation");
        told(name, "");
        await(name, name + " begins");
        return incarnation;
    }

    private void awaitEnd(Column column, SelfHarm harm, long incarnation) throws Exception {
        String name = harm.daemon();
        // It may be gone before it can say that it was done.
        coppice.await(
                name,
                row -> row.isNull("pid")
                        || row.number("incarnation") > incarnation
                        || log(name).contains(name + ": "));
        String log = coppice.log(name);
        assertEquals(IsolationMatrix.isRefused(harm, column), log.contains(name + ": refused"), log);
        if (harm == SelfHarm.LIES) {
            // No lie of one word ends it.
            assertTrue(log.contains(name + ": done"), () -> log + log(name + "@transactions"));
        }
    }

    private String log(String name) {
        try {
            return coppice.log(name);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** That all is as before, and goes on. */
    private void assertServed(Coppice.Root root, String after) throws Exception {
        assertTrue(root.process.isAlive(), () -> "the root, after " + after);
        assertEquals("ok\n", ping(), () -> "the root's answer, after " + after);
        for (String name : List.of("peer", "watcher")) {
            long commits = coppice.daemon(name).number("commits");
            Coppice.Daemon later = coppice.await(name, row -> row.number("commits") > commits + 2);
            assertEquals(1, later.number("incarnation"), () -> name + " after " + after);
            assertEquals(READY, later.state(), () -> name + " after " + after);
        }
    }

    private String ping() throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(coppice.home().resolve("shop/control.sock")));
            channel.write(ByteBuffer.wrap("coppice/1 ping\n".getBytes(StandardCharsets.UTF_8)));
            ByteBuffer answer = ByteBuffer.allocate(100);
            channel.read(answer);
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        }
    }
}
