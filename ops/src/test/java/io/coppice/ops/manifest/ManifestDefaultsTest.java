package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.LogTarget;
import io.coppice.supervisor.plan.Poison;
import io.coppice.supervisor.plan.RestartPolicy;
import io.coppice.supervisor.plan.Shutdown;
import io.coppice.supervisor.plan.StartTimeouts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The defaults that are documented, and what each key says instead. */
class ManifestDefaultsTest {
    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
    }

    @Test
    void shouldGiveADaemonEveryDocumentedDefault() {
        ChildPlan child = shop.child(Workshop.daemonWith());
        assertEquals(ChildPlan.Kind.DAEMON, child.kind());
        assertEquals(1L << 20, child.stateBytes());
        assertEquals(5_000, child.heartbeatTimeoutMs());
        assertEquals(new StartTimeouts(60_000, 60_000, 300_000), child.startTimeouts());
        assertEquals(RestartPolicy.ON_FAILURE, child.restart());
        assertEquals(5, child.maxRestarts());
        assertEquals(60_000, child.periodMs());
        assertEquals(new Backoff(10, 2, 10_000, 60_000, 0), child.backoff());
        assertEquals(Shutdown.bySignal("TERM", 10_000), child.shutdown());
        assertEquals(LogTarget.AUTO, child.log());
        assertEquals(List.of(), child.dependsOn());
        assertEquals(shop.folder.toString(), child.workingDirectory());
        assertTrue(child.argv().contains("-Xmx67108864"), child.argv().toString());
        assertEquals("--", child.argv().get(child.argv().size() - 1));
    }

    @Test
    void shouldGiveACommandTheSameRulesWithoutASegment() {
        ChildPlan child = shop.child(Workshop.commandWith());
        assertEquals(ChildPlan.Kind.COMMAND, child.kind());
        assertEquals(List.of("sleep", "60"), child.argv());
        assertEquals(0, child.stateBytes());
        assertEquals(0, child.heartbeatTimeoutMs());
        assertEquals(RestartPolicy.ON_FAILURE, child.restart());
        assertEquals(5, child.maxRestarts());
        assertEquals(new Backoff(10, 2, 10_000, 60_000, 0), child.backoff());
        assertEquals(Shutdown.bySignal("TERM", 10_000), child.shutdown());
    }

    @Test
    void shouldTakeEveryKey() {
        ManifestResult.Compiled compiled = shop.compiled("""
                # yaml-language-server: $schema=manifest.schema.json
                instance: market
                x-notes: [anything, {goes: here}]
                defaults: {restart: always, log: file, heartbeat: {timeout: 7s}, environment: {A: shared, B: shared}}
                daemons:
                  it:
                    main: com.example.Ingest
                    classpath: [lib/*.jar]
                    jvm: {heap: 128MiB, options: ["-XX:+UseParallelGC", -Dx=y]}
                    state: 2M
                    heartbeat: {timeout: 2s}
                    start: {timeout: 90s}
                    recover: {timeout: 20s}
                    migrate: {timeout: 1h}
                    standby: 0
                    resume: resume
                    checkpoints: 0
                    reads: [rates]
                    restart: on-failure
                    max_restarts: unlimited
                    period: 2m
                    backoff: {initial: 20ms, factor: 1.5, max: 1h, reset_after: 30s}
                    depends_on: {rates: {condition: ready}, web: {condition: started}}
                    shutdown: {signal: INT, timeout: 0s}
                    args: [--topic, orders, 5, true, ""]
                    environment: {LANG: C.UTF-8, B: own, N: 1.50}
                    working_dir: lib
                    log: journal
                    x-owner: ada
                  rates:
                    main: com.example.Rates
                    classpath: [lib/shop.jar]
                  web:
                    command: exec sleep 60
                    depends_on: [rates]
                """);
        List<ChildPlan> children = compiled.plan().children();
        assertEquals(
                List.of("rates", "web", "it"),
                children.stream().map(ChildPlan::name).toList());
        ChildPlan it = children.get(2);
        assertEquals(2L << 20, it.stateBytes());
        assertEquals(2_000, it.heartbeatTimeoutMs());
        assertEquals(new StartTimeouts(90_000, 20_000, 3_600_000), it.startTimeouts());
        assertEquals(RestartPolicy.ON_FAILURE, it.restart());
        assertEquals(ChildPlan.UNLIMITED_RESTARTS, it.maxRestarts());
        assertEquals(120_000, it.periodMs());
        assertEquals(new Backoff(20, 1.5, 3_600_000, 30_000, 0), it.backoff());
        assertEquals(Shutdown.bySignal("INT", 0), it.shutdown());
        assertEquals(
                List.of(
                        new Dependency("rates", Dependency.Condition.READY),
                        new Dependency("web", Dependency.Condition.STARTED)),
                it.dependsOn());
        assertEquals(shop.folder.resolve("lib").toString(), it.workingDirectory());
        assertEquals(LogTarget.JOURNAL, it.log());
        assertEquals("shared", it.environment().get("A"));
        assertEquals("own", it.environment().get("B"));
        assertEquals("1.50", it.environment().get("N"));
        List<String> args =
                it.argv().subList(it.argv().lastIndexOf("--") + 1, it.argv().size());
        assertEquals(List.of("--topic", "orders", "5", "true", ""), args);
        assertTrue(it.argv().contains("-XX:+UseParallelGC") && !it.argv().contains("-XX:+UseSerialGC"));

        ChildPlan rates = children.get(0);
        assertEquals(RestartPolicy.ALWAYS, rates.restart());
        assertEquals(LogTarget.FILE, rates.log());
        assertEquals(7_000, rates.heartbeatTimeoutMs());
        ChildPlan web = children.get(1);
        assertEquals(List.of("/bin/sh", "-c", "exec sleep 60"), web.argv());
        assertEquals(RestartPolicy.ALWAYS, web.restart());
        assertEquals(List.of(new Dependency("rates", Dependency.Condition.READY)), web.dependsOn());
        assertEquals("market", compiled.plan().instance());
        assertEquals(shop.base.resolve("market").toString(), compiled.plan().directory());
    }

    @ParameterizedTest
    @ValueSource(strings = {"started", "ready", "completed"})
    void shouldTakeEachConditionInTheMapForm(String condition) {
        String yaml = Workshop.daemonWith("depends_on: {other: {condition: " + condition + "}}")
                + "  other:\n    command: [sleep, 1]\n";
        assertEquals(condition, shop.child(yaml).dependsOn().get(0).condition().text());
    }

    @Test
    void shouldWaitForReadyInTheListForm() {
        String yaml = Workshop.daemonWith("depends_on: [other]") + "  other:\n    command: [sleep, 1]\n";
        assertEquals(
                Dependency.Condition.READY, shop.child(yaml).dependsOn().get(0).condition());
    }

    @ParameterizedTest
    @CsvSource({
        "64KiB, 65536",
        "64K, 65536",
        "1MiB, 1048576",
        "1M, 1048576",
        "1GiB, 1073741824",
        "1G, 1073741824",
        "100000B, 102400",
        "2047MiB, 2146435072"
    })
    void shouldTakeSizesAndRoundStateUpToPages(String size, long bytes) {
        assertEquals(bytes, shop.child(Workshop.daemonWith("state: " + size)).stateBytes());
    }

    @ParameterizedTest
    @CsvSource({"100ms, 100", "3s, 3000", "2m, 120000", "1h, 3600000"})
    void shouldTakeDurations(String duration, long ms) {
        assertEquals(
                ms,
                shop.child(Workshop.daemonWith("heartbeat: {timeout: " + duration + "}"))
                        .heartbeatTimeoutMs());
    }

    @ParameterizedTest
    @CsvSource({"on-failure, ON_FAILURE", "always, ALWAYS", "never, NEVER"})
    void shouldTakeEachRestartPolicy(String word, RestartPolicy policy) {
        assertEquals(
                policy, shop.child(Workshop.commandWith("restart: " + word)).restart());
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "7, 7", "unlimited, -1"})
    void shouldTakeCountsOfRestarts(String text, int count) {
        assertEquals(
                count, shop.child(Workshop.commandWith("max_restarts: " + text)).maxRestarts());
    }

    @Test
    void shouldReadThePoisonRuleWithItsDefaults() {
        Poison.Fallback checkpoint = Poison.Fallback.CHECKPOINT;
        Poison.Fallback empty = Poison.Fallback.EMPTY;
        assertEquals(new Poison(5, List.of()), shop.child(Workshop.daemonWith()).poison());
        assertEquals(
                Poison.NONE, shop.child(Workshop.daemonWith("poison: none")).poison());
        assertEquals(
                new Poison(3, List.of(checkpoint, empty)),
                shop.child(Workshop.daemonWith("checkpoints: 2", "poison: {crashes: 3, then: [checkpoint, empty]}"))
                        .poison());
        String some = "defaults: {poison: {crashes: 2, then: [empty]}}\n";
        assertEquals(
                new Poison(4, List.of(empty)),
                shop.child(some + Workshop.daemonWith("poison: {crashes: 4}")).poison());
        assertEquals(
                Poison.NONE,
                shop.child(some + Workshop.daemonWith("poison: none")).poison());
        assertEquals(Poison.NONE, shop.child(some + Workshop.commandWith()).poison());
    }

    @Test
    void shouldMergeBackoffPartByPart() {
        assertEquals(
                Backoff.NONE, shop.child(Workshop.commandWith("backoff: none")).backoff());
        assertEquals(
                new Backoff(10, 2, 10_000, 1_000, 0),
                shop.child(Workshop.commandWith("backoff: {reset_after: 1s}")).backoff());
        String none = "defaults: {backoff: none}\n";
        assertEquals(Backoff.NONE, shop.child(none + Workshop.commandWith()).backoff());
        assertEquals(
                new Backoff(10, 3, 10_000, 60_000, 0),
                shop.child(none + Workshop.commandWith("backoff: {factor: 3}")).backoff());
        String some = "defaults: {backoff: {initial: 1s, max: 5s}}\n";
        assertEquals(
                new Backoff(1_000, 3, 5_000, 60_000, 0),
                shop.child(some + Workshop.commandWith("backoff: {factor: 3}")).backoff());
        assertEquals(
                Backoff.NONE,
                shop.child(some + Workshop.commandWith("backoff: none")).backoff());
    }

    @Test
    void shouldLeaveWhatOnlyWorkersHaveOutOfCommandsWhenItComesFromDefaults() {
        String yaml = "defaults: {state: 8MiB, heartbeat: {timeout: 9s}, classpath: [lib/shop.jar]}\n"
                + Workshop.commandWith();
        assertEquals(0, shop.child(yaml).stateBytes());
        String daemon =
                "defaults: {state: 8MiB, classpath: [lib/shop.jar]}\ndaemons:\n  it: {main: com.example.Rates}\n";
        assertEquals(8L << 20, shop.child(daemon).stateBytes());
    }

    @Test
    void shouldUnderstandSignalsWithTheirPrefix() {
        assertEquals(
                "QUIT",
                shop.child(Workshop.commandWith("shutdown: {signal: SIGQUIT}"))
                        .shutdown()
                        .signal());
    }

    @Test
    void shouldKeepYaml12Words() {
        ChildPlan child = shop.child(Workshop.commandWith("environment: {A: no, B: on, C: 0o17, D: ~x}"));
        assertEquals("no", child.environment().get("A"));
        assertEquals("on", child.environment().get("B"));
        assertEquals("0o17", child.environment().get("C"));
    }

    @Test
    void shouldFollowAnchors() {
        String yaml = """
                x-environment: &env {A: b}
                daemons:
                  it: {command: [sleep, 1], environment: *env}
                  other: {command: [sleep, 1], environment: *env}
                """;
        assertEquals("b", shop.child(yaml).environment().get("A"));
    }

    @Test
    void shouldMergeWhatAMappingDoesNotSayItself() {
        String common = """
                x-common: &common {restart: always, environment: {A: b}}
                x-quiet: &quiet {restart: never, working_dir: /}
                daemons:
                  it:
                """;
        ChildPlan both =
                shop.child(common + "    <<: [*common, *quiet]\n    command: [sleep, 1]\n    environment: {C: d}\n");
        assertEquals(RestartPolicy.ALWAYS, both.restart(), "of two the first is taken");
        assertEquals("/", both.workingDirectory());
        assertEquals("d", both.environment().get("C"), "what is written wins");
        assertNull(both.environment().get("A"), "a mapping is merged at its first level only");

        ChildPlan last = shop.child(common + "    command: [sleep, 1]\n    restart: on-failure\n    <<: *common\n");
        assertEquals(RestartPolicy.ON_FAILURE, last.restart(), "wherever it stands");
        assertEquals("b", last.environment().get("A"));
    }

    @Test
    void shouldTakeAMergeKeyInQuotesForAKey() {
        String error = shop.error("daemons:\n  it:\n    \"<<\": {nice: 5}\n    command: [sleep, 1]\n");
        assertTrue(error.startsWith("shop.yaml:3:5: daemons.it.<<: unknown key"), error);
    }

    @Test
    void shouldRefuseASecondMergeKey() {
        String error = shop.error("daemons:\n  it:\n    <<: {}\n    <<: {}\n    command: [sleep, 1]\n");
        assertEquals("shop.yaml:4:5: a second `<<` in one mapping, expected one; name all in a list", error);
    }

    @Test
    void shouldExecuteAPathRelativeToTheManifest() throws IOException {
        Path script = java.nio.file.Files.writeString(shop.folder.resolve("serve"), "#!/bin/sh\n");
        assertTrue(script.toFile().setExecutable(true));
        String yaml = "daemons:\n  it: {command: [./serve, x], working_dir: /}\n";
        assertEquals(List.of(script.toString(), "x"), shop.child(yaml).argv());
    }

    @Test
    void shouldLetPeersBeAllUnlessReadsSaysWhich() {
        String rest = "  rates: {main: com.example.Rates, classpath: [lib/shop.jar]}\n  web: {command: [sleep, 1]}\n";
        assertTrue(peers(shop.child(Workshop.daemonWith() + rest))
                .equals(List.of("rates=" + shop.base.resolve("shop/rates.seg"))));
        assertEquals(List.of(), peers(shop.child(Workshop.daemonWith("reads: []") + rest)));
    }

    private static List<String> peers(ChildPlan child) {
        List<String> peers = new java.util.ArrayList<>();
        for (int i = 0; i < child.argv().size(); i++) {
            if (child.argv().get(i).equals("--peer")) {
                peers.add(child.argv().get(i + 1));
            }
        }
        return peers;
    }
}
