package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RangeClaimTest {
    @TempDir
    private Path folder;

    private Workshop shop;
    private Path etc;

    @BeforeEach
    void make() throws IOException {
        shop = new Workshop(folder);
        shop.uid = 0;
        etc = Files.createDirectories(shop.machine.resolve("etc"));
    }

    private String made() throws IOException {
        return new RangeClaim(shop.surroundings()).make();
    }

    private List<String> lines(String file) throws IOException {
        return Files.readAllLines(etc.resolve(file));
    }

    @Test
    void shouldTakeTheFirstBlockOnAMachineThatHasSetNothingAside() throws IOException {
        assertEquals(
                "Set the numbers 100000-165535 aside for the users of workers, as `coppice`, in "
                        + etc.resolve("subuid") + " and " + etc.resolve("subgid") + ".",
                made());
        for (String file : List.of("subuid", "subgid")) {
            assertEquals(List.of("coppice:100000:65536"), lines(file));
            assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(etc.resolve(file))));
        }
        assertEquals(new IdRange(100_000, 165_535), SubordinateIds.of(shop.surroundings()));
    }

    @Test
    void shouldTakeABlockInWhichNobodyHasAnything() throws IOException {
        Files.writeString(etc.resolve("subuid"), "# ours\nada:100000:65536");
        Files.setPosixFilePermissions(etc.resolve("subuid"), PosixFilePermissions.fromString("rw-r-----"));
        Files.writeString(etc.resolve("subgid"), "ada:165600:10\nnonsense:x:y\n");
        Files.writeString(etc.resolve("passwd"), "root:x:0:0::/root:/bin/sh\nbob:x:296607:100::/home/bob:/bin/sh\n");
        Files.writeString(etc.resolve("group"), "staff:x:300000:\n");
        made();
        assertEquals(List.of("# ours", "ada:100000:65536", "coppice:362144:65536"), lines("subuid"));
        assertEquals(List.of("ada:165600:10", "nonsense:x:y", "coppice:362144:65536"), lines("subgid"));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(etc.resolve("subuid"))));
        try (Stream<Path> left = Files.list(etc)) {
            assertEquals(
                    List.of(".pwd.lock", "group", "passwd", "subgid", "subuid"),
                    left.map(file -> String.valueOf(file.getFileName()))
                            .sorted()
                            .toList());
        }
    }

    @Test
    void shouldLeaveAloneWhatSaysOfUsAlreadySomethingElse() throws IOException {
        Files.writeString(etc.resolve("subuid"), "coppice:400000:65536\n");
        IOException refused = assertThrows(IOException.class, this::made);
        assertTrue(refused.getMessage().startsWith("`coppice:400000:65536` in "), refused.getMessage());
        assertFalse(Files.exists(etc.resolve("subgid")));
    }

    @Test
    void shouldSayThatNothingIsFree() throws IOException {
        Files.writeString(etc.resolve("subgid"), "all:1:2000000000\n");
        IOException refused = assertThrows(IOException.class, this::made);
        assertTrue(refused.getMessage().contains("no 65536 numbers in a row are free"), refused.getMessage());
        assertFalse(Files.exists(etc.resolve("subuid")));
    }

    /** The unit of such a service lets its root have what the compiler looks for. */
    @Test
    void shouldShipADropInWithWhatUsersOfTheirOwnTake() throws IOException {
        String line = Files.readAllLines(Path.of("../systemd/src/main/systemd/isolation-user.conf")).stream()
                .filter(each -> each.startsWith("CapabilityBoundingSet="))
                .findFirst()
                .orElseThrow();
        List<String> needed = Stream.concat(
                        Capabilities.OTHER_USERS.values().stream(), Capabilities.THEIR_FILES.values().stream())
                .sorted()
                .toList();
        assertEquals("CapabilityBoundingSet=" + String.join(" ", needed), line);
    }

    @Test
    void shouldBeAllThatAManifestLacks() {
        shop.environment.put("PATH", "/usr/bin:/bin");
        String one = "isolation: user\ndaemons:\n  it: {command: [sleep, '60']";
        assertTrue(RangeClaim.isAllThatIsMissing(refused(one + "}\n")));
        assertFalse(RangeClaim.isAllThatIsMissing(refused(one + ", restrat: always}\n")));
    }

    private ManifestResult.Refused refused(String yaml) {
        return assertInstanceOf(ManifestResult.Refused.class, shop.read(yaml));
    }
}
