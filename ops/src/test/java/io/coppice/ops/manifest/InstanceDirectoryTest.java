package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where instances live, why there, and when not. */
class InstanceDirectoryTest {
    @TempDir
    private Path temporary;

    private final TreeMap<String, String> environment = new TreeMap<>();

    @Test
    void shouldLiveInRunForRoot() {
        environment.put("XDG_RUNTIME_DIR", "/run/user/0");
        InstanceDirectory directory = of(0);
        assertEquals(Path.of("/run/coppice/shop"), directory.directory());
        assertEquals("the user is root", directory.why());
    }

    @Test
    void shouldLiveInTheRuntimeDirectoryOfAUserWhoLingers() throws IOException {
        environment.put("XDG_RUNTIME_DIR", "/run/user/1000");
        Files.createDirectories(temporary.resolve("var/lib/systemd/linger"));
        Files.createFile(temporary.resolve("var/lib/systemd/linger/ada"));
        InstanceDirectory directory = of(1000);
        assertEquals(Path.of("/run/user/1000/coppice/shop"), directory.directory());
        assertEquals("user ada lingers: /var/lib/systemd/linger/ada exists", directory.why());
    }

    @Test
    void shouldLiveInTheHomeOfOthers() {
        environment.put("XDG_RUNTIME_DIR", "/run/user/1000");
        InstanceDirectory directory = of(1000);
        assertEquals(Path.of("/home/ada/.local/state/coppice/shop"), directory.directory());
        assertEquals("user ada does not linger, so /run/user/1000 would be emptied at logout", directory.why());
        environment.clear();
        assertEquals("XDG_RUNTIME_DIR is not set", of(1000).why());
        assertEquals(Path.of("/home/ada/.local/state/coppice/shop"), of(1000).directory());
    }

    @Test
    void shouldNotTakeAnotherFileForThatOfTheUser() throws IOException {
        environment.put("XDG_RUNTIME_DIR", "/run/user/1000");
        Files.createDirectories(temporary.resolve("var/lib/systemd/linger/x"));
        for (String user : List.of("..", ".", "", "x/y", "../linger/x")) {
            Surroundings surroundings = new Surroundings(environment, 1000, user, Path.of("/home/ada"), temporary);
            assertTrue(InstanceDirectory.of("shop", surroundings).base().startsWith("/home/ada"), user);
        }
    }

    @Test
    void shouldLiveWhereTheVariableSays() {
        environment.put("COPPICE_HOME_DIR", "/srv/x/../c");
        InstanceDirectory directory = of(0);
        assertEquals(Path.of("/srv/c/shop"), directory.directory());
        assertEquals("COPPICE_HOME_DIR says so", directory.why());
        assertEquals("shop", directory.instance());
        assertEquals(Path.of("/srv/c/shop/root.lock"), directory.rootLock());
        assertEquals(Path.of("/srv/c/shop/root.seg"), directory.rootSegment());
        assertEquals(Path.of("/srv/c/shop/control.sock"), directory.controlSocket());
        assertEquals(Path.of("/srv/c/shop/plan"), directory.planFile());
        assertEquals(Path.of("/srv/c/shop/a.seg"), directory.segment("a"));
        assertEquals(
                Path.of("/dev/shm/shop/a.lock"),
                directory.withSegmentsIn(Path.of("/dev/shm")).segmentLock("a"));
    }

