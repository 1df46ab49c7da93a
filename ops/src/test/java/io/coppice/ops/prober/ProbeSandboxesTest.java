package io.coppice.ops.prober;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.supervisor.os.LandlockRuleset.Rule;
import io.coppice.supervisor.os.Restriction;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlanBuilder;
import io.coppice.supervisor.plan.ControlAccess;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.sandbox.Outside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules, made of directories of the test's own; no kernel is asked. */
class ProbeSandboxesTest {
    private Path base;
    private Path app;
    private Plan plan;
    private ProbeSandboxes sandboxes;

    @BeforeEach
    void make(@TempDir Path temporary) throws Exception {
        base = Files.createDirectory(temporary.toRealPath().resolve("base"));
        app = Files.createDirectory(temporary.toRealPath().resolve("app"));
        Path program = Files.createFile(app.resolve("web"));
        Path shop = base.resolve("shop");
        plan = new Plan(
                "shop",
                "/shop.yaml",
                shop.toString(),
                shop.toString(),
                Isolation.SANDBOX,
                0,
                ControlAccess.OWN_USER,
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(
                        command("web", program).restricted(true).plan(),
                        command("open", program).plan()));
        sandboxes = new ProbeSandboxes(
                new InstanceDirectory("shop", base.resolve("shop")), temporary.resolve("archives"), 1000);
    }

    private static ChildPlanBuilder command(String name, Path program) {
        return new ChildPlanBuilder(name, ChildPlan.Kind.COMMAND).argv(List.of(program.toString()));
    }

    private ChildPlan child(String name) {
        return plan.children().stream()
                .filter(child -> child.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Set<Path> paths(Restriction restriction) {
        List<Rule> rules = Objects.requireNonNull(restriction.ruleset()).rules();
        return rules.stream().map(Rule::path).collect(Collectors.toSet());
    }

    private Set<Path> pathsFor(String name, long spawnedAtNs) throws IOException {
        return paths(
                Objects.requireNonNull(sandboxes.of(child(name), spawnedAtNs)).restriction());
    }

    @Test
    void shouldAllowTheLogAndWhatIsOutsideAndNothingOfTheInstance() throws IOException {
        sandboxes.follow(plan);
        Set<Path> paths = pathsFor("web", System.nanoTime());
        assertTrue(paths.contains(base.resolve("shop/logs/web.log")), paths::toString);
        assertTrue(paths.contains(app.resolve("web")), paths::toString);
        assertFalse(paths.contains(base), paths::toString);
        assertNull(sandboxes.of(child("open"), System.nanoTime()), "it is in none");
    }

    /** Whoever was started after something was made can use it, so its probe can. */
    @Test
    void shouldKnowWhatWasThereWhenTheProcessWasStarted() throws IOException {
        sandboxes.follow(plan);
        long before = System.nanoTime();
        assertFalse(pathsFor("web", before).contains(app.resolve("release")));
        Files.createDirectory(app.resolve("release"));
        assertTrue(pathsFor("web", System.nanoTime()).contains(app.resolve("release")));
    }

    @Test
    void shouldSayAgainWhyThereAreNoRules() throws IOException {
        sandboxes.follow(plan);
        for (int i = 0; i <= Outside.MOST_SIBLINGS; i++) {
            Files.createFile(app.resolve("file-" + i));
        }
        long spawnedAtNs = System.nanoTime();
        String first = assertThrows(IOException.class, () -> pathsFor("web", spawnedAtNs))
                .getMessage();
        String again = assertThrows(IOException.class, () -> pathsFor("web", spawnedAtNs))
                .getMessage();
        assertTrue(first.contains(app.toString()), first);
        assertEquals(first, again);
    }
}
