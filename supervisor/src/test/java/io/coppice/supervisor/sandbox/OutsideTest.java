package io.coppice.supervisor.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.os.LandlockRight;
import io.coppice.supervisor.os.LandlockRuleset.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the directories of this machine. */
class OutsideTest {
    @TempDir
    Path directory;

    private Map<Path, Set<LandlockRight>> rules(long uid, Path... hidden) throws IOException {
        Map<Path, Set<LandlockRight>> rules = new HashMap<>();
        for (Rule rule : Outside.of(Set.of(hidden), Set.of(), uid).rules()) {
            assertTrue(rule.optional(), rule::toString);
            rules.put(rule.path(), rule.rights());
        }
        return rules;
    }

    private Path make(String name) throws IOException {
        return Files.createDirectories(directory.toRealPath().resolve(name));
    }

    private List<Path> ofOurs(Map<Path, Set<LandlockRight>> rules) throws IOException {
        Path top = directory.toRealPath();
        return rules.keySet().stream()
                .filter(path -> path.startsWith(top))
                .map(top::relativize)
                .sorted()
                .toList();
    }

    @Test
    void shouldAllowEachSiblingAlongThePathsAndNothingAbove() throws IOException {
        Path hidden = make("home/coppice");
        make("home/coppice/shop");
        make("home/jars");
        make("work");
        Path segments = make("shm/shop");
        make("shm/other");
        Map<Path, Set<LandlockRight>> rules = rules(1000, hidden, segments);

        assertEquals(List.of(Path.of("home/jars"), Path.of("shm/other"), Path.of("work")), ofOurs(rules));
        assertEquals(Outside.HANDLED, rules.get(directory.toRealPath().resolve("work")));
        assertTrue(rules.keySet().stream().noneMatch(hidden::startsWith), rules::toString);
    }

    @Test
    void shouldHideWhatALinkLeadsToAndFollowNone() throws IOException {
        Path real = make("real");
        Path link = Files.createSymbolicLink(directory.toRealPath().resolve("link"), real);
        Files.createSymbolicLink(directory.toRealPath().resolve("another"), real);
        make("open");
        assertEquals(List.of(Path.of("open")), ofOurs(rules(1000, link)));
    }

    @Test
    void shouldHideWhatIsNotThereYet() throws IOException {
        make("open");
        make("base");
        make("base/beside");
        assertEquals(
                List.of(Path.of("base/beside"), Path.of("open")),
                ofOurs(rules(1000, directory.resolve("base/coppice/shop"))));
    }

    @Test
    void shouldHideTheSegmentsOfOtherInstancesWhereverTheyAre() throws IOException {
        Path instance = make("home/shop");
        make("home/other");
        Path segments = make("shm/shop");
        make("shm/other");
        make("shm/free");
        Path archives = make("cache/coppice");
        Map<Path, Set<LandlockRight>> rules = new HashMap<>();
        Outside.ofInstances(instance, segments, archives, Set.of(), 1000)
                .rules()
                .forEach(rule -> rules.put(rule.path(), rule.rights()));
        assertEquals(List.of(Path.of("shm/free")), ofOurs(rules));
    }

    @Test
    void shouldLetWhatIsStartedFromBeReadAndNothingChangeItsNames() throws IOException {
        Path lib = make("app/lib");
        Path jar = Files.createFile(lib.resolve("app.jar"));
        Files.createFile(lib.resolve("notes"));
        Path linked = Files.createFile(make("store").resolve("one.jar"));
        Path link = Files.createSymbolicLink(make("app/ext").resolve("one.jar"), linked);
        Path jdk = make("jdk");
        make("jdk/bin");
        make("app/data");
        Path hidden = make("app/classes/run");
        make("app/classes/com");
        Map<Path, Set<LandlockRight>> rules = new HashMap<>();
        Outside.of(
                        Set.of(hidden),
                        Set.of(jar, link, jdk, hidden.resolveSibling(".").normalize()),
                        1000)
                .rules()
                .forEach(rule -> rules.put(rule.path(), rule.rights()));

        assertEquals(
                List.of(
                        Path.of("app/classes/com"),
                        Path.of("app/data"),
                        Path.of("app/lib/app.jar"),
                        Path.of("app/lib/notes"),
                        Path.of("jdk"),
                        Path.of("store/one.jar")),
                ofOurs(rules));
        Set<LandlockRight> read = Set.of(LandlockRight.READ_FILE, LandlockRight.EXECUTE);
        for (Path path : List.of(jar, linked, jdk, hidden.resolveSibling("com"))) {
            assertEquals(read, rules.get(path), path::toString);
        }
        assertEquals(Outside.HANDLED, rules.get(lib.resolve("notes")));
    }

    @Test
    void shouldLetTheKernelsFilesBeReadOnly() throws IOException {
        Map<Path, Set<LandlockRight>> rules = rules(1000, make("hidden"));
        assertEquals(Set.of(LandlockRight.READ_FILE, LandlockRight.EXECUTE), rules.get(Path.of("/proc")));
        assertEquals(Set.of(LandlockRight.READ_FILE, LandlockRight.EXECUTE), rules.get(Path.of("/sys")));
        assertEquals(Outside.HANDLED, rules.get(Path.of("/dev")));
    }

    @Test
    void shouldLetUser0HaveNoDevicesButThoseOfEveryProgram() throws IOException {
        Map<Path, Set<LandlockRight>> rules = rules(0, make("hidden"));
        assertFalse(rules.containsKey(Path.of("/dev")));
        assertTrue(rules.containsKey(Path.of("/dev/null")));
        assertTrue(rules.keySet().stream().noneMatch(path -> path.startsWith("/dev/vda")), rules::toString);
    }

    @Test
    void shouldRefuseADirectoryWithTooManyEntries() throws IOException {
        Path hidden = make("crowd/hidden");
        for (int i = 0; i < Outside.MOST_SIBLINGS; i++) {
            Files.createFile(hidden.resolveSibling("f" + i));
        }
        Outside outside = Outside.of(Set.of(hidden), Set.of(), 1000);
        String message =
                assertThrows(TooManySiblingsException.class, outside::rules).getMessage();
        assertEquals(
                "a sandbox takes a rule for each entry of " + hidden.getParent()
                        + ", and it holds more than 4096: put the instance where there are fewer beside it, by COPPICE_HOME_DIR or"
                        + " `segments`",
                message);
    }
}
