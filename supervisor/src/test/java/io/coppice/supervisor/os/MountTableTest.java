package io.coppice.supervisor.os;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.coppice.supervisor.os.MountTable.Mount;
import java.nio.file.Path;
import java.util.List;
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
        assertEquals(new Mount("/", "ext4"), mountOf("/home/user"));
        assertEquals(new Mount("/run", "tmpfs"), mountOf("/run"));
        assertEquals(new Mount("/run", "tmpfs"), mountOf("/run/shopping"));
        assertEquals(new Mount("/run/shop", "ramfs"), mountOf("/run/shop/a.seg"));
    }

    @Test
    void shouldReadEscapesOptionalFieldsAndHiddenMounts() {
        assertEquals(new Mount("/run/with space\\", "xfs"), mountOf("/run/with space\\/a"));
        assertEquals(new Mount("/mnt", "btrfs"), mountOf("/mnt/a"));
        assertEquals(new Mount("/gr\u00fcn", "f2fs"), MountTable.mountOf(Path.of("/gr\u00fcn/a"), TABLE));
        assertEquals(new Mount("/", "ext4"), mountOf("/x/y"));
    }

    private static Mount mountOf(String path) {
        return MountTable.mountOf(Path.of(path), TABLE);
    }
}
