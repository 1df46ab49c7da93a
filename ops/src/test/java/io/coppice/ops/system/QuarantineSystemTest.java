package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.ReadOnlySegment;
import io.coppice.state.RequestId;
import io.coppice.state.RequestInfo;
import io.coppice.state.Requests;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SnapshotResult;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Goal: whoever has mended what made a task fail has it tried again, or forgotten. Method: a real root, daemon, tasks and commands. */
class QuarantineSystemTest {
    @RegisterExtension
    final Coppice coppice = new Coppice();

    private final Submitter work = new Submitter(coppice);

    private Coppice.Result transactions(String... more) throws Exception {
        String[] arguments = new String[more.length + 2];
        arguments[0] = "transactions";
        arguments[1] = Submitter.NAME;
        System.arraycopy(more, 0, arguments, 2, more.length);
        return coppice.run(arguments);
    }

    /** The ids of all that the daemon has submitted and not adopted; empty while they cannot be read. */
    private Optional<List<String>> stored() {
        try (ReadOnlySegment segment =
                SegmentFile.openReadOnly(coppice.home().resolve("shop").resolve(Submitter.NAME + ".seg"))) {
            return segment.snapshot(List.of(Requests.STRUCTURE)) instanceof SnapshotResult.Snapshot snapshot
                    ? Optional.of(snapshot.view().requests(Requests.STRUCTURE).requests().stream()
                            .map(RequestInfo::id)
                            .map(RequestId::text)
                            .toList())
                    : Optional.empty();
        } catch (SegmentException e) {
            return Optional.empty();
        }
    }

    @Test
    void shouldBeRetriedOrDroppedByCommandWhoeverIsDown() throws Exception {
        work.touch("spoilt.1");
        work.touch("spoilt.2");
        Coppice.Root first = work.start("slots: 1, retries: 0, timeout: 60s");
        work.order("1 submit spoilt");
        work.order("2 submit spoilt");
        assertTrue(work.outcome(1).startsWith("failed: "), work.outcome(1));
        assertTrue(work.outcome(2).startsWith("failed: "), work.outcome(2));
        assertEquals(Optional.of(List.of("1-1", "1-2")), stored());
        String listed = transactions().out();
        assertTrue(listed.startsWith("work: 1 slot; 0 running, 0 queued, 2 quarantined\n"), listed);
        assertTrue(listed.contains("java.lang.IllegalStateException: spoilt"), listed);
        assertEquals(
                "1 submit spoilt",
                transactions("--input", "1-1", "--output", "-").out());

        work.delete("spoilt.1");
        Coppice.Result retried = transactions("--retry", "1-1");
        assertEquals(0, retried.exitCode(), retried.err());
        assertEquals("work: 1-1 to be tried again\n", retried.out());
        Coppice.await(
                "its result, found and taken",
                () -> work.ledger().orElse(List.of()).stream().anyMatch(entry -> entry.startsWith("1 ready: ")));
        assertEquals(Optional.of(List.of("1-2")), stored());
        assertTrue(transactions("--retry", "1-1").err().contains("has no 1-1 in quarantine"));

        assertEquals(0, coppice.run("stop", "work").exitCode());
        Coppice.Result standing = transactions("--drop", "1-2");
        assertEquals(1, standing.exitCode());
        assertTrue(standing.err().contains("The order stands (drop 1-2)"), standing.err());
        Coppice.Result refused = transactions("--retry", "all");
        assertEquals(1, refused.exitCode());
        assertTrue(refused.err().contains("it has not carried out order 2 yet (drop 1-2)"), refused.err());

        first.process.destroyForcibly();
        first.awaitExit();
        assertTrue(transactions().out().contains("1 quarantined"), "without a root");
        Coppice.Root second = coppice.startRoot();
        coppice.awaitRoot(second);
        assertEquals("down", coppice.daemon("work").wanted());
        assertEquals(0, coppice.run("start", "work").exitCode());
        Coppice.await("what was dropped", () -> stored().equals(Optional.of(List.of())));
        Coppice.Result after = transactions("--drop", "all");
        assertEquals("work: nothing is quarantined\n", after.out(), after.err());
        assertFalse(work.ledger().orElseThrow().stream().anyMatch(entry -> entry.startsWith("2 ready")));
        assertEquals(0, second.stop(), second.stderr());
    }

    private void awaitQuarantined(String id, String from) throws Exception {
        Coppice.await(
                id + " from " + from,
                () -> table().lines().anyMatch(line -> line.startsWith(id) && line.contains("spoilt from " + from)));
    }

    private String table() {
        try {
            return transactions("--wide").out();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** The task has a checkpoint that it goes on from, unless it is told not to; whoever dies meanwhile. */
    @Test
    void shouldGoOnFromTheCheckpointOrBeginAfresh() throws Exception {
        work.touch("spoilt.1");
        Coppice.Root first = work.start("slots: 1, retries: 0, timeout: 60s");
        work.order("1 submit spoilt");
        work.outcome(1);
        awaitQuarantined("1-1", "0");
        assertEquals(
                "work: 1-1 to be tried again\n", transactions("--retry", "1-1").out());
        awaitQuarantined("1-1", "41");

        assertEquals(0, coppice.run("stop", "work").exitCode());
        Coppice.Result standing = transactions("--retry", "all", "--afresh");
        assertEquals(1, standing.exitCode());
        assertTrue(standing.err().contains("The order stands (retry-afresh all)"), standing.err());
        first.process.destroyForcibly();
        first.awaitExit();
        Coppice.Root second = coppice.startRoot();
        coppice.awaitRoot(second);
        assertEquals(0, coppice.run("start", "work").exitCode());
        awaitQuarantined("1-2", "0");
        assertEquals(Optional.of(List.of("1-2")), stored());

        work.delete("spoilt.1");
        assertEquals(2, transactions("--drop", "all", "--afresh").exitCode());
        Coppice.Result afresh = transactions("--retry", "1-2", "--afresh");
        assertEquals("work: 1-2 to be tried again, afresh and under a new number\n", afresh.out(), afresh.err());
        Coppice.await(
                "its result, from nothing",
                () -> work.ledger().orElse(List.of()).stream().anyMatch(entry -> entry.startsWith("1 ready: from 0 ")));
        assertEquals(Optional.of(List.of()), stored());
        assertEquals(0, second.stop(), second.stderr());
    }
}
