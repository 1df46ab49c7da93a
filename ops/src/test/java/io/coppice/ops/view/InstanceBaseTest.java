package io.coppice.ops.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceBaseTest {
    private static final Path HERE = Path.of("/here");

    @TempDir
    Path linger;

    private final Map<String, String> environment =
            new HashMap<>(Map.of("HOME", "/home/ann", "USER", "ann", "XDG_RUNTIME_DIR", "/run/user/1000"));

    @Test
    void shouldPreferTheOverride() {
        environment.put("COPPICE_HOME_DIR", "x");

        assertEquals(Path.of("/here/x"), locate(0));
    }

    @Test
    void shouldUseTheSystemDirectoryForRoot() {
        assertEquals(Path.of("/run/coppice"), locate(0));
    }

    @Test
    void shouldUseTheRuntimeDirectoryOnlyOfAUserWhoLingers() throws Exception {
        assertEquals(Path.of("/home/ann/.local/state/coppice"), locate(1000));
        Files.createFile(linger.resolve("ann"));
        assertEquals(Path.of("/run/user/1000/coppice"), locate(1000));
    }

    @Test
    void shouldListOnlyDirectoriesOfInstancesThatHaveRun() throws Exception {
        Files.createDirectories(linger.resolve("ran"));
        Files.createFile(linger.resolve("ran/root.seg"));
        Files.createDirectories(linger.resolve("purged"));
        Files.createFile(linger.resolve("purged/root.lock"));
        Files.createDirectories(linger.resolve("Not-A-Name"));
        Files.createFile(linger.resolve("file"));
        InstanceBase base = new InstanceBase(linger, "test");

        assertEquals(
                List.of("ran"),
                base.instances().stream().map(InstanceDirectory::name).toList());
        assertEquals(List.of(), new InstanceBase(linger.resolve("none"), "test").instances());
    }

    private Path locate(long uid) {
        return InstanceBase.locate(environment, uid, HERE, linger).path();
    }
}
