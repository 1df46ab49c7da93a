package io.coppice.supervisor.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SandboxPathsTest {
    private static ChildPlan daemon(String... argv) {
        return ChildPlans.daemon("ingest").argv(List.of(argv)).plan();
    }

    private static List<String> argv(ChildPlan child) {
        return SandboxPaths.argv(child, "/s/ingest.process-7", "/s/ingest.view", "/s/ingest.own");
    }

    @Test
    void shouldHaveAWorkerLookForItsOwnInItsFolderAndForOthersInItsView() {
        ChildPlan ingest = daemon(
                "/bin/java",
                WorkerOptions.MAIN_CLASS,
                "--segment",
                "/s/ingest.seg",
                "--lock",
                "/s/ingest.lock",
                "--root",
                "/r/root.seg",
                "--slot",
                "1=/s/ingest@1.seg",
                "--peer",
                "rates=/s/rates.seg",
                "--",
                "--segment",
                "/s/mine.seg");
        assertEquals(
                List.of(
                        "/bin/java",
                        WorkerOptions.MAIN_CLASS,
                        "--segment",
                        "/s/ingest.process-7/ingest.seg",
                        "--lock",
                        "/s/ingest.process-7/ingest.lock",
                        "--root",
                        "/r/root.seg",
                        "--slot",
                        "1=/s/ingest.view/ingest@1.seg",
                        "--peer",
                        "rates=/s/ingest.view/rates.seg",
                        "--own",
                        "/s/ingest.own",
                        "--",
                        "--segment",
                        "/s/mine.seg"),
                argv(ingest));
        assertEquals(Set.of("ingest@1.seg", "rates.seg"), SandboxPaths.read(ingest));
    }

    @Test
    void shouldLeaveAlonePrefixAndWhatTheManifestSays() {
        ChildPlan child = daemon(
                "/bin/sh",
                "-c",
                "exec nice -n 5 \"$@\"",
                "coppice-start",
                "/bin/java",
                WorkerOptions.MAIN_CLASS,
                "--segment",
                "/s/ingest.seg",
                "--",
                WorkerOptions.TRANSACTION_MAIN_CLASS,
                "--requests",
                "/s/x.seg");
        List<String> argv = argv(child);
        assertEquals(child.argv().subList(0, 7), argv.subList(0, 7));
        assertEquals("/s/ingest.process-7/ingest.seg", argv.get(7));
        assertEquals(List.of("--own", "/s/ingest.own"), argv.subList(8, 10));
        assertEquals(child.argv().subList(8, 12), argv.subList(10, 14));
        assertEquals(Set.of(), SandboxPaths.read(child));
    }

    @Test
    void shouldLetATransactionReadItsDaemonAndFindAnySlotInItsFolder() {
        ChildPlan slot = ChildPlans.slot("ingest", 2)
                .argv(List.of(
                        "/bin/java",
                        WorkerOptions.TRANSACTION_MAIN_CLASS,
                        "--requests",
                        "/s/ingest.seg",
                        "--segments",
                        "/s/ingest@",
                        "--locks",
                        "/s/ingest@",
                        "--"))
                .plan();
        assertEquals(
                List.of(
                        "/bin/java",
                        WorkerOptions.TRANSACTION_MAIN_CLASS,
                        "--requests",
                        "/s/v/ingest.seg",
                        "--segments",
                        "/s/f/ingest@",
                        "--locks",
                        "/s/f/ingest@",
                        "--"),
                SandboxPaths.argv(slot, "/s/f", "/s/v", "/s/o"));
        assertEquals(Set.of("ingest.seg"), SandboxPaths.read(slot));
        assertEquals("ingest@transactions.view", SandboxPaths.viewName("ingest@2"));
    }

    @Test
    void shouldTellAnAgentToo() {
        ChildPlan child = daemon(
                "java",
                "-javaagent:/a.jar=instance=shop,name=ingest,segment=/s/ingest.seg,lock=/s/ingest.lock",
                "-jar");
        assertEquals(
                List.of(
                        "java",
                        "-javaagent:/a.jar=instance=shop,name=ingest,segment=/s%2C1/ingest.seg,lock=/s%2C1/ingest.lock",
                        "-jar"),
                SandboxPaths.argv(child, "/s,1", "/s/v", "/s/o"));
        assertEquals(Set.of(), SandboxPaths.read(child));
    }
}
