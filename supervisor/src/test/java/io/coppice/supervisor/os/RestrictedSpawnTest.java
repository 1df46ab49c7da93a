package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.os.Children.Child;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: what a restriction is to refuse is refused by the kernel, and the rest works. Method: a JVM of the user that the victims belong to tries
 * everything twice, free as the control, then restricted.
 */
class RestrictedSpawnTest {
    private static final int NOBODY = 65534;

    /** What the free one cannot do either, in any environment: wrong arguments, which are looked at after the filter. */
    private static final Map<String, Set<Integer>> FREE = Map.ofEntries(
            Map.entry("process_vm_writev", Set.of(Errno.EFAULT)),
            Map.entry("perf_event_open", Set.of(Errno.EFAULT, Errno.ENOSYS)),
            Map.entry("io_uring_setup", Set.of(Errno.EFAULT, Errno.ENOSYS)),
            Map.entry("setns", Set.of(9)), // EBADF
            Map.entry("mount", Set.of(Errno.EFAULT, Errno.EPERM)),
            Map.entry("clone3", Set.of(Errno.EINVAL, Errno.ENOSYS)),
            Map.entry("kcmp", Set.of(0, Errno.ENOSYS)),
            Map.entry("setxattr", Set.of(0, Errno.EOPNOTSUPP)),
            Map.entry("flags", Set.of(0, 25, Errno.EOPNOTSUPP)), // ENOTTY
            Map.entry("semop", Set.of(Errno.EINVAL)),
            Map.entry("mq_open", Set.of(Errno.ENOENT)),
            Map.entry("mq_unlink", Set.of(Errno.ENOENT)),
            Map.entry("listen to the network", Set.of(0, Errno.EPERM)), // whether we have CAP_NET_RAW
            Map.entry("type into a terminal", Set.of(25)));

    @TempDir
    Path directory;

    private Children children;
    private int abstractListener;
    private String abstractName;

    /** Whose processes and files they all are. */
    enum User {
        /** The one that runs the tests. */
        OURS,
        /** One without privilege, which only user 0 can become. */
        ORDINARY;

        List<String> prefix() {
            return this == OURS
                    ? List.of()
                    : List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
        }
    }

