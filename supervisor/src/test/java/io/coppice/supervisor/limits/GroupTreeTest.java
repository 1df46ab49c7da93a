package io.coppice.supervisor.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written into a tree of version 2 that is none of the kernel's: its files are there, and do nothing. */
class GroupTreeTest {
    private static final String DELEGATED = "sys/fs/cgroup/app.scope";

    @TempDir
    Path root;

    private Path instance;

    @BeforeEach
    void makeTree() throws IOException {
        instance = Files.createDirectories(root.resolve("instance"));
        file("proc/self/cgroup", "0::/app.scope\n");
        file("proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        file(DELEGATED + "/cgroup.procs", "");
        file(DELEGATED + "/cgroup.subtree_control", "");
        file(DELEGATED + "/cgroup.controllers", "cpu memory pids\n");
    }

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private GroupTree tree() {
        return new GroupTree("shop", instance, root, ControlGroups.of(root, group -> true));
    }

    /** The kernel would make its files with it. */
    private Path madeBase(GroupTree tree) throws IOException {
        String name;
        try (var none = Files.list(root.resolve(DELEGATED))) {
            assertEquals(List.of(), none.filter(Files::isDirectory).toList());
        }
        tree.prepare();
        try (var made = Files.list(root.resolve(DELEGATED))) {
            name = made.filter(Files::isDirectory)
                    .findFirst()
                    .orElseThrow()
                    .getFileName()
                    .toString();
        }
        return root.resolve(DELEGATED).resolve(name);
    }

    /** The same where the kernel has made its files, and a root has made groups there. */
    private Path usedBase() throws IOException {
        Path base = madeBase(tree());
        Files.writeString(base.resolve("cgroup.subtree_control"), "");
        tree().prepare();
        return base;
    }

    @Test
    void shouldSayWhyAKernelThatRefusesAControllerEnforcesNothing() throws IOException {
        GroupTree tree = tree();
        Path base = madeBase(tree);
        assertTrue(base.getFileName().toString().startsWith("coppice-shop-"), base.toString());
        // The new directory has no cgroup.subtree_control, as if it could not be written.
        assertEquals(Enforcement.NONE, tree.enforcement(Controller.MEMORY, ChildPlan.Kind.DAEMON));
        assertEquals(Enforcement.RLIMIT, tree.enforcement(Controller.MEMORY, ChildPlan.Kind.COMMAND));
        assertEquals(Enforcement.NONE, tree.enforcement(Controller.TASKS, ChildPlan.Kind.COMMAND));
        assertTrue(tree.whyNot(Controller.MEMORY).contains("does not take `+memory`"), tree.whyNot(Controller.MEMORY));
        assertNull(tree.group("web.1", new Limits(1 << 30, 1000, 10)));
    }

    @Test
    void shouldMakeAGroupWithItsLimits() throws IOException {
        Path base = madeBase(tree());
        Files.writeString(base.resolve("cgroup.subtree_control"), "");
        GroupTree tree = tree();
        tree.prepare();
        assertEquals(Enforcement.CGROUP2, tree.enforcement(Controller.MEMORY, ChildPlan.Kind.DAEMON));
        assertEquals("", tree.whyNot(Controller.MEMORY));
        LimitRecord record = new LimitRecord(instance);
        assertEquals(Enforcement.CGROUP2, record.enforcement(Controller.CPU, ChildPlan.Kind.DAEMON));
        assertEquals(List.of(base), record.bases());
        ProcessGroup group = Objects.requireNonNull(tree.group("web.1", new Limits(1 << 30, 1500, 10)));
        Files.createFile(Files.createDirectory(base.resolve("web.1")).resolve("cgroup.procs"));
        group.enter(4711);
        assertEquals("4711", Files.readString(base.resolve("web.1/cgroup.procs")));
        assertNull(tree.group("web.1", Limits.NONE));
    }

    /** It holds threads of the kernel, and everybody's processes. */
    @Test
    void shouldMoveNobodyOutOfTheFirstOfAllGroups() throws IOException {
        file(DELEGATED + "/cgroup.procs", "1\n");
        GroupTree tree = tree();
        madeBase(tree);
        assertFalse(Files.exists(root.resolve(DELEGATED).resolve(ControlGroups.ROOT_GROUP)));
        assertTrue(tree.whyNot(Controller.MEMORY).contains("does not take `+memory`"), tree.whyNot(Controller.MEMORY));
    }

    @Test
    void shouldMoveWhatIsInAGroupThatPassesControllersOn() throws IOException {
        file(DELEGATED + "/cgroup.events", "populated 1\n");
        file(DELEGATED + "/cgroup.procs", "1\n");
        GroupTree tree = tree();
        tree.prepare();
        String why = tree.whyNot(Controller.MEMORY);
        // The new directory has no such file.
        assertTrue(why.contains("does not take `1` in ") && why.contains("/coppice-root/cgroup.procs"), why);
    }

    @Test
    void shouldFindWhatARootThatDiedHasLeft() throws IOException {
        Path base = usedBase();
        Path left = Files.createDirectories(base.resolve("web.7"));
        for (String file : List.of("memory.max", "pids.max", "cgroup.procs", "cgroup.events")) {
            Files.writeString(left.resolve(file), file.equals("cgroup.events") ? "populated 1\n" : "");
        }
        file("proc/77/cgroup", "0::/app.scope/" + base.getFileName() + "/web.7/below\n");
        file("proc/78/cgroup", "0::/app.scope/coppice-other-00000000/web.7\n");
        // From another group than that root.
        file("proc/self/cgroup", "0::/another.scope\n");
        GroupTree next = tree();
        assertEquals(
                List.of("web.7"),
                next.present().stream().map(ProcessGroup::name).toList());
        assertEquals("web.7", Objects.requireNonNull(next.of(77)).name());
        assertNull(next.of(78));
        assertNull(next.named("web.8"));
    }

    @Test
    void shouldTellWhoseMemoryRanOut() throws IOException {
        Path base = usedBase();
        Path left = Files.createDirectories(base.resolve("web.7"));
        Files.writeString(left.resolve("memory.max"), "536870912\n");
        Files.writeString(left.resolve("memory.events"), "low 0\noom 1\noom_kill 0\n");
        Files.writeString(left.resolve("memory.events.local"), "low 0\noom 1\noom_kill 1\n");
        Files.writeString(left.resolve("cgroup.events"), "populated 0\n");
        ProcessGroup group = Objects.requireNonNull(tree().named("web.7"));
        assertNull(group.outOfMemory());
        Files.writeString(left.resolve("memory.events"), "low 0\noom 1\noom_kill 2\n");
        assertEquals("its memory limit of 512 MiB was reached", group.outOfMemory());
        Files.writeString(left.resolve("memory.events.local"), "low 0\noom 0\noom_kill 1\n");
        assertEquals("the machine, or a group around it, had no memory left", group.outOfMemory());
    }
}
