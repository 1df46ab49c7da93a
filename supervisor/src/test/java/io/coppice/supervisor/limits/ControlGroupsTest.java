package io.coppice.supervisor.limits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found in trees that look like a machine's. */
class ControlGroupsTest {
    @TempDir
    Path root;

    private final List<String> mounts = new ArrayList<>();
    private final List<String> own = new ArrayList<>();
    private boolean delegated;

    private Path file(String absolute, String text) throws IOException {
        Path file = root.resolve(absolute.substring(1));
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private void mount(String at, String rootOfMount, String type, String options) {
        mounts.add("31 23 0:28 " + rootOfMount + " " + at + " rw,relatime shared:1 - " + type + " " + type + " rw,"
                + options);
    }

    private void version1(String controllers, String path) throws IOException {
        own.add(own.size() + 1 + ":" + controllers + ":" + path);
        String at = "/sys/fs/cgroup/" + controllers;
        mount(at, "/", "cgroup", controllers);
        file(at + path + "/cgroup.procs", "1\n");
    }

    private void version2(String at, String path, String controllers) throws IOException {
        own.add("0::" + path);
        mount(at, "/", "cgroup2", "nsdelegate");
        delegatedGroup(at + path, controllers);
    }

    private void delegatedGroup(String group, String controllers) throws IOException {
        file(group + "/cgroup.procs", "1\n");
        file(group + "/cgroup.subtree_control", "\n");
        file(group + "/cgroup.controllers", controllers + "\n");
    }

    private ControlGroups look() throws IOException {
        file("/proc/self/cgroup", String.join("\n", own) + "\n");
        file("/proc/self/mountinfo", String.join("\n", mounts) + "\n");
        return ControlGroups.of(root, group -> delegated);
    }

    private void systemd() throws IOException {
        Files.createDirectories(root.resolve("run/systemd/system"));
    }

    private ControlGroups.Place place(String directory, boolean unified) {
        return new ControlGroups.Place(root.resolve(directory.substring(1)), unified);
    }

    @Test
    void shouldFindTheHierarchiesOfVersion1() throws IOException {
        version1("cpu,cpuacct", "/");
        version1("pids", "/system.slice/x.service");
        version1("memory", "/box");
        version2("/sys/fs/cgroup/unified", "/", "");
        ControlGroups found = look();
        assertEquals(place("/sys/fs/cgroup/memory/box", false), found.place(Controller.MEMORY));
        assertEquals(place("/sys/fs/cgroup/cpu,cpuacct", false), found.place(Controller.CPU));
        assertEquals(place("/sys/fs/cgroup/pids/system.slice/x.service", false), found.place(Controller.TASKS));
        assertEquals("", found.whyNot(Controller.CPU));
    }

    @Test
    void shouldSeeTheRootOfAHierarchyWhereAContainerSeesOnlyAPart() throws IOException {
        own.add("4:memory:/docker/abc");
        mount("/sys/fs/cgroup/memory", "/docker/abc", "cgroup", "memory");
        file("/sys/fs/cgroup/memory/cgroup.procs", "1\n");
        assertEquals(place("/sys/fs/cgroup/memory", false), look().place(Controller.MEMORY));
    }

    @Test
    void shouldTakeOfVersion2WhatWasDelegated() throws IOException {
        systemd();
        delegated = true;
        version2("/sys/fs/cgroup", "/user.slice/run-1.scope", "memory pids");
        ControlGroups found = look();
        assertEquals(place("/sys/fs/cgroup/user.slice/run-1.scope", true), found.place(Controller.MEMORY));
        assertEquals(place("/sys/fs/cgroup/user.slice/run-1.scope", true), found.place(Controller.TASKS));
        assertNull(found.place(Controller.CPU));
        assertTrue(found.whyNot(Controller.CPU).contains("has no controller `cpu`"), found.whyNot(Controller.CPU));
    }

    @Test
    void shouldMakeGroupsBesideTheOneThatARootIsIn() throws IOException {
        systemd();
        delegated = true;
        version2("/sys/fs/cgroup", "/system.slice/coppice.service/coppice-root", "memory pids cpu");
        delegatedGroup("/sys/fs/cgroup/system.slice/coppice.service", "memory pids cpu");
        assertEquals(place("/sys/fs/cgroup/system.slice/coppice.service", true), look().place(Controller.MEMORY));
    }

    @Test
    void shouldLeaveAGroupToSystemdThatItHasNotDelegated() throws IOException {
        systemd();
        version2("/sys/fs/cgroup", "/user.slice/session-3.scope", "memory pids cpu");
        ControlGroups found = look();
        assertNull(found.place(Controller.MEMORY));
        assertTrue(found.whyNot(Controller.MEMORY).contains("was not delegated"), found.whyNot(Controller.MEMORY));
    }

    @Test
    void shouldNotKeepSystemdFromStartingTheRootAgain() throws IOException {
        systemd();
        delegated = true;
        version2("/sys/fs/cgroup", "/system.slice/coppice.service", "memory pids cpu");
        ControlGroups found = look();
        assertNull(found.place(Controller.MEMORY));
        assertTrue(
                found.whyNot(Controller.MEMORY).contains("DelegateSubgroup=coppice-root"),
                found.whyNot(Controller.MEMORY));
    }

    @Test
    void shouldTakeTheGroupOfAContainerForItsOwn() throws IOException {
        version2("/sys/fs/cgroup", "/", "memory pids cpu");
        assertEquals(place("/sys/fs/cgroup", true), look().place(Controller.MEMORY));
    }

    @Test
    void shouldSayThatThereAreNone() throws IOException {
        ControlGroups found = look();
        assertEquals("there are no control groups here", found.whyNot(Controller.MEMORY));
        own.add("4:memory:/");
        assertTrue(look().whyNot(Controller.MEMORY).contains("not mounted"));
    }
}
