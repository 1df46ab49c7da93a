package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.supervisor.os.MountTable.Mount;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MountTableTest {
    private static final List<String> TABLE = List.of(
            "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw",
            "30 22 0:26 / /run rw,nosuid shared:5 - tmpfs tmpfs rw,size=100k",
            "31 30 0:27 / /run/shop rw - ramfs none rw",
            "32 30 0:28 / /run/with\\040space\\134 rw - xfs none rw",
            "33 22 0:29 / /mnt rw master:3 propagate_from:2 - ext3 /dev/vdb rw",
            "34 33 0:30 / /mnt rw - btrfs /dev/vdc rw",
            "35 22 0:31 / /gr\u00c3\u00bcn rw - f2fs none rw",
            "garbage",
            "36 22 0:32 / /x rw -");

    @Test
    void shouldFindTheInnermostMount() {
        assertEquals("/ ext4", mountOf("/home/user"));
        assertEquals("/run tmpfs", mountOf("/run"));
        assertEquals("/run tmpfs", mountOf("/run/shopping"));
        assertEquals("/run/shop ramfs", mountOf("/run/shop/a.seg"));
    }

    @Test
    void shouldReadEscapesOptionalFieldsAndHiddenMounts() {
        assertEquals("/run/with space\\ xfs", mountOf("/run/with space\\/a"));
        assertEquals("/mnt btrfs", mountOf("/mnt/a"));
        assertEquals("/gr\u00fcn f2fs", mountOf("/gr\u00fcn/a"));
        assertEquals("/ ext4", mountOf("/x/y"));
    }

    private static String mountOf(String path) {
        Mount mount = MountTable.of(TABLE).mountOf(Path.of(path));
        return mount.point() + " " + mount.fileSystem();
    }

    private static Set<Path> paths(String... paths) {
        return Stream.of(paths).map(Path::of).collect(Collectors.toSet());
    }

    @Test
    void shouldTellByWhichOtherPathsAFileCanBeReached() {
        MountTable table = MountTable.of(List.of(
                "22 1 254:1 / / rw - ext4 /dev/vda1 rw",
                "23 22 254:2 / /home rw - ext4 /dev/vda2 rw",
                "24 22 254:2 /me/state /srv/state rw - ext4 /dev/vda2 rw",
                "25 22 254:2 / /mnt/home rw - ext4 /dev/vda2 rw",
                "26 22 254:2 /me/state/shop/logs /logs rw - ext4 /dev/vda2 rw",
                "27 22 254:2 /me/other /other rw - ext4 /dev/vda2 rw",
                "28 22 254:3 /me/state /elsewhere rw - ext4 /dev/vda3 rw",
                "29 22 254:2 /me/state /hidden rw - ext4 /dev/vda2 rw",
                "30 22 0:40 / /hidden rw - tmpfs none rw",
                "31 22 0:4 net:[4026531840] /run/netns/a rw - nsfs nsfs rw"));
        assertEquals(paths("/mnt/home/me/state", "/srv/state", "/logs"), table.aliases(Path.of("/home/me/state")));
        assertEquals(
                paths("/home/me/state/shop", "/mnt/home/me/state/shop", "/logs"),
                table.aliases(Path.of("/srv/state/shop")));
        assertEquals(paths(), table.aliases(Path.of("/usr/lib")));
        assertEquals(paths(), table.aliases(Path.of("/hidden/x")));
    }

    /** A bind mount of a directory onto itself, as service managers make them. */
    @Test
    void shouldNotTakeAFileForAnAliasOfItself() {
        MountTable table = MountTable.of(List.of(
                "22 1 254:1 / / rw - ext4 /dev/vda1 rw",
                "23 22 254:1 /var/lib/shop /var/lib/shop rw - ext4 /dev/vda1 rw",
                "24 22 254:1 /tmp/private/tmp /tmp rw - ext4 /dev/vda1 rw"));
        assertEquals(paths(), table.aliases(Path.of("/var/lib/shop/a")));
        assertEquals(paths(), table.aliases(Path.of("/tmp/a")));
    }
}
