package io.coppice.supervisor.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.coppice.supervisor.os.LandlockRight;
import io.coppice.supervisor.os.LandlockRuleset.Rule;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.ControlAccess;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the directories of this machine. */
class OutsideTest {
    @TempDir
    Path directory;

    private Map<Path, Set<LandlockRight>> rules(long uid, Path... hidden) throws IOException {
        Map<Path, Set<LandlockRight>> rules = new HashMap<>();
        for (Rule rule : Outside.of(Set.of(hidden), StartFiles.NONE, uid).rules()) {
            assertTrue(rule.optional(), rule::toString);
            rules.put(rule.path(), rule.rights());
        }
        return rules;
    }

    private static StartFiles started(Path... paths) {
        return StartFiles.of(List.of(), Stream.of(paths).map(Path::toString).toList());
    }

    private Map<Path, Set<LandlockRight>> rulesBeside(StartFiles started) throws IOException {
        Map<Path, Set<LandlockRight>> rules = new HashMap<>();
        Outside.of(Set.of(make("hidden")), started, 1000)
                .rules()
                .forEach(rule -> rules.put(rule.path(), rule.rights()));
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

    /** A prober's looks have rules made at the same time, where the root has one thread for that. */
    @Test
    void shouldLeaveNothingOutThatAnotherThreadLooksForToo() throws Exception {
        Path base = make("base");
        Path own = Files.createDirectories(base.resolve("own"));
        for (int i = 0; i < 40; i++) {
            Path other = Files.createDirectories(base.resolve("other-" + i));
            plan(other, other, make("elsewhere/other-" + i), make("app"));
        }
        StartFiles shared = StartFiles.of(List.of(), List.of());
        Callable<Set<Integer>> look = () -> {
            Set<Integer> seen = new HashSet<>();
            for (int i = 0; i < 50; i++) {
                seen.add(shared.others(own).segments().size());
            }
            return seen;
        };
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (Future<Set<Integer>> seen : threads.invokeAll(List.of(look, look))) {
                assertEquals(Set.of(40), seen.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void shouldTellInWhichDirectoriesNothingCanBeMade() throws IOException {
        Path hidden = make("home/shop/hidden");
        make("work/free");
        Path lib = make("app/lib/jars");
        Path jar = Files.createFile(lib.resolve("some.jar"));
        Path top = directory.toRealPath();

        List<Path> closed = Outside.of(Set.of(hidden), started(lib, jar), 1000).closed().stream()
                .filter(path -> path.startsWith(top))
                .map(top::relativize)
                .toList();

        assertEquals(
                List.of(Path.of(""), Path.of("app"), Path.of("app/lib"), Path.of("home"), Path.of("home/shop")),
                closed);
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
        Outside.ofInstances(instance, segments, archives, StartFiles.NONE, 1000)
                .rules()
                .forEach(rule -> rules.put(rule.path(), rule.rights()));
        assertEquals(List.of(Path.of("shm/free")), ofOurs(rules));
    }

    private static void plan(Path instance, Path directory, Path segments, Path program) throws IOException {
        Plan plan = new Plan(
                "other",
                "/m.yaml",
                directory.toString(),
                segments.toString(),
                Isolation.MAPPING,
                0,
                ControlAccess.OWN_USER,
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(ChildPlans.command("web")
                        .argv(List.of(program.toString()))
                        .plan()));
        Files.writeString(instance.resolve("plan"), PlanText.write(plan));
    }

    /** By the plans that they left: neither in the base directory nor beside the segments of this one. */
    @Test
    void shouldHideTheSegmentsOfOtherInstancesByTheirPlansAndKeepWhatTheyStartFrom() throws Exception {
        Path instance = make("home/shop");
        Path other = make("home/other");
        Path liar = make("home/liar");
        make("home/broken");
        Files.writeString(make("home/garbage").resolve("plan"), "garbage");
        assertEquals(
                0,
                new ProcessBuilder(
                                "mkfifo", directory.resolve("home/broken/plan").toString())
                        .start()
                        .waitFor());
        Path segments = make("far/segments");
        make("far/free");
        Path program = Files.createFile(make("app").resolve("web"));
        Path later = make("later/segments");
        make("later/free");
        plan(other, other, segments, program);
        plan(liar, other, make("free"), program);
        StartFiles started = started(make("jdk"));
        Path archives = make("cache");
        Map<Path, Set<LandlockRight>> rules = rules(instance, archives, started);

        assertEquals(
                List.of("app/web", "far/free", "free", "jdk", "later"),
                ofOurs(rules).stream().map(Path::toString).toList());
        assertEquals(Set.of(LandlockRight.READ_FILE, LandlockRight.EXECUTE), rules.get(program));
        // Each launch looks whether a plan is another one.
        plan(other, other, later, program);
        assertEquals(
                List.of("app/web", "far", "free", "jdk", "later/free"),
                ofOurs(rules(instance, archives, started)).stream()
                        .map(Path::toString)
                        .toList());
    }

    private static Map<Path, Set<LandlockRight>> rules(Path instance, Path archives, StartFiles started)
            throws IOException {
        Map<Path, Set<LandlockRight>> rules = new HashMap<>();
        Outside.ofInstances(instance, instance, archives, started, 1000)
                .rules()
                .forEach(rule -> rules.put(rule.path(), rule.rights()));
        return rules;
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
                        started(jar, link, jdk, hidden.resolveSibling(".").normalize()),
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

    /** As Debian has a JDK's configuration, and as a release is put in place by a link to its directory. */
    @Test
    void shouldLetWhatLinksLeadToBeReadOnlyAndTheLinksAsWell() throws IOException {
        Path settings = make("settings/security");
        Path policy = Files.createFile(settings.resolve("java.policy"));
        Path other = Files.createFile(settings.resolve("notes"));
        Path alternatives = make("alternatives");
        Path onTheWay = Files.createSymbolicLink(alternatives.resolve("policy"), policy);
        Files.createFile(alternatives.resolve("notes"));
        Path jdk = make("jdk/conf/security").getParent().getParent();
        Files.createSymbolicLink(jdk.resolve("conf/security/java.policy"), Path.of("../../../alternatives/policy"));
        Files.createSymbolicLink(jdk.resolve("conf/up"), Path.of(".."));
        Files.createSymbolicLink(jdk.resolve("conf/nowhere"), jdk.resolve("conf/nowhere"));
        Files.createSymbolicLink(jdk.resolve("conf/all"), Path.of("/"));
        Files.createSymbolicLink(jdk.resolve("conf/self"), Path.of("/proc/self"));
        Path shared = make("shared/ext");
        Path deep = Files.createFile(make("deep").resolve("file"));
        Files.createFile(deep.resolveSibling("notes"));
        Files.createSymbolicLink(shared.resolve("deep"), deep);
        Files.createSymbolicLink(jdk.resolve("ext"), shared);
        Path release = make("releases/2");
        Path jar = Files.createFile(release.resolve("app.jar"));
        Path current = Files.createSymbolicLink(directory.toRealPath().resolve("current"), release);
        Map<Path, Set<LandlockRight>> rules = rulesBeside(started(jdk, current.resolve("app.jar")));

        Set<LandlockRight> read = Set.of(LandlockRight.READ_FILE, LandlockRight.EXECUTE);
        for (Path path : List.of(policy, jdk, shared, deep, jar)) {
            assertEquals(read, rules.get(path), path::toString);
        }
        for (Path path : List.of(other, alternatives.resolve("notes"), deep.resolveSibling("notes"))) {
            assertEquals(Outside.HANDLED, rules.get(path), path::toString);
        }
        for (Path path : List.of(settings, alternatives, onTheWay, current, release, current.getParent())) {
            assertFalse(rules.containsKey(path), path::toString);
        }
    }

    /** A launch looks where names lead, and does not look through directories again. */
    @Test
    void shouldFollowALinkThatWasChangedSince() throws IOException {
        Files.createFile(make("releases/1").resolve("app.jar"));
        Path jar = Files.createFile(make("releases/2").resolve("app.jar"));
        Path current = directory.toRealPath().resolve("current");
        Files.createSymbolicLink(current, Path.of("releases/1"));
        StartFiles started = started(current.resolve("app.jar"), make("jdk"));
        assertEquals(Outside.HANDLED, rulesBeside(started).get(jar.getParent()));
        Files.delete(current);
        Files.createSymbolicLink(current, Path.of("releases/2"));
        assertEquals(
                Set.of(LandlockRight.READ_FILE, LandlockRight.EXECUTE),
                rulesBeside(started).get(jar));
    }

    @Test
    void shouldLetTheSystemsOwnDirectoriesBeReadOnly() throws IOException {
        Map<Path, Set<LandlockRight>> rules = rules(0, make("hidden"));
        Set<LandlockRight> read = Set.of(LandlockRight.READ_FILE, LandlockRight.EXECUTE);
        for (String name : List.of("/etc", "/usr", "/bin", "/sbin", "/lib", "/lib64")) {
            Path path = Path.of(name);
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                assertEquals(read, rules.get(path), name);
            } else {
                assertFalse(rules.containsKey(path), name);
            }
        }
        assertTrue(rules.containsKey(Path.of("/etc")));
    }

    @Test
    void shouldLetTheKernelsFilesBeReadOnly() throws IOException {
        Map<Path, Set<LandlockRight>> rules = rules(1000, make("hidden"));
        assertEquals(Set.of(LandlockRight.READ_FILE, LandlockRight.EXECUTE), rules.get(Path.of("/proc")));
        assertEquals(Set.of(LandlockRight.READ_FILE, LandlockRight.EXECUTE), rules.get(Path.of("/sys")));
        assertEquals(Outside.HANDLED, rules.get(Path.of("/dev/null")));
        assertTrue(rules.keySet().stream()
                .noneMatch(path -> path.getNameCount() > 1 && (path.startsWith("/proc") || path.startsWith("/sys"))));
    }

    @Test
    void shouldLetUser0HaveNoDevicesButThoseOfEveryProgram() throws IOException {
        Map<Path, Set<LandlockRight>> rules = rules(0, make("hidden"));
        assertFalse(rules.containsKey(Path.of("/dev")));
        assertTrue(rules.containsKey(Path.of("/dev/null")));
        assertTrue(rules.keySet().stream().noneMatch(path -> path.startsWith("/dev/vda")), rules::toString);
    }

    /** Input that is pushed into one is a command of whoever sits there. */
    @Test
    void shouldLetNobodyHaveATerminal() throws IOException {
        for (long uid : List.of(0L, 1000L)) {
            Map<Path, Set<LandlockRight>> rules = rules(uid, make("hidden"));
            for (String name : List.of("tty", "tty0", "tty1", "console", "ptmx", "pts", "vcs", "vcsa1")) {
                assertFalse(rules.containsKey(Path.of("/dev", name)), uid + " " + name);
            }
            assertTrue(rules.containsKey(Path.of("/dev/shm")));
        }
    }

    private static void assumeRoot() throws IOException {
        assumeTrue((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "only root can mount");
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }

    @Test
    void shouldLetNothingBeReachedByAnotherMount() throws Exception {
        assumeRoot();
        Path hidden = make("base");
        make("base/shop");
        Path jar = Files.createFile(make("lib").resolve("app.jar"));
        Path again = make("again");
        Path part = make("part");
        Path libraries = make("libraries");
        Path kernel = make("kernel");
        Path terminals = make("terminals");
        make("free");
        List<Path> mounted = new ArrayList<>();
        try {
            for (List<String> mount : List.of(
                    List.of("--bind", hidden.toString(), again.toString()),
                    List.of("--bind", hidden + "/shop", part.toString()),
                    List.of("--bind", jar.getParent().toString(), libraries.toString()),
                    List.of("-t", "proc", "proc", kernel.toString()),
                    List.of("-t", "devpts", "devpts", terminals.toString()))) {
                List<String> command = new ArrayList<>(List.of("mount"));
                command.addAll(mount);
                run(command.toArray(String[]::new));
                mounted.add(Path.of(mount.get(mount.size() - 1)));
            }
            Map<Path, Set<LandlockRight>> rules = new HashMap<>();
            Outside.of(Set.of(hidden), started(jar), 0).rules().forEach(rule -> rules.put(rule.path(), rule.rights()));
            assertEquals(
                    List.of("free", "kernel", "lib/app.jar", "libraries/app.jar"),
                    ofOurs(rules).stream().map(Path::toString).toList());
            Set<LandlockRight> read = Set.of(LandlockRight.READ_FILE, LandlockRight.EXECUTE);
            for (Path path : List.of(jar, libraries.resolve("app.jar"), kernel)) {
                assertEquals(read, rules.get(path), path::toString);
            }
        } finally {
            for (Path point : mounted) {
                run("umount", "--lazy", point.toString());
            }
        }
    }

    @Test
    void shouldRefuseADirectoryWithTooManyEntries() throws IOException {
        Path hidden = make("crowd/hidden");
        for (int i = 0; i < Outside.MOST_SIBLINGS; i++) {
            Files.createFile(hidden.resolveSibling("f" + i));
        }
        Outside outside = Outside.of(Set.of(hidden), StartFiles.NONE, 1000);
        String message =
                assertThrows(TooManySiblingsException.class, outside::rules).getMessage();
        assertEquals(
                "a sandbox takes a rule for each entry of " + hidden.getParent()
                        + ", and it holds more than 4096: put the instance where there are fewer beside it, by COPPICE_HOME_DIR or"
                        + " `segments`",
                message);
    }
}
