package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.state.OwnerFiles;
import io.coppice.supervisor.os.Fds;
import io.coppice.supervisor.os.Pipe;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.ControlAccess;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Identity;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which process gets which user, and when the files. Skipped where the tests do not run as root. */
class WorkerUsersTest {
    private static final Identity OF_DAEMON = new Identity(655_200, 1, 655_200, 655_200, 655_201, List.of(655_200));
    private static final Identity OF_SLOTS = new Identity(655_210, 3, 655_200, 655_210, 655_250, List.of(655_200));

    @TempDir
    Path base = Path.of("");

    private final StandbyTable standbys = new StandbyTable();
    private ChildTable children = new ChildTable(plan("/tmp"));
    private WorkerUsers users = new WorkerUsers(children, standbys, Path::of);
    private int readFd = LaunchedProcess.NO_FD;
    private int writeFd = LaunchedProcess.NO_FD;

    private static Plan plan(String directory) {
        return new Plan(
                "test",
                "/test.yaml",
                directory,
                directory,
                Isolation.USER,
                655_199,
                ControlAccess.OWN_USER,
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(
                        ChildPlans.daemon("web").identity(OF_DAEMON).plan(),
                        ChildPlans.slot("web", 1).standbys(1).identity(OF_SLOTS).plan(),
                        ChildPlans.slot("web", 2).identity(OF_SLOTS).plan()));
    }

    @BeforeEach
    void makeFiles() throws Exception {
        assumeTrue(OwnerFiles.userOf(base) == 0, "only root can give files to other users");
        children = new ChildTable(plan(base.toString()));
        users = new WorkerUsers(children, standbys, name -> base.resolve(name + ".seg"));
        for (String name : List.of("web", "web@1", "web@2")) {
            Path segment = Files.createFile(base.resolve(name + ".seg"));
            OwnerFiles.makeLock(segment);
            OwnerFiles.makeDirectory(OwnerFiles.directory(segment));
        }
        Pipe pipe = Pipe.create();
        readFd = pipe.readFd();
        writeFd = pipe.writeFd();
    }

    @AfterEach
    void close() {
        if (readFd != LaunchedProcess.NO_FD) {
            Fds.close(readFd);
            Fds.close(writeFd);
        }
    }

    private void prepare(LaunchedProcess process, int child, boolean owner) throws Exception {
        process.holdReadFd = readFd;
        process.hintWriteFd = writeFd;
        users.prepare(process, children.get(child).plan, owner);
    }

    private int ownerOf(String name) throws IOException {
        return OwnerFiles.userOf(base.resolve(name + ".seg"));
    }

    @Test
    void shouldGiveADaemonItsUserAndItsFilesAndItsPipes() throws Exception {
        prepare(children.get(0), 0, true);
        assertEquals(LaunchedProcess.NO_UID, children.get(0).uid, "the plan says it");
        assertEquals(655_200, ownerOf("web"));
        Path pipeOfIt = Path.of("/proc/self/fd/" + readFd);
        assertEquals(655_200, Files.getAttribute(pipeOfIt, "unix:uid"));
    }

    @Test
    void shouldGiveEachProcessOfASlotAUserThatNobodyHas() throws Exception {
        prepare(children.get(1), 1, true);
        StandbyProcess standby = standbys.add(children.get(1), 7);
        prepare(standby, 1, false);
        prepare(children.get(2), 2, true);
        assertEquals(
                List.of(655_210, 655_211, 655_212), List.of(children.get(1).uid, standby.uid, children.get(2).uid));

        IOException none = assertThrows(IOException.class, () -> prepare(standbys.add(children.get(1), 8), 1, false));
        assertEquals("all 3 users of the processes of web's slots are taken", none.getMessage());
        // Its own is not taken from itself, and what is buried has none.
        children.get(2).uid = LaunchedProcess.NO_UID;
        prepare(children.get(2), 2, true);
        assertEquals(655_212, children.get(2).uid);
    }

    @Test
    void shouldGiveASlotsFilesWhenItsProcessIsToldOfIt() throws Exception {
        prepare(children.get(1), 1, true);
        users.handOver(children.get(1));
        assertEquals(655_210, ownerOf("web@1"));
        assertEquals(0, ownerOf("web@2"));
        children.get(1).uid = 655_211;
        users.handOver(children.get(1));
        assertEquals(655_211, ownerOf("web@1"));
    }

    @Test
    void shouldKnowWhoWasTakenOverByItsFilesAndTheKernel() throws Exception {
        assertEquals(LaunchedProcess.NO_UID, users.ofOwner(children.get(1).plan), "root's is nobody's");
        Ownership.handOver(OF_SLOTS, base.resolve("web@1.seg"), 655_212);
        assertEquals(655_212, users.ofOwner(children.get(1).plan));
        Files.setAttribute(base.resolve("web@1.seg"), "unix:uid", 655_200);
        assertEquals(LaunchedProcess.NO_UID, users.ofOwner(children.get(1).plan), "the daemon's is none of a slot's");
        assertEquals(LaunchedProcess.NO_UID, users.ofOwner(children.get(0).plan));
        Process standby = new ProcessBuilder(
                        "setpriv", "--reuid=655211", "--regid=655211", "--clear-groups", "sh", "-c", "echo; read x")
                .start();
        assertTrue(standby.getInputStream().read() == '\n');
        assertEquals(655_211, users.ofStandby(children.get(1).plan, (int) standby.pid()));
        standby.destroyForcibly();
        assertTrue(standby.waitFor() != 0);
        assertEquals(LaunchedProcess.NO_UID, users.ofStandby(children.get(1).plan, (int) standby.pid()));
    }
}
