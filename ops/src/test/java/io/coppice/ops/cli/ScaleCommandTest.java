package io.coppice.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.cli.CommandHarness.Result;
import io.coppice.ops.cli.PlanCompiler.Compilation;
import io.coppice.ops.view.FakeProc;
import io.coppice.ops.view.PlanFile;
import io.coppice.state.root.ChildKind;
import io.coppice.state.root.ChildStateCode;
import io.coppice.state.root.RootPhase;
import io.coppice.state.root.WantedCode;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanFormatException;
import io.coppice.supervisor.plan.PlanText;
import io.coppice.supervisor.plan.ReplicaSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scale}, and which numbers of replicas hold, against a root that takes every plan at once. */
class ScaleCommandTest {
    @TempDir
    Path directory;

    private CommandHarness harness;
    private ShopFixture shop;
    private ChildPlan model;

    /** What the manifest declares at the moment. */
    private int declared = 2;

    /** The plan on record is of two replicas of web, which run, and of db. */
    @BeforeEach
    void makeShop() throws Exception {
        harness = new CommandHarness(directory);
        shop = new ShopFixture(harness);
        model = PlanFile.read(shop.directory).plan().orElseThrow().children().stream()
                .filter(child -> child.kind() == ChildPlan.Kind.COMMAND)
                .findFirst()
                .orElseThrow();
        record(plan(2, 2));
        Files.writeString(harness.proc.directory().resolve(ShopFixture.ROOT_PID + "/environ"), "LANG=C\0");
        harness.compiler = (manifest, instance, environment, jdk, scaled) -> {
            int count = scaled.stream()
                    .filter(set -> set.name().equals("web") && set.declared() == declared)
                    .mapToInt(ReplicaSet::count)
                    .findFirst()
                    .orElse(declared);
            Plan plan = plan(declared, count);
            return new Compilation.Compiled(PlanText.write(plan), () -> summary(plan), List.of());
        };
    }

    @AfterEach
    void closeShop() throws IOException {
        shop.close();
    }

    private static List<String> summary(Plan plan) {
        return List.of(plan.children().size() + " children");
    }

    private Plan plan(int declaredCount, int count) {
        ReplicaSet set = new ReplicaSet("web", declaredCount, count);
        List<ChildPlan> children = new ArrayList<>();
        set.childNames()
                .forEach(name -> children.add(model.toBuilder().name(name).plan()));
        children.add(model.toBuilder().name("db").plan());
        String path = shop.directory.path().toString();
        return new Plan(
                "shop",
                "/shop.yaml",
                path,
                path,
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(set),
                children);
    }