    @Test
    void shouldCreatePrivateDirectories() throws IOException {
        environment.put("COPPICE_HOME_DIR", temporary.resolve("c").toString());
        InstanceDirectory directory = real().withSegmentsIn(temporary.resolve("s"));
        directory.create();
        for (Path created :
                List.of(directory.base(), directory.directory(), directory.logs(), directory.segmentDirectory())) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(created)));
        }
        assertEquals(List.of(), directory.faults(Surroundings.ofThisProcess()));
        directory.create();
    }

    @Test
    void shouldRefuseDirectoriesThatOthersCanEnterOrReplace() throws IOException {
        environment.put("COPPICE_HOME_DIR", temporary.resolve("c").toString());
        InstanceDirectory directory = real();
        directory.create();
        Files.setPosixFilePermissions(directory.directory(), PosixFilePermissions.fromString("rwxr-x---"));
        assertEquals(
                List.of(directory.directory() + ": mode 0750 lets others in, expected 0700; chmod 700 "
                        + directory.directory()),
                directory.faults(Surroundings.ofThisProcess()));
        Files.setPosixFilePermissions(directory.base(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertEquals(
                List.of(directory.base() + ": mode 0777 lets others replace what is in it, expected 0700; chmod 700 "
                        + directory.base()),
                directory.faults(Surroundings.ofThisProcess()));
    }

    /** So the root leaves it for a control group, or for workers of users of their own; without these it closes it at its start. */
    @Test
    void shouldTakeAnInstanceThatAGroupMayPassThrough() throws IOException {
        environment.put("COPPICE_HOME_DIR", temporary.resolve("c").toString());
        InstanceDirectory directory = real();
        directory.create();
        Files.setPosixFilePermissions(directory.directory(), PosixFilePermissions.fromString("rwx--x---"));
        assertEquals(List.of(), directory.faults(Surroundings.ofThisProcess()));
        Files.setPosixFilePermissions(directory.directory(), PosixFilePermissions.fromString("rwx--x--x"));
        assertEquals(List.of(), directory.faults(Surroundings.ofThisProcess()));
        Files.setPosixFilePermissions(directory.directory(), PosixFilePermissions.fromString("rwxr-x--x"));
        assertEquals(1, directory.faults(Surroundings.ofThisProcess()).size());
    }

    @Test
    void shouldRefuseForeignOwnersLinksAndFiles() throws IOException {
        environment.put("COPPICE_HOME_DIR", temporary.resolve("c").toString());
        InstanceDirectory directory = real();
        directory.create();
        long own = Surroundings.ofThisProcess().uid();
        Surroundings other = new Surroundings(environment, own + 1, "eve", Path.of("/home/eve"), Path.of("/"));
        List<String> faults = directory.faults(other);
        assertEquals(1, faults.size());
        assertTrue(faults.get(0).contains(": belongs to uid " + own + ", expected uid " + (own + 1)), faults.get(0));

        Path link = Files.createSymbolicLink(directory.base().resolve("link"), directory.directory());
        InstanceDirectory linked = new InstanceDirectory(directory.base(), link, link, "");
        assertEquals(
                List.of(link + ": not a directory, expected a directory or nothing"),
                linked.faults(Surroundings.ofThisProcess()));
    }

    @Test
    void shouldRefuseAPathTooLongForASocket() {
        environment.put("COPPICE_HOME_DIR", "/tmp/" + "x".repeat(90));
        List<String> faults = real().faults(Surroundings.ofThisProcess());
        assertEquals(1, faults.size());
        assertTrue(faults.get(0).contains("113 bytes are too long for a socket, expected at most 107"), faults.get(0));
    }

    @Test
    void shouldTellAFaultOfTheDirectoryAsAnErrorOfTheManifest() throws IOException {
        Workshop shop = new Workshop(temporary);
        Files.createDirectories(shop.base.resolve("shop"));
        Files.setPosixFilePermissions(shop.base.resolve("shop"), PosixFilePermissions.fromString("rwxr-xr-x"));
        String error = shop.error(Workshop.commandWith());
        assertTrue(
                error.startsWith(shop.base + ": instance directory (COPPICE_HOME_DIR says so): " + shop.base
                        + "/shop: mode 0755"),
                error);
    }

    private InstanceDirectory of(long uid) {
        return InstanceDirectory.of("shop", new Surroundings(environment, uid, "ada", Path.of("/home/ada"), temporary));
    }

    private InstanceDirectory real() {
        return of(Surroundings.ofThisProcess().uid());
    }
}
