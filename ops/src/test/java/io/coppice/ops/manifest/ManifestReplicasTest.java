package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.ProbeCheck;
import io.coppice.supervisor.plan.ReplicaSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code replicas}: one daemon of a manifest, several children. */
class ManifestReplicasTest {
    private static final String WEB = "  web: {main: com.example.Ingest, classpath: [lib/shop.jar], replicas: %s}\n";

    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
    }

    private static String manifest(String... daemons) {
        return "daemons:\n" + String.join("", daemons);
    }

    private static List<String> names(Plan plan) {
        return plan.children().stream().map(ChildPlan::name).toList();
    }

    private static ChildPlan child(Plan plan, String name) {
        return plan.children().stream()
                .filter(child -> child.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> valuesOf(ChildPlan child, String option) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i + 1 < child.argv().size(); i++) {
            if (child.argv().get(i).equals(option)) {
                values.add(child.argv().get(i + 1));
            }
        }
        return values;
    }

    private static List<String> peers(ChildPlan child) {
        return valuesOf(child, "--peer").stream()
                .map(peer -> peer.substring(0, peer.indexOf('=')))
                .toList();
    }

    @Test
    void shouldMakeAChildOfEachReplicaWithItsOwnNameSegmentAndNumber() {
        Plan plan = shop.compiled(manifest(WEB.formatted(3), "  job: {command: [sleep, \"1\"], replicas: 1}\n"))
                .plan();
        assertEquals(List.of("web.1", "web.2", "web.3", "job.1"), names(plan));
        assertEquals(List.of(new ReplicaSet("web", 3, 3), new ReplicaSet("job", 1, 1)), plan.replicaSets());
        ChildPlan second = child(plan, "web.2");
        assertEquals(List.of("web.2"), valuesOf(second, "--name"));
        assertTrue(
                valuesOf(second, "--segment").get(0).endsWith("/shop/web.2.seg"),
                second.argv().toString());
        assertTrue(
                valuesOf(second, "--lock").get(0).endsWith("/shop/web.2.lock"),
                second.argv().toString());
        assertTrue(
                second.argv().stream().anyMatch(word -> word.endsWith("/web.2.own/hs_err_%p.log")),
                second.argv().toString());
        assertEquals("2", second.environment().get("COPPICE_REPLICA"));
        assertEquals("1", child(plan, "job.1").environment().get("COPPICE_REPLICA"));
        assertEquals(List.of("web.1", "web.3"), peers(second));
    }

    @Test
    void shouldStartAllReplicasInTheSameWay() {
        Plan plan = shop.compiled(manifest(WEB.formatted(3))).plan();
        Plan more = shop.compiled(manifest(WEB.formatted(4))).plan();
        assertEquals(
                child(plan, "web.1").launch(), child(plan, "web.3").launch(), "so that another number restarts none");
        assertEquals(child(plan, "web.1").launch(), child(more, "web.1").launch());
    }

    @Test
    void shouldKeepThePlainNameWithoutTheKey() {
        Plan plan =
                shop.compiled(manifest("  web: {command: [sleep, \"1\"]}\n")).plan();
        assertEquals(List.of("web"), names(plan));
        assertEquals(List.of(), plan.replicaSets());
        assertFalse(child(plan, "web").environment().containsKey("COPPICE_REPLICA"));
    }

    @Test
    void shouldTakeANameForAllItsReplicas() {
        Plan plan = shop.compiled("groups:\n  edge: {members: [web]}\n"
                        + manifest(
                                WEB.formatted(2),
                                "  rates: {main: com.example.Rates, classpath: [lib/shop.jar], reads: [web],"
                                        + " depends_on: {web: {condition: started, restart: true}}}\n",
                                "  job: {command: [sleep, \"1\"], depends_on: [web]}\n"))
                .plan();
        assertEquals(
                List.of(
                        new Dependency("web.1", Dependency.Condition.STARTED, true),
                        new Dependency("web.2", Dependency.Condition.STARTED, true)),
                child(plan, "rates").dependsOn());
        assertEquals(List.of("web.1", "web.2"), peers(child(plan, "rates")));
        assertEquals(List.of("web.2", "rates"), peers(child(plan, "web.1")));
        assertEquals(2, child(plan, "job").dependsOn().size());
        assertEquals("edge", child(plan, "web.2").membership().group());
    }

    @Test
    void shouldReadSiblingsAlsoByName() {
        Plan plan = shop.compiled(manifest("  web: {main: com.example.Ingest, classpath: [lib/shop.jar], replicas: 2,"
                        + " reads: [web]}\n"))
                .plan();
        assertEquals(List.of("web.1"), peers(child(plan, "web.2")));
    }

    @Test
    void shouldTakeNoReplicaAtAllForNothingToWaitFor() {
        Plan plan = shop.compiled(manifest(WEB.formatted(0), "  job: {command: [sleep, \"1\"], depends_on: [web]}\n"))
                .plan();
        assertEquals(List.of("job"), names(plan));
        assertEquals(List.of(new ReplicaSet("web", 0, 0)), plan.replicaSets());
        assertEquals(List.of(), child(plan, "job").dependsOn());
    }

    @Test
    void shouldCheckADaemonOfWhichThereAreNoReplicas() {
        shop.assertErrors(
                manifest("  web: {main: com.example.Missing, classpath: [lib/shop.jar], replicas: 0}\n"),
                shop.errors(manifest("  web: {main: com.example.Missing, classpath: [lib/shop.jar]}\n"))
                        .get(0)
                        .substring("shop.yaml:".length()));
    }

    @Test
    void shouldTellWhatIsWrongOnceAndNotForEachReplica() {
        assertEquals(
                1,
                shop.errors(manifest("  web: {main: com.example.Missing, classpath: [lib/shop.jar], replicas: 3}\n"))
                        .size());
    }

    @Test
    void shouldBoundNumbersAndNames() {
        shop.assertErrors(
                manifest("  web: {command: [sleep, \"1\"], replicas: 513}\n"),
                "2:42: daemons.web.replicas: `513`, expected a number from 0 to 512");
        shop.assertErrors(
                manifest(
                        "  web: {command: [sleep, \"1\"], replicas: 300}\n",
                        "  api: {command: [sleep, \"1\"], replicas: 300}\n"),
                "3:42: daemons.api.replicas: with 300 of it there are more than 512 daemons, replicas counted, expected"
                        + " fewer replicas");
        shop.assertErrors(
                manifest("  web: {command: [sleep, \"1\"], replicas: 512}\n", "  api: {command: [sleep, \"1\"]}\n"),
                "3:3: daemons.api: there are 513 daemons, replicas counted, expected at most 512");
        shop.assertErrors(
                manifest("  abcdefghijklmnopqrstuvwxyz012: {command: [sleep, \"1\"], replicas: 2}\n"),
                "2:3: daemons.abcdefghijklmnopqrstuvwxyz012: a name of 29 characters with `replicas`, expected at most 28,"
                        + " as each replica has its number behind it");
        shop.assertErrors(
                "defaults: {replicas: 2}\n" + manifest("  web: {command: [sleep, \"1\"]}\n"),
                "1:12: defaults.replicas: `replicas` in `defaults`, expected it below a daemon");
    }

    @Test
    void shouldTellThatANameMeansAllItsReplicas() {
        String error = shop.error(manifest(
                WEB.formatted(2), "  rates: {main: com.example.Rates, classpath: [lib/shop.jar], reads: [web.1]}\n"));
        assertTrue(
                error.endsWith("no daemon is called `web.1`, expected the name of a daemon with `main`; `web` means all"
                        + " its replicas"),
                error);
    }

    @Test
    void shouldHaveAsManyAsAnOperatorWantsWhileTheManifestDeclaresTheSame() {
        shop.scaled = List.of(new ReplicaSet("web", 3, 5), new ReplicaSet("gone", 1, 4));
        Plan scaled = shop.compiled(manifest(WEB.formatted(3))).plan();
        assertEquals(List.of(new ReplicaSet("web", 3, 5)), scaled.replicaSets());
        assertEquals(5, scaled.children().size());
        Plan changed = shop.compiled(manifest(WEB.formatted(2))).plan();
        assertEquals(List.of(new ReplicaSet("web", 2, 2)), changed.replicaSets());
        assertEquals(
                List.of("web"),
                names(shop.compiled(manifest("  web: {command: [sleep, \"1\"]}\n"))
                        .plan()));
    }

    @Test
    void shouldReportASetAsOne() {
        shop.scaled = List.of(new ReplicaSet("web", 3, 5));
        ManifestResult.Compiled compiled = shop.compiled(manifest(
                WEB.formatted(3),
                "  job: {command: [sleep, \"1\"], depends_on: [web]}\n",
                "  idle: {command: [sleep, \"1\"], replicas: 0}\n"));
        String report = CheckReport.of(Path.of("shop.yaml"), compiled);
        assertTrue(report.contains("  web.1-5  main com.example.Ingest\n"), report);
        assertTrue(report.contains(" 5 replicas by `coppice scale` (the manifest says 3), state 1MiB"), report);
        assertTrue(report.contains(", after web.1-5 ready\n"), report);
        assertTrue(report.contains("  idle  no replicas\n"), report);
        String daemons = report.substring(0, report.indexOf("memory"));
        assertFalse(daemons.contains("  web.2 "), daemons);
        assertEquals(6, compiled.budget().rows().size(), "the root and each replica");
    }

    /** In all that starts, asks and stops a process; one without it is not read once more. */
    @Test
    void shouldGiveEachReplicaItsOwnNumberWhereItIsAskedFor() {
        ManifestResult.Compiled compiled = shop.compiled("""
                x-web: &web
                  environment: {PORT: "$((8000 + COPPICE_REPLICA))", PRICE: $$5, TO: "${COPPICE_REPLICA}"}
                daemons:
                  web:
                    <<: *web
                    command: [sleep, "$((100 + 10 * COPPICE_REPLICA))", 'web-${COPPICE_REPLICA}']
                    replicas: 3
                    readiness_probe: {http: {port: $((8000 + COPPICE_REPLICA)), path: '/${COPPICE_REPLICA}'}}
                    liveness_probe: {tcp: {port: $((9000 + COPPICE_REPLICA))}}
                    shutdown: {command: 'echo ${COPPICE_REPLICA} $COPPICE_REPLICA'}
                  one: {command: 'echo $((1 + COPPICE_REPLICA))', replicas: 1}
                """);
        assertEquals(List.of(), compiled.warnings());
        for (int number = 1; number <= 3; number++) {
            ChildPlan web = child(compiled.plan(), "web." + number);
            assertEquals(
                    List.of("" + (100 + 10 * number), "web-" + number),
                    web.argv().subList(1, 3));
            assertEquals("" + (8000 + number), web.environment().get("PORT"));
            assertEquals("$5", web.environment().get("PRICE"));
            assertEquals("" + number, web.environment().get("COPPICE_REPLICA"));
            assertEquals(
                    new ProbeCheck.Http(false, "127.0.0.1", 8000 + number, "/" + number, List.of()),
                    web.probes().readiness().check());
            assertEquals(
                    new ProbeCheck.Tcp("127.0.0.1", 9000 + number),
                    web.probes().liveness().check());
            assertEquals(
                    "echo " + number + " $COPPICE_REPLICA",
                    web.shutdown().command().get(2));
        }
        assertEquals("echo 2", child(compiled.plan(), "one.1").argv().get(2));
    }

    @Test
    void shouldGiveEachReplicaOfADaemonAndOfAProgramUnderTheAgentItsOwnNumber() {
        Plan plan = shop.compiled(manifest(
                        "  web: {main: com.example.Ingest, classpath: [lib/shop.jar], replicas: 2,"
                                + " args: [--port, $((8080 + COPPICE_REPLICA))], umask: 077}\n",
                        "  old: {command: [java, -jar, 'x.jar', '--port=$((7000 + COPPICE_REPLICA))'], replicas: 2,"
                                + " agent: {tcp: {port: $((7000 + COPPICE_REPLICA))}}}\n"))
                .plan();
        for (int number = 1; number <= 2; number++) {
            ChildPlan web = child(plan, "web." + number);
            assertEquals(List.of("" + (8080 + number)), valuesOf(web, "--port"));
            assertEquals(List.of("web." + number), valuesOf(web, "--name"));
            ChildPlan old = child(plan, "old." + number);
            assertTrue(old.argv().contains("--port=700" + number), old.argv().toString());
            assertTrue(
                    old.argv().get(1).contains("tcp=127.0.0.1:700" + number),
                    old.argv().toString());
        }
    }

    @Test
    void shouldRefuseTheNumberWhereThereIsNoneOrWhereAllMustBeAlike() {
        assertEquals(
                List.of(
                        "shop.yaml:2:62: daemons.web.readiness_probe.tcp.port: `$((80 + COPPICE_REPLICA))` where there"
                                + " are no replicas, expected it below a daemon with `replicas` of its own, or `$$((` for that text"),
                shop.errors(
                        manifest(
                                "  web: {command: [sleep, '1'], readiness_probe: {tcp: {port: $((80 + COPPICE_REPLICA))}}}\n")));
        assertEquals(
                List.of(
                        "shop.yaml:2:49: daemons.web.environment.A: `COPPICE_REPLICA` is not set, expected it below a daemon"
                                + " with `replicas`"),
                shop.errors(manifest("  web: {command: [sleep, '1'], environment: {A: '${COPPICE_REPLICA}'}}\n")));
        assertEquals(
                List.of("shop.yaml:2:62: daemons.web.environment.A: `$((COPPICE_REPLICA - 1))`, expected a sum such as"
                        + " `$((8080 + COPPICE_REPLICA))`, below a daemon with `replicas`, or `$$((` for that text"),
                shop.errors(manifest(
                        "  web: {command: [sleep, '1'], replicas: 2, environment: {A: $((COPPICE_REPLICA - 1))}}\n")));
        List<String> alike = shop.errors(
                manifest("  web: {command: [sleep, '1'], replicas: 2, max_restarts: '${COPPICE_REPLICA}'}\n"));
        assertEquals(1, alike.size(), alike.toString());
        assertTrue(
                alike.get(0)
                        .startsWith(
                                "shop.yaml:2:59: daemons.web.max_restarts: `COPPICE_REPLICA` in a key that holds for all"
                                        + " replicas, expected it only in what starts, asks or stops a process: agent, args,"),
                alike.get(0));
        List<String> far = shop.errors(manifest("  web: {command: [sleep, '1'], replicas: 2, readiness_probe:"
                + " {tcp: {port: $((65534 + COPPICE_REPLICA))}}}\n"));
        assertEquals(1, far.size(), far.toString());
        assertTrue(far.get(0).contains("`65536`, expected a number from 1 to 65535"), far.get(0));
    }

    /** Nobody works it out: a program would be given the text. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "command: [sleep, $((COPPICE_REPLICA * 10 + 5))] | command[1] | $((COPPICE_REPLICA * 10 + 5))",
                "command: [sleep, $((5 + 2 * 3 * COPPICE_REPLICA))] | command[1] | $((5 + 2 * 3 * COPPICE_REPLICA))",
                "command: [sleep, $((5 + COPPICE_REPLCA))] | command[1] | $((5 + COPPICE_REPLCA))",
                "command: [sleep, $((5 + REPLICA))] | command[1] | $((5 + REPLICA))",
                "command: [sleep, '--for=$((5 - coppice_replica))s'] | command[1] | $((5 - coppice_replica))",
                "command: [sleep, 1], environment: {A: $((8000 + COPPICE_REPLCA))} | environment.A | $((8000 + COPPICE_REPLCA))",
                "command: [sleep, 1], environment: {A: $(((8000) + COPPICE_REPLICA))} | environment.A | $(((8000) + COPPICE_REPLICA))",
                "command: [sleep, 1], environment: {A: $((1 + 2))} | environment.A | $((1 + 2))",
                "command: [sleep, 1], environment: {A: $((1 + } | environment.A | $((1 +",
                "command: [sleep, 1], env_file: ./$((2 * COPPICE_REPLICA)).env | env_file | $((2 * COPPICE_REPLICA))",
                "command: [sleep, 1], working_dir: ./$((2 * COPPICE_REPLICA)) | working_dir | $((2 * COPPICE_REPLICA))",
                "command: [sleep, 1], shutdown: {command: [kill, $((9 * COPPICE_REPLICA))]} | shutdown.command[1] | $((9 * COPPICE_REPLICA))",
                "command: [sleep, 1], readiness_probe: {exec: [test, $((9 * COPPICE_REPLICA))]} | readiness_probe.exec[1] | $((9 * COPPICE_REPLICA))",
                "command: [sleep, 1], readiness_probe: {tcp: {port: $((80 + COPPICE_REPLCA))}} | readiness_probe.tcp.port | $((80 + COPPICE_REPLCA))",
                "command: [sleep, 1], liveness_probe: {http: {port: $((80 + COPPICE_REPLICA)), path: /$((REPLICA))}} | liveness_probe.http.path | $((REPLICA))",
                "command: [java, -jar, a.jar], agent: {tcp: {port: $((2 * COPPICE_REPLICA))}} | agent.tcp.port | $((2 * COPPICE_REPLICA))",
                "main: com.example.Ingest, classpath: [lib/shop.jar], args: [$((COPPICE_REPLICA))] | args[0] | $((COPPICE_REPLICA))",
                "main: com.example.Ingest, classpath: [lib/shop.jar], jvm: {options: [-Da=$((1 + COPPICE_REPLCA))]} | jvm.options[0] | $((1 + COPPICE_REPLCA))"
            })
    void shouldRefuseASumThatNobodyWorksOut(String keys, String path, String sum) {
        for (String replicas : List.of(", replicas: 2", "")) {
            String line = "  web: {" + keys + replicas + "}";
            List<String> errors = shop.errors(manifest(line + "\n"));
            // What cannot be read is told again by its key at most, and without `replicas` so is each sum that is
            // right.
            String expected = " daemons.web." + path + ": `" + sum + "`, expected a sum such as"
                    + " `$((8080 + COPPICE_REPLICA))`, below a daemon with `replicas`, or `$$((` for that text";
            assertTrue(
                    errors.stream().anyMatch(error -> error.startsWith("shop.yaml:2:") && error.endsWith(expected)),
                    line + ": " + errors);
        }
    }

    /** It has the number in its environment, and a program may mean something else by these signs. */
    @Test
    void shouldLeaveASumToTheShellThatWorksItOutAndToAProgramWhoseItIs() {
        Plan plan = shop.compiled(manifest(
                        "  a: {command: 'sleep $((COPPICE_REPLICA * 2))', replicas: 2,"
                                + " readiness_probe: {exec: 'test $((COPPICE_REPLICA * 3))'}}\n",
                        "  b: {command: [sh, -ec, 'sleep $((COPPICE_REPLICA * 2))'], replicas: 2}\n",
                        "  c: {command: [echo, '$$((COPPICE_REPLICA * 2))', '{ print $((NF - 1)) }'], replicas: 2}\n"))
                .plan();
        assertEquals("sleep $((COPPICE_REPLICA * 2))", child(plan, "a.1").argv().get(2));
        assertEquals("sleep $((COPPICE_REPLICA * 2))", child(plan, "b.2").argv().get(2));
        assertEquals(
                List.of("$((COPPICE_REPLICA * 2))", "{ print $((NF - 1)) }"),
                child(plan, "c.1").argv().subList(1, 3));
    }
}