    @BeforeEach
    void start() throws OsException, IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        children = new Children(directory);
        abstractName = "coppice-test-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        abstractListener =
                Kernel.LIBC.socket(UnixListener.AF_UNIX, UnixListener.SOCK_STREAM | UnixListener.SOCK_CLOEXEC, 0);
        Pointer address = AttemptProbe.abstractAddress(abstractName);
        assertEquals(0, Kernel.LIBC.bind(abstractListener, address, 3 + abstractName.length()));
        assertEquals(0, Kernel.LIBC.listen(abstractListener, 16));
    }

    @AfterEach
    void end() throws OsException {
        Fds.close(abstractListener);
        children.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseWhatReachesBeyondItAndNothingElse(User user) throws Exception {
        Sandboxes.assumeInForce(LandlockScope.SINCE_ABI);
        assumeThatWeMayBecome(user);
        Map<String, Integer> free = attempts(user, false);
        for (Map.Entry<String, Integer> attempt : free.entrySet()) {
            Set<Integer> expected = FREE.getOrDefault(attempt.getKey(), Set.of(0));
            assertTrue(expected.contains(attempt.getValue()), () -> "control: " + attempt + ", expected " + expected);
        }
        Map<String, Integer> restricted = attempts(user, true);
        assertEquals(expected(), restricted);
    }

    private static Map<String, Integer> expected() {
        Map<String, Integer> expected = new LinkedHashMap<>();
        for (String name : List.of(
                "open for writing",
                "open for reading",
                "open what is shared for writing",
                "empty while opening for reading",
                "open it again for writing",
                "truncate by name",
                "list",
                "create",
                "make a directory",
                "make a pipe",
                "make a symbolic link",
                "link",
                "rename",
                "put its own in place",
                "unlink",
                "remove a directory",
                "own file: truncate by descriptor",
                "own file: truncate by name",
                "read its memory",
                "write its memory",
                "offer it to the OOM killer",
                "reach into its root")) {
            expected.put(name, Errno.EACCES);
        }
        for (String name : List.of(
                "signal",
                "signal by descriptor",
                "connect to its abstract socket",
                "setpriority",
                "setpriority of a group",
                "ioprio_set",
                "sched_setaffinity",
                "sched_setscheduler",
                "prlimit",
                "ptrace",
                "process_vm_writev",
                "pidfd_getfd",
                "kcmp",
                "perf_event_open",
                "io_uring_setup",
                "setns",
                "mount",
                "shmget",
                "shmat",
                "shmctl",
                "semget",
                "semop",
                "semctl",
                "msgget",
                "msgctl",
                "mq_open",
                "mq_unlink",
                "listen to the network",
                "chmod",
                "fchmod",
                "fchmodat",
                "chown",
                "fchown",
                "utimensat",
                "setxattr",
                "lease",
                "flags",
                "type into a terminal")) {
            expected.put(name, Errno.EPERM);
        }
        expected.put("link into its own", 18); // EXDEV: its own directory allows more
        expected.put("clone3", Errno.ENOSYS);
        for (String name : List.of(
                "open what is shared for reading",
                "own: create",
                "own: truncate",
                "own: link",
                "own: directory",
                "own: rename to another directory",
                "own: unlink",
                "own file: open for writing",
                "itself: signal",
                "itself: setpriority",
                "itself: sched_setaffinity",
                "itself: prlimit",
                "itself: signal to its child",
                "end")) {
            expected.put(name, 0);
        }
        return new TreeMap<>(expected);
    }

    private Map<String, Integer> attempts(User user, boolean restricted) throws Exception {
        Path place = Files.createDirectory(directory.resolve(user + (restricted ? "-restricted" : "-free")));
        Path others = Files.createDirectory(place.resolve("others"));
        Path own = Files.createDirectory(place.resolve("own"));
        Files.createDirectory(others.resolve("empty"));
        for (String file : List.of("file", "shared", "doomed", "attributes")) {
            Files.writeString(others.resolve(file), "content");
        }
        Files.writeString(own.resolve("bait"), "bait");
        Path ownFile = Files.writeString(place.resolve("own.seg"), "content");
        Path library = library(place);
        give(user, place);
        Child victim = children.start(with(user, "sleep", "1000"));
        awaitProgram(victim, "sleep");

        List<LandlockRuleset.Rule> rules = Sandboxes.systemAnd(own);
        rules.add(LandlockRuleset.Rule.required(library, LandlockRight.READ_AND_EXECUTE));
        rules.add(LandlockRuleset.Rule.required(others.resolve("shared"), Set.of(LandlockRight.READ_FILE)));
        rules.add(LandlockRuleset.Rule.required(others.resolve("attributes"), Set.of(LandlockRight.READ_FILE)));
        rules.add(LandlockRuleset.Rule.required(ownFile, Set.of(LandlockRight.READ_FILE, LandlockRight.WRITE_FILE)));
        List<String> command = new ArrayList<>(user.prefix());
        command.addAll(java(own, library));
        command.addAll(List.of(
                AttemptProbe.class.getName(),
                others.toString(),
                own.toString(),
                ownFile.toString(),
                Integer.toString(victim.pid()),
                abstractName));
        Child child = start(command, restricted ? new Restriction(LandlockRuleset.strict(rules), true) : null);
        ExitStatus status = child.awaitExit();
        assertEquals(new ExitStatus.Exited(0), status, child.output());
        Map<String, Integer> attempts = new TreeMap<>();
        for (String line : child.output().lines().toList()) {
            int space = line.lastIndexOf(' ');
            attempts.put(line.substring(0, space), Integer.valueOf(line.substring(space + 1)));
        }
        return attempts;
    }

    @Test
    void shouldGiveThePidOfTheProgramItselfAndLeaveTheOtherThreadsFree() throws Exception {
        Sandboxes.assumeInForce(1);
        start(List.of("true"), restriction()).awaitExit(); // what is made once is there
        int before = descriptors();
        Child child = start(List.of("sleep", "1000"), restriction());
        assertEquals(before + 2, descriptors(), "the pidfd and the end of the hold pipe, which the test holds");
        awaitProgram(child, "sleep");
        try (var fds = Files.list(Path.of("/proc/" + child.pid() + "/fd"))) {
            assertEquals(
                    List.of("0", "1", "2"),
                    fds.map(fd -> String.valueOf(fd.getFileName())).sorted().toList());
        }
        String stat = Files.readString(Path.of("/proc/" + child.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        assertEquals(
                List.of(String.valueOf(child.pid()), String.valueOf(child.pid())),
                List.of(fields[2], fields[3]),
                "leads a process group and a session");
        assertEquals("1", status(Path.of("/proc/" + child.pid() + "/status"), "NoNewPrivs"));
        assertEquals("2", status(Path.of("/proc/" + child.pid() + "/status"), "Seccomp"));
        try (var tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            int looked = 0;
            for (Path task : tasks) {
                List<String> status;
                try {
                    status = Files.readAllLines(task.resolve("status"));
                } catch (IOException e) {
                    assertFalse(Files.exists(task), () -> task + " is there and cannot be read: " + e);
                    continue; // the thread ended since it was listed
                }
                assertEquals("0", field(status, "NoNewPrivs"), () -> "thread " + task);
                assertEquals("0", field(status, "Seccomp"), () -> "thread " + task);
                looked++;
            }
            assertTrue(looked > 1, "the threads of this JVM");
        }
        Files.writeString(directory.resolve("free"), "the test may write where no rule allows it");
        assertEquals(0, Kernel.JNR_POSIX.kill(child.pid(), 9));
        assertEquals(new ExitStatus.Signaled(9, false), child.awaitExit());
    }

    @Test
    void shouldReachAProcessOfARestrictedOneOnlyFromOutside() throws Exception {
        Sandboxes.assumeInForce(LandlockScope.SINCE_ABI);
        Child other = children.start("sleep", "1000");
        Child child = start(
                List.of(
                        "sh",
                        "-c",
                        "kill -0 " + other.pid() + " && echo reached; sh -c 'kill -0 " + other.pid()
                                + " && echo reached'; kill -0 $$ && echo itself"),
                restriction());
        assertEquals(new ExitStatus.Exited(0), child.awaitExit());
        assertEquals(
                List.of("itself"),
                child.output()
                        .lines()
                        .filter(line -> line.equals("reached") || line.equals("itself"))
                        .toList());
    }

    @Test
    void shouldLetTheToolsThatStandBeforeACommandLineSetWhatIsItsOwn() throws Exception {
        Sandboxes.assumeInForce(1);
        List<String> tools = new ArrayList<>();
        for (String tool : List.of(
                "nice -n 1", "ionice -c 3", "chrt --batch 0", "prlimit --nofile=64:64", "setpriv --no-new-privs")) {
            tools.addAll(List.of(tool.split(" ")));
        }
        tools.addAll(List.of("sh", "-c", "umask 027; ulimit -n; nice; ionice"));
        Child child = start(tools, restriction());
        assertEquals(new ExitStatus.Exited(0), child.awaitExit(), child.output());
        List<String> said = child.output().lines().toList();
        assertEquals("64", said.get(0));
        assertEquals("idle", said.get(2));
    }

    @Test
    void shouldHoldAPlainCommandThatMayOpenNeitherItsLogNorDevNull() throws Exception {
        Sandboxes.assumeInForce(1);
        List<LandlockRuleset.Rule> rules = new ArrayList<>();
        for (String place : List.of("/usr", "/bin", "/lib", "/lib64", "/etc")) {
            rules.add(LandlockRuleset.Rule.optional(Path.of(place), LandlockRight.READ_AND_EXECUTE));
        }
        SpawnRequest request = children.request(
                List.of("sh", "-c", "read -r line <&3; cat; echo \"$line\"; (: >>\"$0\"); (: >\"$0\")", logOfNext()),
                Children.ENVIRONMENT,
                directory.toString(),
                false);
        Child child = children.start(
                Children.restricted(request, new Restriction(LandlockRuleset.strict(rules), true)), null);
        child.release("go\n");
        child.awaitExit();
        String output = child.output();
        assertEquals(
                List.of("go", "Permission denied", "Permission denied"),
                output.lines().map(line -> line.replaceAll(".*: ", "")).toList(),
                output);
    }

    @Test
    void shouldTellTheStepAndThePathThatStandInTheWay() throws Exception {
        Sandboxes.assumeInForce(1);
        int before = descriptors();
        Path missing = directory.resolve("missing");
        SpawnResult.Failed failed = startInVain(
                List.of("true"),
                LandlockRuleset.strict(
                        List.of(LandlockRuleset.Rule.required(missing, LandlockRight.READ_AND_EXECUTE))));
        assertEquals(Errno.ENOENT, failed.errno());
        assertEquals(
                "Cannot start 'true' restricted: open " + missing + ": No such file or directory (ENOENT). "
                        + "Its restriction has a rule for it, so it must be there",
                failed.reason());

        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        failed = startInVain(
                List.of("true"),
                LandlockRuleset.strict(List.of(LandlockRuleset.Rule.required(link, LandlockRight.READ_AND_EXECUTE))));
        assertEquals(Errno.ELOOP, failed.errno());
        assertTrue(failed.reason().contains("open " + link + ": "), failed::reason);

        failed = startInVain(
                List.of("true"),
                LandlockRuleset.strict(Sandboxes.systemAnd(directory).subList(9, 11)));
        assertEquals(Errno.EACCES, failed.errno());
        assertTrue(failed.reason().contains("must let it execute /usr/bin/true"), failed::reason);

        failed = children.startInVain(Children.restricted(
                children.request(List.of("true"), Children.ENVIRONMENT, "/no/such/place", true), restriction()));
        assertTrue(failed.reason().contains("working directory /no/such/place"), failed::reason);
        assertEquals(before, descriptors());
    }

    @Test
    void shouldLeaveOutAnOptionalRuleOfNothingOrALinkAndFitARuleToAFile() throws Exception {
        Sandboxes.assumeInForce(LandlockRight.TRUNCATE.sinceAbi());
        Path place = Files.createDirectory(directory.resolve("place"));
        Path kept = Files.writeString(place.resolve("kept"), "content");
        Path given = Files.writeString(place.resolve("given"), "content");
        Path link = Files.createSymbolicLink(place.resolve("link"), kept);
        List<LandlockRuleset.Rule> rules = Sandboxes.system();
        for (Path path : List.of(place.resolve("missing"), given.resolve("below-a-file"), link, given)) {
            rules.add(LandlockRuleset.Rule.optional(path, LandlockRight.ALL));
        }
        Child child = start(
                List.of("sh", "-c", "(: >given) && echo emptied; (: >link) || echo refused"),
                place,
                new Restriction(LandlockRuleset.strict(rules), true));
        assertEquals(new ExitStatus.Exited(0), child.awaitExit(), child.output());
        assertEquals("", Files.readString(given));
        assertEquals("content", Files.readString(kept));
    }

    @Test
    void shouldFailRatherThanStartWithoutWhatTheKernelHasNot() throws Exception {
        Sandboxes.assumeInForce(1);
        withProperty(Landlock.ABI_PROPERTY, "0", () -> {
            assertEquals(Set.of(KernelGap.LANDLOCK), restriction().gaps());
            SpawnResult.Failed failed = children.startInVain(Children.restricted(
                    children.request(List.of("true"), Children.ENVIRONMENT, directory.toString(), true),
                    restriction()));
            assertEquals(Errno.ENOSYS, failed.errno());
            assertTrue(failed.reason().contains("no Landlock"), failed::reason);
        });
        withProperty(SeccompFilter.ABSENT_PROPERTY, "true", () -> {
            assertEquals(Set.of(KernelGap.FILTER), restriction().gaps());
            SpawnResult.Failed failed = children.startInVain(Children.restricted(
                    children.request(List.of("true"), Children.ENVIRONMENT, directory.toString(), true),
                    restriction()));
            assertEquals(Errno.ENOSYS, failed.errno());
            assertTrue(failed.reason().contains("no filter"), failed::reason);
        });
        assertEquals(Set.of(), restriction().gaps());
    }

    @Test
    void shouldLeaveOutWhatALowerAbiDoesNotKnowAndTellIt() throws Exception {
        Sandboxes.assumeInForce(LandlockScope.SINCE_ABI);
        Map<Integer, Set<KernelGap>> gaps = Map.of(
                1,
                        EnumSet.of(
                                KernelGap.REPARENTING,
                                KernelGap.TRUNCATION,
                                KernelGap.DEVICE_COMMANDS,
                                KernelGap.SIGNALS,
                                KernelGap.ABSTRACT_SOCKETS),
                2,
                        EnumSet.of(
                                KernelGap.TRUNCATION,
                                KernelGap.DEVICE_COMMANDS,
                                KernelGap.SIGNALS,
                                KernelGap.ABSTRACT_SOCKETS),
                3, EnumSet.of(KernelGap.DEVICE_COMMANDS, KernelGap.SIGNALS, KernelGap.ABSTRACT_SOCKETS),
                4, EnumSet.of(KernelGap.DEVICE_COMMANDS, KernelGap.SIGNALS, KernelGap.ABSTRACT_SOCKETS),
                5, EnumSet.of(KernelGap.SIGNALS, KernelGap.ABSTRACT_SOCKETS),
                6, EnumSet.noneOf(KernelGap.class));
        for (Map.Entry<Integer, Set<KernelGap>> level : gaps.entrySet()) {
            withProperty(
                    Landlock.ABI_PROPERTY,
                    level.getKey().toString(),
                    () -> assertEquals(level.getValue(), restriction().gaps(), "ABI " + level.getKey()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void shouldRefuseUnderALowerAbiWhatThatOneKnowsAndNoMore(int abi) throws Exception {
        Sandboxes.assumeInForce(LandlockScope.SINCE_ABI);
        withProperty(Landlock.ABI_PROPERTY, Integer.toString(abi), () -> {
            Map<String, Integer> expected = new TreeMap<>(expected());
            for (String name : List.of("signal", "signal by descriptor", "connect to its abstract socket")) {
                expected.put(name, 0);
            }
            if (abi < LandlockRight.TRUNCATE.sinceAbi()) {
                // By name the filter refuses it, also to the file's own writer; by a descriptor nothing does.
                for (String name : List.of(
                        "truncate by name",
                        "empty while opening for reading",
                        "own file: truncate by name",
                        "own: truncate")) {
                    expected.put(name, Errno.EPERM);
                }
                expected.put("own file: truncate by descriptor", 0);
            }
            if (abi < LandlockRight.REFER.sinceAbi()) {
                expected.put("own: rename to another directory", 18); // EXDEV
            }
            assertEquals(expected, attempts(User.OURS, true));
        });
    }

    @Test
    void shouldStartItsFirstRestrictedChildThoughItMayNoLongerLoadAnything() throws Exception {
        Sandboxes.assumeInForce(1);
        // Its class path is in the build's directories and the repository of jars, and no rule lets either be read.
        for (String program : List.of("/usr/bin/true", "/usr/bin/false-and-no-rule")) {
            try (ChildJvm jvm =
                    new ChildJvm(Map.of(), "", FirstRestrictedSpawnProbe.class, directory.toString(), program)) {
                String expected = program.endsWith("true") ? "exited 0" : "failed " + Errno.EACCES;
                assertEquals(expected, jvm.readLine());
                assertEquals(0, jvm.awaitExit());
            }
        }
    }

    @Test
    void shouldNeedNoPrivilegeToRestrictWhatItStarts() throws Exception {
        Sandboxes.assumeInForce(1);
        assumeThatWeMayBecome(User.ORDINARY);
        Path place = Files.createDirectory(directory.resolve("place"));
        Path library = library(place);
        give(User.ORDINARY, place);
        List<String> command = new ArrayList<>(User.ORDINARY.prefix());
        command.addAll(java(place, library));
        command.addAll(List.of(FirstRestrictedSpawnProbe.class.getName(), place.toString(), "/usr/bin/true"));
        Child child = start(command, null);
        assertEquals(new ExitStatus.Exited(0), child.awaitExit(), child.output());
        assertEquals("exited 0\n", child.output());
    }

    @Test
    void shouldRunAnOrdinaryJvmWithThreadsCollectorFilesAndProcesses() throws Exception {
        Sandboxes.assumeInForce(1);
        Path own = Files.createDirectory(directory.resolve("own"));
        Path library = library(directory);
        List<LandlockRuleset.Rule> rules = Sandboxes.systemAnd(own);
        rules.add(LandlockRuleset.Rule.required(library, LandlockRight.READ_AND_EXECUTE));
        Restriction restriction = new Restriction(LandlockRuleset.strict(rules), true);
        for (List<String> options : List.of(
                List.of("-XX:+UseSerialGC"),
                List.of("-XX:+UseG1GC", "-XX:+UseNUMA", "-XX:+AlwaysPreTouch"),
                List.of("-XX:+UseParallelGC", "-XX:ThreadPriorityPolicy=1", "-XX:+UseTransparentHugePages"),
                List.of("-XX:+UseZGC"))) {
            List<String> command = java(own, library);
            command.addAll(1, options);
            command.addAll(List.of(OrdinaryProbe.class.getName(), own.toString()));
            Child child = start(command, restriction);
            assertEquals(new ExitStatus.Exited(0), child.awaitExit(), child.output());
            assertTrue(child.output().endsWith("all done\n"), child.output());
        }
    }

    private Restriction restriction() {
        return new Restriction(LandlockRuleset.strict(Sandboxes.systemAnd(directory)), true);
    }

    private SpawnResult.Failed startInVain(List<String> command, LandlockRuleset ruleset) throws OsException {
        return children.startInVain(Children.restricted(
                children.request(command, Children.ENVIRONMENT, directory.toString(), true),
                new Restriction(ruleset, true)));
    }

    private String logOfNext() {
        SpawnRequest probe = children.request(List.of("true"), List.of(), "/", true);
        return directory.resolve("child-" + (probe.token() + 1) + ".log").toString();
    }

    private Child start(List<String> command, @Nullable Restriction restriction) throws OsException {
        return start(command, directory, restriction);
    }

    private Child start(List<String> command, Path workingDirectory, @Nullable Restriction restriction)
            throws OsException {
        SpawnRequest request = children.request(command, Children.ENVIRONMENT, workingDirectory.toString(), true);
        return children.start(Children.restricted(request, restriction), null);
    }

    private static List<String> java(Path temporary, Path library) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        command.addAll(List.of(
                "-Xmx64m",
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                library + "/classes:" + library + "/*"));
        return command;
    }

    /** The class path, copied to where every user may read it. */
    private static Path library(Path place) throws IOException {
        Path library = Files.createDirectories(place.resolve("lib/classes")).getParent();
        assertNotNull(library);
        for (String entry : ChildJvm.classPath().split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                copyAll(path, library.resolve("classes"));
            } else {
                Files.copy(path, library.resolve(path.getFileName().toString()));
            }
        }
        return library;
    }

    private static void copyAll(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else if (!Files.exists(copy)) {
                    Files.copy(file, copy);
                }
            }
        }
    }

    private static void give(User user, Path place) throws IOException {
        if (user == User.ORDINARY) {
            try (var files = Files.walk(place)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    Files.setAttribute(file, "unix:uid", NOBODY);
                    Files.setAttribute(file, "unix:gid", NOBODY);
                }
            }
        }
    }

    private static String[] with(User user, String... command) {
        List<String> all = new ArrayList<>(user.prefix());
        all.addAll(List.of(command));
        return all.toArray(String[]::new);
    }

    private static void assumeThatWeMayBecome(User user) throws IOException {
        boolean privileged = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        assumeTrue(user == User.OURS || privileged, "only user 0 can run a process as another user");
    }

    private static void awaitProgram(Child child, String name) {
        Path comm = Path.of("/proc/" + child.pid() + "/comm");
        Watchdog.await(name, () -> {
            try {
                return Files.readString(comm).equals(name + "\n");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static String status(Path file, String field) throws IOException {
        return field(Files.readAllLines(file), field);
    }

    private static String field(List<String> status, String field) {
        return status.stream()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    private static int descriptors() throws IOException {
        try (var fds = Files.list(Path.of("/proc/self/fd"))) {
            return (int) fds.count();
        }
    }

    /** What may throw. */
    private interface Body {
        void run() throws Exception;
    }

    private static void withProperty(String property, String value, Body body) throws Exception {
        System.setProperty(property, value);
        try {
            body.run();
        } finally {
            System.clearProperty(property);
        }
    }
}