    /** Has the plan on record, and its children in the table, all of them ready. */
    private void record(Plan plan) {
        try {
            Files.writeString(shop.directory.plan(), PlanText.write(plan));
            shop.root().childCount(plan.children().size());
            for (int i = 0; i < plan.children().size(); i++) {
                String name = plan.children().get(i).name();
                shop.child(i, row -> {
                    row.reset(name, ChildKind.COMMAND);
                    row.wanted(WantedCode.UP);
                    row.state(ChildStateCode.READY);
                    row.incarnation(1);
                });
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FakeRoot rootThatTakesPlans() throws IOException {
        return new FakeRoot(shop.directory.controlSocket(), request -> {
            try {
                String[] words = request.split(" ");
                Plan present = PlanText.read(Files.readString(shop.directory.plan()));
                if (!PlanText.fingerprint(present).equals(words[3])) {
                    return "later the plan was changed meanwhile\n";
                }
                record(PlanText.read(Files.readString(shop.directory.path().resolve(words[2]))));
                return "ok\n";
            } catch (IOException | PlanFormatException e) {
                return "error 2 " + e.getMessage() + "\n";
            }
        });
    }

    /** Each time somebody makes a plan, the root changes to another one before it is handed over. */
    private void changeThePlanMeanwhile(int times) {
        PlanCompiler undisturbed = harness.compiler;
        AtomicInteger left = new AtomicInteger(2 * times); // a scale compiles twice
        harness.compiler = (manifest, instance, environment, jdk, scaled) -> {
            Compilation compilation = undisturbed.compile(manifest, instance, environment, jdk, scaled);
            if (left.getAndDecrement() > 0 && left.get() % 2 == 0) {
                record(plan(2, recorded().count() + 1));
            }
            return compilation;
        };
    }

    @Test
    void shouldMakeThePlanAnewWhereSomebodyElseChangedItMeanwhile() throws Exception {
        changeThePlanMeanwhile(2);
        try (FakeRoot root = rootThatTakesPlans()) {
            Result result = harness.run("scale", "web", "7");
            assertEquals("", result.err());
            assertEquals(
                    "web: 4 to 7 replicas\nweb.5: added\nweb.6: added\nweb.7: added\n5 others unchanged\n",
                    result.out());
            assertEquals(0, result.exitCode());
            assertEquals(new ReplicaSet("web", 2, 7), recorded());
            assertEquals(3, root.requests().size());
        }
    }

    @Test
    void shouldSaySoWhenThePlanIsAnotherOneEachTime() throws Exception {
        changeThePlanMeanwhile(100);
        try (FakeRoot root = rootThatTakesPlans()) {
            Result result = harness.run("scale", "web", "90");
            assertEquals(
                    "coppice: Nothing was changed, after 5 attempts: the plan was changed meanwhile\n", result.err());
            assertEquals(1, result.exitCode());
            assertEquals(new ReplicaSet("web", 2, 7), recorded());
            assertEquals(5, root.requests().size());
        }
    }

    /** The next request finds it done, and is refused because of what it did, or is not. */
    @Test
    void shouldWaitForAReloadThatIsUnderWay() throws Exception {
        AtomicInteger busy = new AtomicInteger(3);
        try (FakeRoot root = new FakeRoot(shop.directory.controlSocket(), request -> {
            if (busy.getAndDecrement() > 0) {
                return "later a reload is under way\n";
            }
            record(plan(2, 3));
            return "ok\n";
        })) {
            Result result = harness.run("scale", "web", "3");
            assertEquals("web: 2 to 3 replicas\nweb.3: added\n3 others unchanged\n", result.out());
            assertEquals(4, root.requests().size());
        }
    }

    @Test
    void shouldNotWaitForAReloadForLongerThanItWasTold() throws Exception {
        try (FakeRoot root = new FakeRoot(shop.directory.controlSocket(), request -> {
            harness.nowNs += 1_000_000_000;
            return "later a reload is under way\n";
        })) {
            Result late = harness.run("scale", "web", "4", "--timeout", "3s");
            assertEquals(3, root.requests().size());
            assertEquals(1, late.exitCode());
            assertEquals("coppice: Nothing was changed: a reload is under way\n", late.err());
        }
    }

    private ReplicaSet recorded() {
        return PlanFile.read(shop.directory)
                .plan()
                .flatMap(plan -> plan.replicaSet("web"))
                .orElseThrow();
    }

    @Test
    void shouldHandAPlanWithThatNumberOver() throws Exception {
        try (FakeRoot root = rootThatTakesPlans()) {
            Result more = harness.run("scale", "web", "4");
            assertEquals("", more.err());
            assertEquals("web: 2 to 4 replicas\nweb.3: added\nweb.4: added\n3 others unchanged\n", more.out());
            assertEquals(0, more.exitCode());
            assertEquals(new ReplicaSet("web", 2, 4), recorded());

            Result less = harness.run("scale", "web", "1");
            assertEquals(
                    "web: 4 to 1 replica\nweb.2: removed\nweb.3: removed\nweb.4: removed\n2 others unchanged\n",
                    less.out());
            assertEquals(
                    "web: 1 replica already\n", harness.run("scale", "web", "1").out());
            assertEquals(2, root.requests().size());

            assertEquals(
                    "web: 1 to 0 replicas\nweb.1: removed\n1 other unchanged\n",
                    harness.run("scale", "web", "0").out());
            assertEquals(new ReplicaSet("web", 2, 0), recorded());
        }
    }

    @Test
    void shouldNameNoTimeThatIsNotOver() throws Exception {
        try (FakeRoot root = new FakeRoot(shop.directory.controlSocket(), request -> {
            try {
                String file = request.split(" ")[2];
                record(PlanText.read(Files.readString(shop.directory.path().resolve(file))));
                for (int row = 0; row < 5; row++) {
                    shop.child(row, child -> child.state(ChildStateCode.STARTING));
                }
                shop.killRoot();
                return "ok\n";
            } catch (IOException | PlanFormatException e) {
                return "error 2 " + e.getMessage() + "\n";
            }
        })) {
            Result result = harness.run("scale", "web", "4");
            assertEquals(1, result.exitCode());
            assertTrue(
                    result.err()
                            .contains("The new plan holds, but not ready yet: web.3, web.4. The root is not running"),
                    result.err());
            assertEquals(1, root.requests().size());
        }
    }

    @Test
    void shouldNotSlipInWhatElseHasChangedInTheManifest() throws Exception {
        declared = 3;
        try (FakeRoot root = rootThatTakesPlans()) {
            Result result = harness.run("scale", "web", "4");
            assertEquals(1, result.exitCode());
            assertEquals(
                    "  web.3: added\n  3 others unchanged\n"
                            + "coppice: Did not scale web: /shop.yaml has changed since it was loaded, and that would be done"
                            + " as well.\n  `coppice reload` first.\n",
                    result.err());
            assertEquals(List.of(), root.requests());
        }
    }

    @Test
    void shouldSayWhatToWriteWhereThereIsNothingToScale() {
        Result plain = harness.run("scale", "db", "2");
        assertEquals(2, plain.exitCode());
        assertEquals(
                "coppice: db has no replicas, so there is nothing to scale.\n  Write `replicas: 2` below `db:` in /shop.yaml"
                        + " and `coppice reload`; db.1 and so on then take its place, each with a segment of its own.\n",
                plain.err());
        Result one = harness.run("scale", "web.2", "5");
        assertEquals(2, one.exitCode());
        assertTrue(one.err().contains("one of the replicas of web.\n  Scale that: `coppice scale web 5`."), one.err());
        assertEquals(3, harness.run("scale", "wbe", "2").exitCode());
        assertEquals(2, harness.run("scale", "web", "513").exitCode());
        assertEquals(2, harness.run("scale", "web", "-1").exitCode());
    }

    @Test
    void shouldKeepTheNumberOverAReloadUntilTheManifestSaysAnother() throws Exception {
        record(plan(2, 4));
        try (FakeRoot root = rootThatTakesPlans()) {
            assertEquals(
                    "5 daemons unchanged\nweb: 4 replicas by `coppice scale`; the manifest says 2\n",
                    harness.run("reload").out());
            declared = 3;
            assertEquals(
                    "web.4: removed\n4 others unchanged\nweb: 3 replicas by the manifest, no longer by `coppice scale`\n",
                    harness.run("reload").out());
            assertEquals(new ReplicaSet("web", 3, 3), recorded());
            assertEquals(2, root.requests().size());
        }
    }

    /** In a dry run as the root does it: what that has to say no to is nothing that would be done. */
    @Test
    void shouldRefuseInADryRunWhatARootRefuses() {
        record(plan(2, 2));
        harness.compiler = new PlanCompiler() {
            @Override
            public Compilation compile(
                    Path manifest,
                    Optional<String> instance,
                    Map<String, String> environment,
                    Optional<Path> javaHome,
                    List<ReplicaSet> scaled) {
                Plan plan = plan(2, 2);
                Plan elsewhere = new Plan(
                        plan.instance(),
                        plan.manifest(),
                        plan.directory(),
                        manifest.endsWith("moved.yaml") ? "/elsewhere" : plan.segmentDirectory(),
                        plan.notice(),
                        plan.groups(),
                        plan.replicaSets(),
                        plan.children());
                return new Compilation.Compiled(PlanText.write(elsewhere), List::of, List.of());
            }

            @Override
            public void requireReservable(Plan plan, Map<String, String> environment) throws IOException {
                if (plan.segmentDirectory().equals(plan.directory())) {
                    throw new IOException("/ids cannot be written");
                }
            }
        };
        Result moved = harness.run("reload", "--dry-run", "-f", "/moved.yaml");
        assertEquals(2, moved.exitCode());
        assertEquals(
                "coppice: Nothing was changed: the directory of the segments is " + shop.directory.path()
                        + " and would be /elsewhere; that cannot change while something runs: end the root and start it"
                        + " again\n",
                moved.err());
        assertEquals("", moved.out());

        Result unwritten = harness.run("reload", "--dry-run", "-f", "/shop.yaml");
        assertEquals(1, unwritten.exitCode());
        assertEquals(
                "coppice: Nothing was changed: cannot give users to workers: /ids cannot be written\n",
                unwritten.err());
    }

    @Test
    void shouldNotTakeTheManifestOfAnotherInstance() throws Exception {
        Path other = Files.writeString(directory.resolve("other.yaml"), "instance: other\n");
        try (FakeRoot root = rootThatTakesPlans()) {
            for (String dryRun : List.of("--dry-run", "--timeout=90s")) {
                Result refused = harness.run("reload", "--instance", "shop", "-f", other.toString(), dryRun);
                assertEquals(2, refused.exitCode());
                assertEquals(
                        "coppice: Nothing was changed: " + other
                                + " is the manifest of the instance other, and this is shop.\n"
                                + "  `coppice reload --instance other` is for that one; without the key `instance` a"
                                + " manifest is for any.\n",
                        refused.err());
            }
            assertEquals(List.of(), root.requests());

            Path unnamed = Files.writeString(directory.resolve("unnamed.yaml"), "daemons: {}\n");
            Result taken = harness.run("reload", "--instance", "shop", "-f", unnamed.toString());
            assertEquals("", taken.err());
            assertEquals(0, taken.exitCode());
        }
    }

    @Test
    void shouldGoOnWithTheNumberAfterARootThatDiedAndBeginByTheManifestElse() throws Exception {
        record(plan(2, 4));
        assertEquals("5 children\n", harness.run("check", "/shop.yaml").out(), "while it runs");
        shop.killRoot();
        assertEquals(
                PlanText.write(plan(2, 4)),
                harness.run("run", "-f", "/shop.yaml").out());
        assertEquals(
                PlanText.write(plan(2, 2)),
                harness.run("run", "-f", "/shop.yaml", "--fresh").out());
        Files.writeString(harness.proc.directory().resolve("sys/kernel/random/boot_id"), "another\n");
        assertEquals(
                PlanText.write(plan(2, 2)),
                harness.run("run", "-f", "/shop.yaml").out(),
                "after a boot");
        Files.writeString(harness.proc.directory().resolve("sys/kernel/random/boot_id"), FakeProc.BOOT_ID + "\n");
        assertEquals(
                PlanText.write(plan(2, 4)),
                harness.run("run", "-f", "/shop.yaml").out());
        shop.root().phase(RootPhase.DONE);
        shop.root().commit();
        assertEquals(
                PlanText.write(plan(2, 2)),
                harness.run("run", "-f", "/shop.yaml").out(),
                "it ended in order");
    }
}
