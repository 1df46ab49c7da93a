package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.os.Children.Child;
import io.coppice.supervisor.os.RefusedCall.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupFilterTest {
    private static final int KILL = 9;
    private static final int EPERM = BpfProgram.RET_ERRNO | Errno.EPERM;

    private final ProcessTable table = new ProcessTable();

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

    @Test
    void shouldRefuseWhatLeavesAGroupAndAllowEveryOtherNumber() {
        // Numbers as they stand in the kernel's tables.
        check(
                Machine.X86_64,
                Set.of(90, 91, 92, 93, 94, 188, 189, 190, 197, 198, 199, 260, 268),
                109,
                112,
                317,
                41,
                53,
                16);
        check(Machine.AARCH64, Set.of(5, 6, 7, 14, 15, 16, 52, 53, 54, 55), 154, 157, 277, 198, 199, 29);
    }

    private static void check(
            Machine machine,
            Set<Integer> rights,
            int setpgid,
            int setsid,
            int seccomp,
            int socket,
            int socketpair,
            int ioctl) {
        BpfMachine filter = new BpfMachine(GroupFilter.program(machine));
        Set<Integer> changeRights = new HashSet<>(rights);
        changeRights.addAll(Set.of(452, 463, 466, 469)); // fchmodat2, setxattrat, removexattrat, file_setattr
        for (int number : changeRights) {
            assertEquals(EPERM, filter.decide(machine, number), "call " + number);
        }
        assertEquals(EPERM, filter.decide(machine, ioctl, 0, 0x40086602), "FS_IOC_SETFLAGS");
        assertEquals(BpfProgram.RET_ALLOW, filter.decide(machine, ioctl, 0, 0x5413), "TIOCGWINSZ");
        assertEquals(EPERM, filter.decide(machine, setpgid, 0, 0), "setpgid");
        assertEquals(BpfProgram.RET_USER_NOTIF, filter.decide(machine, setsid), "setsid");
        assertEquals(EPERM, filter.decide(machine, seccomp, 1, 8), "a listener");
        assertEquals(EPERM, filter.decide(machine, seccomp, 1, 0x29), "a listener, and more");
        assertEquals(BpfProgram.RET_ALLOW, filter.decide(machine, seccomp, 1, 1), "another filter");
        assertEquals(EPERM, filter.decide(machine, socket, 1, 1, 0), "AF_UNIX");
        assertEquals(BpfProgram.RET_ALLOW, filter.decide(machine, socket, 2, 1, 0), "AF_INET");
        assertEquals(BpfProgram.RET_ALLOW, filter.decide(machine, socket, 10, 2, 0), "AF_INET6");
        for (int type : List.of(2, 3, 0x80002, 0x80803)) {
            assertEquals(EPERM, filter.decide(machine, socketpair, 1, type, 0), "a pair of type " + type);
        }
        for (int type : List.of(1, 5, 0x80001, 0x80805)) {
            assertEquals(
                    BpfProgram.RET_ALLOW, filter.decide(machine, socketpair, 1, type, 0), "a pair of type " + type);
        }
        assertEquals(BpfProgram.RET_ERRNO | Errno.ENOSYS, filter.decide(machine, 425), "io_uring_setup");
        for (int number = 0; number < 1000; number++) {
            if (!Set.of(setpgid, setsid, seccomp, 425).contains(number) && !changeRights.contains(number)) {
                assertEquals(BpfProgram.RET_ALLOW, filter.decide(machine, number, -1, -1, -1), "call " + number);
            }
        }
        assertEquals(BpfProgram.RET_KILL_PROCESS, filter.decide(0x40000003, 1), "i386");
    }

    /** Once alone, as where workers have users of their own, once beside the filter of a sandbox. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepAChildInTheGroupAndSessionThatItWasStartedIn(boolean sandboxed) throws Exception {
        assumeThatItIsAvailable();
        Restriction restriction = sandboxed ? new Restriction(null, true, true) : Restriction.IN_GROUP;
        assertEquals(
                List.of(
                        "setpgid 0",
                        "setsid 0",
                        "listener 0",
                        "filter 0",
                        "socket 0",
                        "datagrams 0",
                        "pair 0",
                        "chmod 0",
                        "fchmod 0",
                        "fchmodat 0",
                        "chown 0",
                        "fchown 0",
                        "list 0"),
                attempts(null),
                "control");
        assertEquals(
                List.of(
                        "setpgid " + Errno.EPERM,
                        "setsid " + Errno.ENOSYS,
                        "listener " + Errno.EPERM,
                        "filter 0",
                        "socket " + Errno.EPERM,
                        "datagrams " + Errno.EPERM,
                        "pair 0",
                        "chmod " + Errno.EPERM,
                        "fchmod " + Errno.EPERM,
                        "fchmodat " + Errno.EPERM,
                        "chown " + Errno.EPERM,
                        "fchown " + Errno.EPERM,
                        "list " + Errno.EPERM),
                attempts(restriction));
    }

    private List<String> attempts(@Nullable Restriction restriction) throws Exception {
        assumeTrue(AccessList.isKept(directory), "the file system keeps no access control lists");
        Path file = directory.resolve("own");
        Files.deleteIfExists(file);
        List<String> probe = new ArrayList<>(ChildJvm.command(LeavingProbe.class));
        probe.add(Files.createFile(file).toString());
        // Behind a shell, as who leads a group makes no session anyway.
        Child child = start(behindAShell(probe), restriction);
        assertEquals(new ExitStatus.Exited(0), child.awaitExit(), child.output());
        return child.output().lines().toList();
    }

    @Test
    void shouldStartAChildAsLeaderOfASessionOfItsOwn() throws Exception {
        assumeThatItIsAvailable();
        Child child = start(List.of("cut", "-d ", "-f1,5,6", "/proc/self/stat"), Restriction.IN_GROUP);
        assertEquals(new ExitStatus.Exited(0), child.awaitExit());
        assertEquals(
                child.pid() + " " + child.pid() + " " + child.pid(),
                child.output().strip());
    }

    @Test
    void shouldHoldForAllThatComesOfIt() throws Exception {
        assumeThatItIsAvailable();
        List<String> leaving = List.of("sh", "-c", "setsid -w echo left; setsid -w echo left; true");
        Child free = start(leaving, null);
        assertEquals(new ExitStatus.Exited(0), free.awaitExit());
        assertEquals("left\nleft\n", free.output());
        Child child = start(leaving, Restriction.IN_GROUP);
        assertEquals(new ExitStatus.Exited(0), child.awaitExit());
        assertFalse(child.output().contains("left\n"), child.output());
    }

    /** What is always a new process, and what hides behind a first thread that has ended, is reached by one signal to the group. */
    @Test
    void shouldLeaveNothingThatOneSignalToTheGroupDoesNotEnd() throws Exception {
        assumeThatItIsAvailable();
        Path chain = directory.resolve("chain");
        Files.writeString(chain, "sh " + chain + " &\n");
        List<String> argv = new ArrayList<>(List.of("sh", "-c", "\"$@\" & read -r _; sh " + chain, "sh"));
        argv.addAll(HiddenLeaderProbe.command(directory));
        Child child = start(argv, Restriction.IN_GROUP);
        Watchdog.await("hidden", () -> isWritten(child, "hidden\n"));
        child.release("go\n");
        Watchdog.awaitReadable("the leader's end", child.pidFd().fd());
        assertEquals(0, table.signalGroup(child.pid(), KILL));
        assertEquals(new ExitStatus.Exited(0), child.awaitExit());
        Watchdog.await("the group's end", () -> !table.groupExists(child.pid()));
    }

    @Test
    void shouldTellThatAKernelCannotAndStartAsBefore() throws Exception {
        System.setProperty(GroupFilter.ABSENT_PROPERTY, "true");
        try {
            assertEquals(Set.of(KernelGap.GROUP), Restriction.IN_GROUP.gaps());
            Child child = start(List.of("sh", "-c", "setsid -w echo left; true"), Restriction.IN_GROUP);
            assertEquals(new ExitStatus.Exited(0), child.awaitExit());
            assertEquals("left\n", child.output());
        } finally {
            System.clearProperty(GroupFilter.ABSENT_PROPERTY);
        }
        assumeThatItIsAvailable();
        assertEquals(Set.of(), Restriction.IN_GROUP.gaps());
    }

    @Test
    void shouldSayWhyAProgramCannotBeStarted() throws Exception {
        Path text = Files.writeString(directory.resolve("text"), "");
        SpawnResult.Failed failed = children.startInVain(Children.restricted(
                children.request(List.of(text.toString()), Children.ENVIRONMENT, directory.toString(), true),
                Restriction.IN_GROUP));
        assertEquals(Errno.EACCES, failed.errno());
        assertFalse(failed.reason().contains("restriction"), failed::reason);
    }

    @Test
    void shouldRefuseToKeepAThread() {
        assertThrows(IllegalStateException.class, Restriction.IN_GROUP::restrictThisThread);
    }

    /** It has copies of all descriptors by then, of locks and of others' pipes too. */
    @Test
    void shouldLeaveNoChildThatWaitsForAnAnswerOfADeadProcess() throws Exception {
        assumeThatItIsAvailable();
        try (ChildJvm jvm = new ChildJvm(Map.of(), "", UnansweredGateMain.class)) {
            assertEquals("asked", jvm.readLine());
            ProcessHandle child = ProcessHandle.of(jvm.pid())
                    .orElseThrow()
                    .children()
                    .findFirst()
                    .orElseThrow();
            jvm.kill();
            try {
                child.onExit().get(60, TimeUnit.SECONDS);
            } finally {
                child.destroyForcibly();
            }
        }
    }

    private static void assumeThatItIsAvailable() {
        assumeTrue(GroupFilter.isAvailable(), "no child can be kept in its group here");
    }

    private static boolean isWritten(Child child, String text) {
        try {
            return child.output().contains(text);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<String> behindAShell(List<String> command) {
        List<String> argv = new ArrayList<>(List.of("sh", "-c", "\"$@\"; exit $?", "sh"));
        argv.addAll(command);
        return argv;
    }

    private Child start(List<String> argv, @Nullable Restriction restriction) throws OsException {
        SpawnRequest request = children.request(argv, Children.ENVIRONMENT, directory.toString(), true);
        return children.start(Children.restricted(request, restriction), null);
    }
}
