package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is counted, and what it is held against. */
class BudgetTest {
    private static final long MIB = 1L << 20;

    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
    }

    @Test
    void shouldCountEveryItemOfEveryProcess() {
        Budget budget = shop.compiled(
                        Workshop.daemonWith("state: 8MiB", "jvm: {heap: 128MiB}") + "  web: {command: [sleep, 1]}\n")
                .budget();
        assertEquals(
                List.of("root", "it"),
                budget.rows().stream().map(Budget.Row::name).toList());
        Budget.Row it = budget.rows().get(1);
        assertEquals(8 * MIB, it.segment());
        assertEquals(128 * MIB, it.heap());
        assertEquals(64 * MIB, it.metaspace());
        assertEquals(32 * MIB, it.codeCache());
        assertEquals(16 * MIB, it.direct());
        assertEquals(12 * MIB, it.stacks());
        assertEquals(32 * MIB + MIB / 2, it.overhead());
        assertEquals(292 * MIB + MIB / 2, it.total());
        assertEquals(budget.rows().get(0).total() + it.total(), budget.totalBytes());
        assertEquals(budget.totalBytes(), budget.sum().total());
        Budget.Row root = budget.rows().get(0);
        assertTrue(root.segment() >= MIB && root.heap() == 24 * MIB, root.toString());
    }

    @Test
    void shouldCountWhatTheOptionsSay() {
        Budget.Row it = shop.compiled(Workshop.daemonWith(
                        "jvm:",
                        "  options:",
                        "    - -XX:MaxMetaspaceSize=256m",
                        "    - -XX:ReservedCodeCacheSize=128M",
                        "    - -XX:MaxDirectMemorySize=1g",
                        "    - -Xss2m",
                        "    - -XX:+UseG1GC"))
                .budget()
                .rows()
                .get(1);
        assertEquals(256 * MIB, it.metaspace());
        assertEquals(128 * MIB, it.codeCache());
        assertEquals(1024 * MIB, it.direct());
        assertEquals(48 * MIB, it.stacks());
        assertEquals(40 * MIB, it.overhead());
    }

    @Test
    void shouldRefuseMoreThanTheMachineHasWithTheSumByItem() throws IOException {
        shop.system("/proc/meminfo", "MemTotal:        1048576 kB\n");
        String error = shop.error(Workshop.daemonWith("jvm: {heap: 2GiB}", "state: 64MiB"));
        assertEquals("""
                shop.yaml:1:1: daemons: the declared memory is 2458.1MiB, expected at most 1024MiB, the memory of this \
                machine (MemTotal in /proc/meminfo); lower `jvm.heap` and `state`, or run fewer daemons
                    process  segment     heap  metaspace  code cache  direct  stacks      JVM        sum
                    root       18MiB    24MiB      48MiB       24MiB   24MiB   12MiB  32.1MiB   182.1MiB
                    it         64MiB  2048MiB      64MiB       32MiB   16MiB   12MiB    40MiB    2276MiB
                    sum        82MiB  2072MiB     112MiB       56MiB   40MiB   24MiB  72.1MiB  2458.1MiB""", error);
        assertFalse(Files.exists(shop.base), "no segment is left behind");
    }

    @Test
    void shouldShowOnlyTheLargestOfManyProcesses() throws IOException {
        shop.system("/proc/meminfo", "MemTotal:        1048576 kB\n");
        StringBuilder yaml = new StringBuilder("defaults: {classpath: [lib/shop.jar]}\ndaemons:\n");
        for (int i = 0; i < 30; i++) {
            yaml.append("  d").append(i).append(": {main: com.example.Rates, reads: []}\n");
        }
        String error = shop.error(yaml.toString());
        assertTrue(error.contains("    (11 more)\n    sum "), error);
    }

    @Test
    void shouldRefuseSegmentsThatTheFileSystemCannotHold() {
        StringBuilder yaml = new StringBuilder(
                "segments: segs\ndefaults: {classpath: [lib/shop.jar], jvm: {heap: 8MiB}, state: 2047MiB}\ndaemons:\n");
        for (int i = 0; i < 500; i++) {
            yaml.append("  d").append(i).append(": {main: com.example.Rates, reads: []}\n");
        }
        List<String> errors = shop.errors(yaml.toString());
        assertEquals(2, errors.size(), () -> String.join("\n", errors)); // 1 TB fits neither here nor into 64 GiB.
        String space = errors.get(0);
        assertTrue(
                space.startsWith("shop.yaml:1:11: segments: the segments still need 999.5GiB, expected at most "),
                space);
        assertTrue(space.contains("the free space of the file system that holds segs/shop ("), space);
        assertTrue(space.contains("lower `state`, or choose another directory with `segments`"), space);
    }

    @Test
    void shouldNotAskAgainForBlocksThatSegmentsOwn() throws IOException {
        Path existing = Files.createDirectories(shop.base.resolve("shop")).resolve("it.seg");
        Files.write(existing, new byte[1 << 20]);
        Map<Path, Long> wanted = new LinkedHashMap<>();
        wanted.put(existing, 4 * MIB);
        wanted.put(existing.resolveSibling("other.seg"), 2 * MIB);
        List<Budget.Limit> limits = SegmentSpace.of(wanted);
        assertEquals(1, limits.size());
        assertEquals(5 * MIB, limits.get(0).neededBytes());
        assertTrue(
                limits.get(0).where().endsWith("; its segments own 1MiB already"),
                limits.get(0).where());
    }

    @Test
    void shouldFindTheLimitsOfEveryCgroupOnThePathInVersion2() throws IOException {
        shop.system("/proc/self/cgroup", "0::/system.slice/coppice.service\n");
        shop.system(
                "/proc/self/mountinfo",
                "30 1 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
        shop.system("/sys/fs/cgroup/system.slice/coppice.service/memory.max", "max\n");
        shop.system("/sys/fs/cgroup/system.slice/memory.max", "268435456\n");
        List<MemoryLimits.Found> limits = MemoryLimits.of(shop.surroundings());
        assertEquals(2, limits.size());
        assertEquals("/sys/fs/cgroup/system.slice/memory.max", limits.get(1).where());
        assertEquals(256 * MIB, limits.get(1).bytes());
        String error = shop.error(Workshop.daemonWith());
        assertTrue(
                error.contains(
                        "expected at most 256MiB, the memory of the cgroup (/sys/fs/cgroup/system.slice/memory.max)"),
                error);
    }

    @Test
    void shouldFindTheLimitsOfEveryCgroupOnThePathInVersion1() throws IOException {
        shop.system("/proc/self/cgroup", "9:name=systemd:/\n4:memory,hugetlb:/a/b\n0::/\n");
        shop.system("/proc/self/mountinfo", """
                36 31 0:33 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
                35 31 0:32 / /sys/fs/cgroup/my\\040memory rw - cgroup cgroup rw,memory,hugetlb
                41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                """);
        shop.system("/sys/fs/cgroup/my memory/a/b/memory.limit_in_bytes", "1073741824\n");
        shop.system("/sys/fs/cgroup/my memory/a/memory.limit_in_bytes", "2147483648\n");
        shop.system("/sys/fs/cgroup/my memory/memory.limit_in_bytes", "9223372036854771712\n");
        List<MemoryLimits.Found> limits = MemoryLimits.of(shop.surroundings());
        assertEquals(
                List.of(64L << 30, 1L << 30, 2L << 30),
                limits.stream().map(MemoryLimits.Found::bytes).toList());
    }

    @Test
    void shouldReadTheVisiblePartOfTheHierarchyInAContainer() throws IOException {
        shop.system("/proc/self/cgroup", "0::/docker/abc/worker\n");
        shop.system("/proc/self/mountinfo", "30 1 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
        shop.system("/sys/fs/cgroup/memory.max", "536870912\n");
        assertEquals(2, MemoryLimits.of(shop.surroundings()).size());
        shop.system("/proc/self/cgroup", "0::/../other\n");
        assertEquals(2, MemoryLimits.of(shop.surroundings()).size());
    }

    @Test
    void shouldTakeGarbageInProcAsNoLimit() throws IOException {
        shop.system("/proc/meminfo", "nonsense");
        shop.system("/proc/self/cgroup", "x\n0::\n::\n4:memory:/\n");
        shop.system("/proc/self/mountinfo", "- \n1 2 3 - \n30 1 0:26 / /m rw - cgroup cgroup rw,memory\n");
        shop.system("/m/memory.limit_in_bytes", "99999999999999999999");
        assertEquals(List.of(), MemoryLimits.of(shop.surroundings()));
    }
}
