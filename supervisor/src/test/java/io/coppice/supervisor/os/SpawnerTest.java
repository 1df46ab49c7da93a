package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.os.Children.Child;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpawnerTest {
    private static final int SIGUSR1 = 10;

    @TempDir
    Path directory;

    private Children children;

    @BeforeEach
    void start() throws OsException {
        children = new Children(directory);
    }

    @AfterEach
    void end() throws OsException {
        children.close();
    }

    /** C's signal(2), to make this JVM ignore one. */
    public interface SignalCall {
        Pointer signal(int signo, Pointer handler);
    }

    @Test
    void shouldGiveTheChildNothingOfTheRootsDescriptorsAndSignals() throws Exception {
        SignalCall libc = LibraryLoader.create(SignalCall.class).load("c");
        Pointer before = libc.signal(SIGUSR1, Pointer.wrap(Kernel.RUNTIME, 1L)); // SIG_IGN
        int inheritable = Kernel.LIBC.fcntl(children.completion.fd(), 0, 200L); // F_DUPFD: without close-on-exec
        Pipe notify = Pipe.createNonBlocking();
        try {
            assertTrue(inheritable >= 200);
            long ignored = Long.parseUnsignedLong(statusLine("self", "SigIgn"), 16);
            assertTrue((ignored >> (SIGUSR1 - 1) & 1) == 1, "control: this JVM ignores SIGUSR1");
            Child child = children.start(
                    children.request(List.of("head", "-n", "1"), Children.ENVIRONMENT, directory.toString(), true),
                    notify);
            String pid = Integer.toString(child.pid());
            TreeMap<String, String> fds = awaitDescriptors(child.pid(), Set.of("0", "1", "2", "3"));
            assertEquals("0000000000000000", statusLine(pid, "SigBlk"));
            assertEquals("0000000000000000", statusLine(pid, "SigIgn"));
            assertEquals("0000000000000000", statusLine(pid, "SigCgt"));
            assertEquals(pid, statFields(child.pid()).get(2), "leads a process group of its own");
            assertEquals(pid, statFields(child.pid()).get(3), "in a session of its own");
            assertEquals(child.log().toRealPath().toString(), fds.get("1"));
            assertEquals(fds.get("1"), fds.get("2"));
            assertTrue(fds.get("0").startsWith("pipe:"), fds::toString);
            assertTrue(fds.get("3").startsWith("pipe:"), fds::toString);
            child.release("go\n");
            assertEquals(new ExitStatus.Exited(0), child.awaitExit());
        } finally {
            libc.signal(SIGUSR1, before);
            Fds.close(inheritable);
            Fds.close(notify.readFd());
            Fds.close(notify.writeFd());
        }
    }

    @Test
    void shouldHoldAPlainCommandOnDescriptorThreeWithNoStandardInput() throws Exception {
        String hold = "read -r _ <&3 || exit 125; exec 3<&-; exec \"$@\"";
        Child child = children.start(
                children.request(
                        List.of("sh", "-c", hold, "coppice-held", "sh", "-c", "cat; ls /proc/self/fd; echo done"),
                        Children.ENVIRONMENT,
                        directory.toString(),
                        false),
                null);
        assertNull(child.pidFd().tryReap());
        child.release("go\n");
        assertEquals(new ExitStatus.Exited(0), child.awaitExit());
        assertEquals("0\n1\n2\n3\ndone\n", child.output(), "3 is what ls itself opened");

        Child sleeping = children.start(
                children.request(List.of("sleep", "1000"), Children.ENVIRONMENT, directory.toString(), false), null);
        TreeMap<String, String> fds = awaitDescriptors(sleeping.pid(), Set.of("0", "1", "2", "3"));
        assertEquals("/dev/null", fds.get("0"));
        assertTrue(fds.get("3").startsWith("pipe:"), fds::toString);
    }

    @Test
    void shouldEndAHeldChildWhenItsHoldPipeIsClosedUnreleased() throws Exception {
        Child child = children.shell("read -r line || exit 125; echo released");
        // Its only other end is ours; the copy that the spawner held is closed by now.
        int ours = child.holdWriteFd();
        int devNull = Kernel.LIBC.open(NativeStrings.of("/dev/null"), Kernel.O_RDWR | Kernel.O_CLOEXEC, 0);
        Fds.close(ours);
        assertEquals(ours, Kernel.LIBC.fcntl(devNull, Kernel.F_DUPFD_CLOEXEC, (long) ours), "keeps the number taken");
        Fds.close(devNull);
        assertEquals(new ExitStatus.Exited(125), child.awaitExit());
        assertEquals("", child.output());
    }

    @Test
    void shouldHandTheReleaseLineToTheChildAndHearItsNotifications() throws Exception {
        Pipe notify = Pipe.createNonBlocking();
        try {
            Child child = children.start(
                    children.request(
                            List.of("sh", "-c", "read -r line || exit 125; printf x >/proc/self/fd/3; echo \"$line\""),
                            Children.ENVIRONMENT,
                            directory.toString(),
                            true),
                    notify);
            byte[] hint = new byte[8];
            assertEquals(-Errno.EAGAIN, Fds.readSome(notify.readFd(), hint), "nothing before the release");
            child.release("go 7 none 0 - 0\n");
            Watchdog.awaitReadable("a notification", notify.readFd());
            assertEquals(1, Fds.readSome(notify.readFd(), hint));
            assertEquals(new ExitStatus.Exited(0), child.awaitExit());
            assertEquals("go 7 none 0 - 0\n", child.output());
        } finally {
            Fds.close(notify.readFd());
            Fds.close(notify.writeFd());
        }
    }

    @Test
    void shouldGiveExactlyTheEnvironmentArgumentsAndDirectoryAskedFor() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("else where"));
        List<String> environment = List.of("GREETING=grüß dich", "EMPTY=", "TWO=a\nb=c");
        Child env =
                children.start(children.request(List.of("env", "-0"), environment, elsewhere.toString(), true), null);
        assertEquals(new ExitStatus.Exited(0), env.awaitExit());
        assertEquals(String.join("\0", environment) + "\0", env.output());

        Child pwd = children.start(
                children.request(
                        List.of("sh", "-c", "pwd -P; printf '<%s>' \"$0\" \"$@\"", "näme", "", "a b", "*"),
                        Children.ENVIRONMENT,
                        elsewhere.toString(),
                        true),
                null);
        assertEquals(new ExitStatus.Exited(0), pwd.awaitExit());
        assertEquals(elsewhere.toRealPath() + "\n<näme><><a b><*>", pwd.output());
    }

    @Test
    void shouldLookTheProgramUpInTheChildsOwnPathAndKeepItsNameAsGiven() throws Exception {
        Path tools = Files.createDirectory(directory.resolve("tools"));
        executable(tools.resolve("coppice-test-tool"), "#!/bin/sh\necho \"here $1\"\n");
        Files.createDirectory(directory.resolve("coppice-test-tool")); // in `.`, a directory is no program
        for (String path : List.of("PATH=/nowhere:.:" + tools, "PATH=/nowhere::tools")) {
            Child child = children.start(
                    children.request(List.of("coppice-test-tool", "now"), List.of(path), directory.toString(), true),
                    null);
            assertEquals(new ExitStatus.Exited(0), child.awaitExit());
            assertEquals("here now\n", child.output());
        }
        Child named = children.start("sleep", "1000");
        Path cmdline = Path.of("/proc/" + named.pid() + "/cmdline");
        // The kernel lets the spawner go on a moment before it shows the new arguments.
        Watchdog.await("the program's name as given", () -> text(cmdline).equals("sleep\0" + "1000\0"));
    }

    @Test
    void shouldAppendToTheLogAndMakeItPrivate() throws Exception {
        SpawnRequest request = children.request(
                List.of("sh", "-c", "echo out; echo err >&2"), Children.ENVIRONMENT, directory.toString(), true);
        assertEquals(new ExitStatus.Exited(0), children.start(request, null).awaitExit());
        Path log = Path.of(request.logFile());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(log)));
        Child second = children.start(request, null);
        assertEquals(new ExitStatus.Exited(0), second.awaitExit());
        assertEquals("out\nerr\nout\nerr\n", second.output());
    }

    @Test
    void shouldTellWhyAProgramCannotBeStarted() throws Exception {
        Path plain = Files.writeString(directory.resolve("plain"), "text");
        Path noShebang = executable(directory.resolve("no-shebang"), "echo hello\n");
        Path noInterpreter = executable(directory.resolve("no-interpreter"), "#!/no/such/interpreter\n");
        failed(Errno.ENOENT, "Looked in PATH of the child, /usr/bin:/bin", request("no-such-program"));
        failed(Errno.ENOENT, "Looked in /no/such/program", request("/no/such/program"));
        failed(Errno.EACCES, "expected a file that may be executed", request(plain.toString()));
        failed(Errno.EACCES, "expected a file that may be executed", request(directory.toString()));
        failed(Errno.ENOEXEC, "#! line", request(noShebang.toString()));
        failed(Errno.ENOENT, "interpreter or loader", request(noInterpreter.toString()));
        failed(Errno.E2BIG, "128 KiB", request("true", "x".repeat(200_000)));
        failed(
                Errno.ENOENT,
                "working directory /no/such/place",
                children.request(List.of("true"), Children.ENVIRONMENT, "/no/such/place", true));
        failed(
                Errno.ENOTDIR,
                "working directory " + plain,
                children.request(List.of("true"), Children.ENVIRONMENT, plain.toString(), true));
    }

    @Test
    void shouldTellWhatIsWrongWithALog() throws Exception {
        Path target = directory.resolve("target");
        Path link = Files.createSymbolicLink(directory.resolve("link.log"), target);
        failed(Errno.ELOOP, "symbolic link", withLog(link.toString()));
        assertFalse(Files.exists(target));
        failed(Errno.ENOENT, "log directory /no/such", withLog("/no/such/child.log"));
    }

    @Test
    void shouldRefuseARequestThatCWouldMisread() {
        List<String> argv = List.of("true");
        assertThrows(IllegalArgumentException.class, () -> request("a\0b"));
        assertThrows(IllegalArgumentException.class, () -> children.request(List.of(), List.of(), "/", true));
        assertThrows(IllegalArgumentException.class, () -> children.request(argv, List.of("NOVALUE"), "/", true));
        assertThrows(IllegalArgumentException.class, () -> children.request(argv, List.of("A=b\0c"), "/", true));
        assertThrows(IllegalArgumentException.class, () -> children.request(argv, List.of(), "relative", true));
        assertThrows(
                IllegalArgumentException.class,
                () -> new SpawnRequest(1, argv, List.of(), "/", "relative.log", 0, -1, true));
        assertThrows(
                IllegalArgumentException.class,
                () -> new SpawnRequest(1, argv, List.of(), "/", "/x.log", -1, -1, true));
        assertThrows(
                IllegalArgumentException.class, () -> new SpawnRequest(1, argv, List.of(), "/", "/x.log", 0, 0, false));
    }

    @Test
    void shouldFailARequestWhoseDescriptorIsClosed() throws Exception {
        Pipe pipe = Pipe.create();
        Fds.close(pipe.readFd());
        Fds.close(pipe.writeFd());
        String log = directory.resolve("never.log").toString();
        children.spawner.submit(
                new SpawnRequest(77, List.of("true"), Children.ENVIRONMENT, "/", log, pipe.readFd(), -1, true));
        SpawnResult.Failed failed = assertInstanceOf(SpawnResult.Failed.class, children.awaitResult());
        assertEquals(77, failed.token());
        assertTrue(failed.reason().contains("hold pipe"), failed::reason);
    }

    private SpawnRequest admitted(String script, Admission admission) {
        SpawnRequest request = children.request(
                List.of("sh", "-c", Admission.AWAIT + script), Children.ENVIRONMENT, directory.toString(), false);
        return new SpawnRequest(
                request.token(),
                request.argv(),
                request.environment(),
                request.workingDirectory(),
                request.logFile(),
                null,
                0,
                -1,
                false,
                null,
                admission,
                null);
    }

    @Test
    void shouldLetAChildDoNothingBeforeItIsAdmitted() throws Exception {
        Path mark = directory.resolve("mark");
        AtomicBoolean early = new AtomicBoolean();
        Child child = children.start(
                admitted("echo done > mark; exec ls /proc/self/fd", pid -> {
                    // It has executed its shell, which could be through by now.
                    ProcessHandle waiting = ProcessHandle.of(pid).orElseThrow();
                    assertTrue(waiting.isAlive());
                    Watchdog.await("it waits", () -> state(pid) == 'S');
                    early.set(Files.exists(mark));
                }),
                null);

        assertEquals(new ExitStatus.Exited(0), child.awaitExit());
        assertFalse(early.get());
        assertEquals("done\n", Files.readString(mark));
        // The pipe it waited on is closed: there are its four, and the directory that is listed.
        assertEquals(List.of("0", "1", "2", "3", "4"), Files.readAllLines(child.log()));
    }

    private static char state(int pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldEndAChildThatIsNotAdmitted() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        Path mark = directory.resolve("mark");

        SpawnResult.Failed failed = children.startInVain(admitted("echo done > mark", pid -> {
            refused.set(pid);
            throw new IOException("there is no room for it");
        }));

        assertTrue(failed.reason().contains("there is no room for it"), failed.reason());
        assertFalse(Files.exists(Path.of("/proc/" + refused.get())), "it was left");
        assertFalse(Files.exists(mark));
    }

    @Test
    void shouldAnswerEveryRequestInOrderAndKeepNoDescriptor() throws Exception {
        Set<String> before = highPipes();
        Pipe hold = Pipe.create();
        int requests = 40;
        for (int i = 0; i < requests; i++) {
            String log = directory.resolve("many.log").toString();
            String program = i % 4 == 3 ? "no-such-program" : "true";
            children.spawner.submit(new SpawnRequest(
                    i, List.of(program), Children.ENVIRONMENT, "/", log, hold.readFd(), hold.writeFd(), true));
        }
        Fds.close(hold.readFd());
        Fds.close(hold.writeFd());
        Set<Integer> pids = new HashSet<>();
        for (int i = 0; i < requests; i++) {
            SpawnResult result = children.awaitResult();
            assertEquals(i, result.token());
            assertEquals(i % 4 == 3, result instanceof SpawnResult.Failed, result::toString);
            if (result instanceof SpawnResult.Spawned spawned) {
                pids.add(spawned.pid());
                try (PidFd child = PidFd.open(spawned.pid())) {
                    Watchdog.awaitReadable("death of a child", child.fd());
                    assertEquals(new ExitStatus.Exited(0), child.tryReap());
                }
            }
        }
        assertEquals(requests - requests / 4, pids.size());
        Watchdog.await("the last copies to be closed", () -> highPipes().equals(before));
    }

    @Test
    void shouldStartNothingAfterClose() throws Exception {
        try (EventFd completion = EventFd.create()) {
            Spawner closed = new Spawner(completion);
            closed.close();
            assertThrows(IllegalStateException.class, () -> closed.submit(request("true")));
            assertNull(closed.poll());
        }
    }

    private SpawnRequest request(String... argv) {
        return children.request(List.of(argv), Children.ENVIRONMENT, directory.toString(), true);
    }

    private SpawnRequest withLog(String log) {
        return new SpawnRequest(1, List.of("true"), Children.ENVIRONMENT, directory.toString(), log, 0, -1, true);
    }

    private void failed(int errno, String reason, SpawnRequest request) throws OsException {
        SpawnResult.Failed failed = children.startInVain(request);
        assertEquals(request.token(), failed.token());
        assertEquals(errno, failed.errno(), failed::reason);
        assertTrue(failed.reason().contains(reason), failed::reason);
        assertFalse(failed.reason().contains("\n"), failed::reason);
    }

    private static Path executable(Path file, String content) throws IOException {
        Files.writeString(file, content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a child's descriptors are once it has loaded its libraries: an inherited one would stay. */
    private static TreeMap<String, String> awaitDescriptors(int pid, Set<String> numbers) {
        TreeMap<String, String> targets = new TreeMap<>();
        Watchdog.await("process " + pid + " to have the descriptors " + numbers + " and no others", () -> {
            targets.clear();
            targets.putAll(descriptors(Path.of("/proc/" + pid + "/fd")));
            return targets.keySet().equals(numbers);
        });
        return targets;
    }

    /** The targets of a process's descriptors by number; those closed meanwhile are left out. */
    private static TreeMap<String, String> descriptors(Path directory) {
        TreeMap<String, String> targets = new TreeMap<>();
        String[] names = directory.toFile().list();
        for (String name : names == null ? new String[0] : names) {
            try {
                targets.put(
                        name, Files.readSymbolicLink(directory.resolve(name)).toString());
            } catch (NoSuchFileException e) {
                continue;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return targets;
    }

    /** The pipes among this JVM's descriptors of 100 or more. */
    private static Set<String> highPipes() {
        TreeMap<String, String> targets = descriptors(Path.of("/proc/self/fd"));
        targets.entrySet()
                .removeIf(fd -> Integer.parseInt(fd.getKey()) < Kernel.FIRST_MOVED_FD
                        || !fd.getValue().startsWith("pipe:"));
        return Set.copyOf(targets.keySet());
    }

    private static String statusLine(String pid, String key) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", pid, "status"), StandardCharsets.UTF_8)) {
            if (line.startsWith(key + ":")) {
                return line.substring(key.length() + 1).strip();
            }
        }
        throw new AssertionError("no " + key + " in /proc/" + pid + "/status");
    }

    /** The fields of /proc/PID/stat after the name: state, parent, process group and so on. */
    private static List<String> statFields(int pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return new ArrayList<>(List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ")));
    }
}
