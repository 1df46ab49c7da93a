package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ground for keeping workers apart: an owner needs no right to make, rename or remove anything beside its segment. */
class UnprivilegedOwnerTest {
    @TempDir
    Path directory;

    private Path instance = Path.of("unset");

    @BeforeEach
    void makeDirectory() throws Exception {
        instance = Files.createDirectory(directory.resolve("instance"));
    }

    @AfterEach
    void letItBeRemoved() throws Exception {
        Files.setPosixFilePermissions(instance, PosixFilePermissions.fromString("rwx------"));
    }

    /** A superuser's process that file modes bind as they bind any other; an ordinary user's is one anyway. */
    private static List<String> boundByModes() {
        return System.getProperty("user.name").equals("root")
                ? List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search")
                : List.of();
    }

    @Test
    void shouldDoAllThatAnOwnerDoesWithoutARightToItsSegmentsDirectory() throws Exception {
        SegmentSpec spec = new SegmentSpec("test", "unit", SegmentSpec.KIND_DAEMON, 64 << 10, 1);
        Path file = TestSegments.create(instance.resolve("unit.seg"), spec);
        try (RandomAccessFile reserved = new RandomAccessFile(NextFile.of(file).toFile(), "rw")) {
            reserved.setLength(SegmentSpec.lengthFor(128 << 10, 1));
        }
        Files.setPosixFilePermissions(instance, PosixFilePermissions.fromString("r-xr-xr-x"));
        Path output = directory.resolve("owner.log");

        Process owner = ChildJvm.startUnder(boundByModes(), output, UnprivilegedOwner.class, file.toString());

        assertEquals(0, owner.waitFor(), Files.readString(output));
        try (Stream<Path> files = Files.list(instance)) {
            assertEquals(
                    List.of("unit.lock", "unit.own", "unit.seg", "unit.seg.new"),
                    files.map(found -> String.valueOf(found.getFileName()))
                            .sorted()
                            .toList());
        }
    }
}
