package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.Requests;
import io.coppice.state.SegmentSpec;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.LogTarget;
import io.coppice.supervisor.plan.Membership;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.ReplicaSet;
import io.coppice.supervisor.plan.RestartPolicy;
import io.coppice.supervisor.plan.Shutdown;
import io.coppice.supervisor.plan.StartPrefix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code transactions}: the slots of a daemon, each a child of its own. */
class ManifestTransactionsTest {
    private static final String ALL = "transactions: {slots: 2, state: 65537B, retries: 7, timeout: 90s, standby: 3,"
            + " queue: 5, input: 1000B, quarantine: 0, jvm: {heap: 32MiB, options: [-Da=b], archive: none}}";

    private Workshop shop;

    @BeforeEach
    void open(@TempDir Path temporary) throws IOException {
        shop = new Workshop(temporary);
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

    private Plan plan(String... lines) {
        return shop.compiled(Workshop.daemonWith(lines)).plan();
    }

    @Test
    void shouldHaveTheDefaultsOfWhatIsNotSaid() {
        Plan plan = plan("transactions: {slots: 3}");
        assertEquals(List.of("it", "it@1", "it@2", "it@3"), names(plan));
        ChildPlan slot = child(plan, "it@2");
        assertEquals(ChildPlan.Kind.TRANSACTION, slot.kind());
        assertEquals(1 << 20, slot.stateBytes());
        assertEquals(3, slot.maxRestarts());
        assertEquals(30_000, slot.timeoutMs());
        assertEquals(0, child(plan, "it@1").standbys());
        assertEquals(List.of("3,3,65536,8"), valuesOf(child(plan, "it"), "--transactions"));
        assertTrue(slot.argv().contains("-Xmx" + (64 << 20)), slot.argv().toString());
    }

    @Test
    void shouldTakeEachKey() {
        Plan plan = plan(ALL);
        ChildPlan slot = child(plan, "it@1");
        assertEquals(65536 + 4096, slot.stateBytes(), "whole pages");
        assertEquals(7, slot.maxRestarts());
        assertEquals(90_000, slot.timeoutMs());
        assertEquals(3, slot.standbys());
        assertEquals(0, child(plan, "it@2").standbys(), "those of the first are for all");
        assertEquals(List.of("2,5,1000,0"), valuesOf(child(plan, "it"), "--transactions"));
        assertTrue(slot.argv().containsAll(List.of("-Xmx33554432", "-Da=b", "-Xshare:auto")), "" + slot.argv());
        ChildPlan daemon = child(plan, "it");
        assertTrue(daemon.argv().contains("-Xmx67108864"), "its own heap is another");
        assertFalse(daemon.argv().contains("-Da=b"));
    }

    @Test
    void shouldStartSlotsAsTheDaemonIsStarted() {
        Plan plan = plan(
                "transactions: {slots: 1}",
                "environment: {A: b}",
                "working_dir: lib",
                "log: file",
                "nice: 5",
                "jvm: {heap: 24MiB, options: [-Dc=d]}",
                "start: {timeout: 7s}",
                "restart: always",
                "max_restarts: unlimited",
                "backoff: {initial: 3ms}",
                "standby: 1",
                "on_give_up: escalate",
                "success_exit_status: [9]",
                "shutdown: {signal: INT, timeout: 3s, command: [\"true\"]}");
        ChildPlan daemon = child(plan, "it");
        ChildPlan slot = child(plan, "it@1");
        assertEquals(daemon.environment(), slot.environment());
        assertEquals(daemon.workingDirectory(), slot.workingDirectory());
        assertEquals(LogTarget.FILE, slot.log());
        assertEquals(daemon.backoff(), slot.backoff());
        assertEquals(7_000, slot.startTimeouts().startMs());
        int prefix = StartPrefix.lengthIn(daemon.argv());
        assertTrue(prefix > 0);
        assertEquals(daemon.argv().subList(0, prefix), slot.argv().subList(0, prefix));
        assertTrue(slot.argv().containsAll(List.of("-Xmx" + (24 << 20), "-Dc=d")));
        // What a slot has of its own.
        assertEquals(RestartPolicy.ON_FAILURE, slot.restart());
        assertEquals(Membership.PLAIN, slot.membership());
        assertEquals(Shutdown.bySignal("INT", 3_000), slot.shutdown());
        assertEquals(List.of(new Dependency("it", Dependency.Condition.STARTED)), slot.dependsOn());
        assertEquals(0, slot.standbys());
    }

    @Test
    void shouldNameInBothCommandLinesWhereTheOthersAre() {
        Plan plan = plan("transactions: {slots: 2}");
        String directory = shop.base + "/shop";
        ChildPlan daemon = child(plan, "it");
        assertEquals(
                List.of("1=" + directory + "/it@1.seg", "2=" + directory + "/it@2.seg"), valuesOf(daemon, "--slot"));
        assertEquals(List.of(directory + "/root.seg"), valuesOf(daemon, "--root"));
        assertEquals(List.of(directory + "/logs"), valuesOf(daemon, "--logs"));
        List<String> argv = child(plan, "it@2").argv();
        assertEquals(
                List.of(
                        "-cp",
                        shop.workerLib + "/worker.jar:" + shop.folder + "/lib/shop.jar",
                        "io.coppice.worker.runtime.TransactionMain",
                        "--instance",
                        "shop",
                        "--daemon",
                        "it",
                        "--requests",
                        directory + "/it.seg",
                        "--segments",
                        directory + "/it@",
                        "--locks",
                        directory + "/it@",
                        "--root",
                        directory + "/root.seg",
                        "--main",
                        "com.example.Ingest",
                        "--size",
                        "1048576",
                        "--"),
                argv.subList(argv.indexOf("-cp"), argv.size()));
        assertTrue(argv.contains("-XX:ErrorFile=" + directory + "/it@transactions.own/hs_err_%p.log"), "" + argv);
    }

    @Test
    void shouldTellADaemonWithoutTransactionsNothingOfThem() {
        ChildPlan daemon = shop.child(Workshop.daemonWith());
        for (String option : List.of("--transactions", "--slot", "--root", "--logs")) {
            assertEquals(List.of(), valuesOf(daemon, option));
        }
        assertEquals(1 << 20, daemon.stateBytes());
    }

    @Test
    void shouldMakeTheDaemonsSegmentLargerByTheTable() {
        for (String state : List.of("64KiB", "100000B", "1MiB", "63MiB", "100MiB")) {
            for (String input : List.of("64B", "64KiB", "4MiB")) {
                ChildPlan with = child(plan("state: " + state, "transactions: {slots: 4, input: " + input + "}"), "it");
                int bytes = Objects.requireNonNull(Quantity.sizeBytes(input)).intValue();
                long stated = Objects.requireNonNull(Quantity.sizeBytes(state));
                long arena = SegmentSpec.arenaBytes(stated) + Requests.sizeBytes(4 + 4 + 8, bytes);
                long undo = SegmentSpec.undoBytes(stated) + Requests.undoBytes(256, bytes);
                long longest = 8 << 20;
                long size = with.stateBytes();
                String what = state + ", " + input + ": " + size;
                assertTrue(SegmentSpec.arenaBytes(size) >= arena, what);
                assertTrue(SegmentSpec.undoBytes(size) >= Math.min(undo, longest), what);
                long less = size - 4096;
                assertTrue(
                        SegmentSpec.arenaBytes(less) < arena || SegmentSpec.undoBytes(less) < Math.min(undo, longest),
                        what + " is more than it takes");
                assertEquals(0, with.stateBytes() % 4096);
            }
        }
    }

    @Test
    void shouldGiveEachReplicaSlotsOfItsOwn() {
        Plan plan = plan("replicas: 2", "transactions: {slots: 2}", "environment: {N: \"${COPPICE_REPLICA}\"}");
        assertEquals(List.of("it.1", "it.1@1", "it.1@2", "it.2", "it.2@1", "it.2@2"), names(plan));
        assertEquals(List.of(new ReplicaSet("it", 2, 2)), plan.replicaSets());
        ChildPlan slot = child(plan, "it.2@1");
        assertEquals("2", slot.environment().get("COPPICE_REPLICA"));
        assertEquals("2", slot.environment().get("N"));
        assertEquals(List.of("it.2"), valuesOf(slot, "--daemon"));
        assertEquals(
                List.of("1=" + shop.base + "/shop/it.2@1.seg", "2=" + shop.base + "/shop/it.2@2.seg"),
                valuesOf(child(plan, "it.2"), "--slot"));
    }

    @Test
    void shouldPutSlotsBetweenTheirDaemonAndWhoWaitsForIt() {
        Plan plan = shop.compiled(Workshop.daemonWith("transactions: {slots: 1}")
                        + "  rates: {main: com.example.Rates, classpath: [lib/shop.jar], depends_on: [it]}\n"
                        + "  api: {main: com.example.Rates, classpath: [lib/shop.jar], transactions: {slots: 1}}\n")
                .plan();
        assertEquals(List.of("it", "it@1", "rates", "api", "api@1"), names(plan));
        assertEquals(
                List.of("it", "api"),
                valuesOf(child(plan, "rates"), "--peer").stream()
                        .map(peer -> peer.substring(0, peer.indexOf('=')))
                        .toList(),
                "nobody reads a slot");
    }

    @Test
    void shouldTakeAllButTheSlotsFromTheDefaults() {
        String defaults = "defaults: {transactions: {retries: 9, jvm: {heap: 16MiB}}}\n";
        Plan plan = shop.compiled(defaults + Workshop.daemonWith("transactions: {slots: 1}")
                        + "  web: {command: [sleep, '60']}\n")
                .plan();
        assertEquals(List.of("it", "it@1", "web"), names(plan));
        assertEquals(9, child(plan, "it@1").maxRestarts());
        assertTrue(child(plan, "it@1").argv().contains("-Xmx16777216"));
        assertEquals(
                List.of("it"),
                names(shop.compiled(defaults + Workshop.daemonWith()).plan()));
        shop.assertErrors(
                "defaults: {transactions: {slots: 2}}\n" + Workshop.daemonWith(),
                "1:27: defaults.transactions.slots: `transactions.slots` in `defaults`, expected it below a daemon");
    }

    @Test
    void shouldStartAnewWhoseStartIsAnother() {
        Plan one = plan("transactions: {slots: 2}");
        Plan other = plan("transactions: {slots: 2, timeout: 1s, retries: 1, standby: 2}");
        assertEquals(child(one, "it").launch(), child(other, "it").launch(), "rules hold from then on");
        assertEquals(child(one, "it@1").launch(), child(other, "it@1").launch());
        assertEquals(child(one, "it@1").launch(), child(one, "it@2").launch());
        Plan heap = plan("transactions: {slots: 2, jvm: {heap: 24MiB}}");
        assertEquals(child(one, "it").launch(), child(heap, "it").launch());
        assertNotEquals(child(one, "it@1").launch(), child(heap, "it@1").launch());
        Plan queue = plan("transactions: {slots: 2, queue: 9}");
        assertNotEquals(child(one, "it").launch(), child(queue, "it").launch());
        assertEquals(child(one, "it@1").launch(), child(queue, "it@1").launch());
    }

    @Test
    void shouldBoundEachNumber() {
        shop.assertErrors(
                Workshop.daemonWith(
                        "transactions:",
                        "  slots: 33",
                        "  state: 63KiB",
                        "  retries: 61",
                        "  timeout: 0s",
                        "  standby: 5",
                        "  queue: 1025",
                        "  input: 63B",
                        "  quarantine: 257",
                        "  jvm: {heap: 1MiB, options: [-Xmx1g], archive: never}"),
                "6:14: daemons.it.transactions.slots: `33`, expected a number from 1 to 32",
                "7:14: daemons.it.transactions.state: `63KiB` is out of range, expected 64KiB to 2047MiB",
                "8:16: daemons.it.transactions.retries: `61`, expected a number from 0 to 60",
                "9:16: daemons.it.transactions.timeout: `0s` is out of range, expected 1ms to 8760h",
                "10:16: daemons.it.transactions.standby: `5`, expected a number from 0 to 4",
                "11:14: daemons.it.transactions.queue: `1025`, expected a number from 0 to 1024",
                "12:14: daemons.it.transactions.input: `63B` is out of range, expected 64B to 4MiB",
                "13:19: daemons.it.transactions.quarantine: `257`, expected a number from 0 to 256",
                "14:19: daemons.it.transactions.jvm.heap: `1MiB` is out of range, expected 8MiB to 1024GiB",
                "14:35: daemons.it.transactions.jvm.options[0]: `-Xmx1g`, expected the key `jvm.heap` instead of this"
                        + " option",
                "14:53: daemons.it.transactions.jvm.archive: `never`, expected one of `auto`, `none`; did you mean"
                        + " `none`?");
    }

    @Test
    void shouldAskForTheNumberOfSlots() {
        shop.assertErrors(
                Workshop.daemonWith("transactions: {retries: 2}"),
                "5:29: daemons.it.transactions: no `slots`, expected how many transactions may run at a time, 1 to 32");
        shop.assertErrors(
                Workshop.daemonWith("transactions: {}"),
                "5:5: daemons.it.transactions: no `slots`, expected how many transactions may run at a time, 1 to 32");
        shop.assertErrors(
                Workshop.daemonWith("transactions: 4"),
                "5:19: daemons.it.transactions: `4`, expected a mapping of slots, state, retries, timeout, standby,"
                        + " queue, input, quarantine, jvm, limits; did you mean `{slots: 4}`?");
    }

    @Test
    void shouldTellOfKeysThatThereAreNot() {
        shop.assertErrors(
                Workshop.daemonWith("transactions: {slots: 1, retrys: 2, colour: red}"),
                "5:30: daemons.it.transactions.retrys: unknown key, expected a key of `transactions`; did you mean"
                        + " `retries`?",
                "5:41: daemons.it.transactions.colour: unknown key, expected a key of `transactions`: slots, state,"
                        + " retries, timeout, standby, queue, input, quarantine, jvm, limits");
        shop.assertErrors(
                Workshop.daemonWith("transactions: {slots: 1, slots: 2}"),
                "5:30: daemons.it.transactions.slots: duplicate key, expected it once (the first is at line 5)");
    }

    @Test
    void shouldRefuseTransactionsOfPrograms() {
        shop.assertErrors(
                Workshop.commandWith("transactions: {slots: 1}"),
                "4:27: daemons.it.transactions.slots: `transactions.slots` on a plain command, expected it only beside"
                        + " `main`; only code against the worker module can submit; remove the key");
        String agent = shop.error(
                "daemons:\n  it: {command: [java, -jar, lib/shop.jar], agent: true," + " transactions: {slots: 1}}\n");
        assertTrue(agent.contains("expected it only beside `main`"), agent);
    }

    @Test
    void shouldRefuseNamesWithoutRoomForASlotsNumber() {
        String main = ": {main: com.example.Ingest, classpath: [lib/shop.jar], transactions: {slots: 1}";
        shop.compiled("daemons:\n  " + "a".repeat(29) + main + "}\n");
        shop.assertErrors(
                "daemons:\n  " + "a".repeat(30) + main + "}\n",
                "2:3: daemons." + "a".repeat(30) + ": a name of 30 characters with `transactions`, expected at most 29,"
                        + " as each slot has its number behind it");
        shop.compiled("daemons:\n  " + "a".repeat(25) + main + ", replicas: 1}\n");
        shop.assertErrors(
                "daemons:\n  " + "a".repeat(26) + main + ", replicas: 1}\n",
                "2:3: daemons." + "a".repeat(26) + ": a name of 26 characters with `transactions` and `replicas`,"
                        + " expected at most 25, as each slot has the replica's number and its own behind it");
        shop.assertErrors(
                "daemons:\n  " + "a".repeat(29) + main + ", replicas: 1}\n",
                "2:3: daemons." + "a".repeat(29) + ": a name of 29 characters with `replicas`, expected at most 28, as"
                        + " each replica has its number behind it");
    }

    @Test
    void shouldCountSlotsAsChildren() throws IOException {
        shop.assertErrors(
                Workshop.daemonWith("transactions: {slots: 32}", "replicas: 16"),
                "6:15: daemons.it.replicas: with 16 of it there are more than 512 daemons, replicas and slots of"
                        + " transactions counted, expected fewer replicas");
        shop.system("/proc/meminfo", "MemTotal:       67108864000 kB\n");
        StringBuilder many = new StringBuilder("daemons:\n");
        for (int i = 0; i < 16; i++) {
            many.append(
                    "  d" + i + ": {main: com.example.Ingest, classpath: [lib/shop.jar], transactions: {slots: 32}}\n");
        }
        shop.assertErrors(
                many.toString(),
                "17:3: daemons.d15: there are 528 daemons, replicas and slots of transactions counted, expected at most"
                        + " 512");
    }

    @Test
    void shouldRefuseATableThatNoSegmentHolds() {
        shop.assertErrors(
                Workshop.daemonWith("transactions: {slots: 32, queue: 1000, input: 4MiB}"),
                "5:27: daemons.it.transactions: room for 1040 requests with an input of up to 4MiB makes a segment of"
                        + " 4169.7MiB, expected at most 2047MiB; lower `input`, `queue` or `quarantine`");
    }

    @Test
    void shouldLetNobodyNameASlot() {
        String other = "  rates: {main: com.example.Rates, classpath: [lib/shop.jar], %s}\n";
        String it = Workshop.daemonWith("transactions: {slots: 1}");
        shop.assertErrors(
                it + other.formatted("reads: [it@1]"),
                "6:71: daemons.rates.reads[0]: no daemon is called `it@1`, expected the name of a daemon with `main`;"
                        + " slots of transactions are their daemon's alone");
        shop.assertErrors(
                it + other.formatted("depends_on: [it@1]"),
                "6:76: daemons.rates.depends_on[0]: `it@1`, expected the name of a daemon, [a-z0-9-]{1,32}; a slot runs"
                        + " only while its daemon has work for it");
        String error = shop.error("groups: {edge: {members: [it@1]}}\n" + it);
        assertTrue(error.contains("neither a daemon nor a group is called `it@1`"), error);
    }

    @Test
    void shouldCountTheMemoryOfEachSlotAndOfTheStandbysOfAll() {
        Budget budget = shop.compiled(Workshop.daemonWith(ALL)).budget();
        List<String> rows = budget.rows().stream().map(Budget.Row::name).toList();
        assertEquals(List.of("root", "it", "it@1", "it@2", "it@transactions (3 standbys)"), rows);
        Budget.Row slot = budget.rows().get(2);
        assertEquals(32L << 20, slot.heap());
        assertEquals(65536 + 4096, slot.segment());
        Budget.Row standbys = budget.rows().get(4);
        assertEquals(3 * (32L << 20), standbys.heap());
        assertEquals(0, standbys.segment());
        assertTrue(standbys.isOfStandbys());
        assertEquals(
                child(shop.compiled(Workshop.daemonWith(ALL)).plan(), "it").stateBytes(),
                budget.rows().get(1).segment());
        Budget.Limit disk = budget.limits().get(0);
        assertEquals(
                Budget.ROOT_SEGMENT_BYTES + budget.rows().get(1).segment() + 2 * slot.segment(), disk.neededBytes());
    }

    @Test
    void shouldReportThemInOneClauseAtTheirDaemon() {
        List<String> report = CheckReport.of(Path.of("shop.yaml"), shop.compiled(Workshop.daemonWith(ALL)))
                .lines()
                .toList();
        assertEquals("shop.yaml: instance shop, 1 daemon, in the order of their start:", report.get(0));
        assertEquals("  it  main com.example.Ingest", report.get(1));
        assertTrue(
                report.get(2)
                        .contains(
                                ", transactions in 2 slots (state 68KiB, timeout 90s, 7 retries, 3 standbys, queue of 5,"
                                        + " input up to 1000B, quarantine of 0), restart"),
                report.get(2));
        assertTrue(report.get(2).contains(" of it for requests), heartbeat"), report.get(2));
        assertTrue(report.get(3).startsWith("control"), report.get(3));
    }
}
