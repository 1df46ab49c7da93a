package io.coppice.ops.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.torture.job.Script;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private final Findings findings = new Findings();
    private final Ledger ledger = new Ledger("writer-1", findings);

    private void acknowledge(long incarnation, long from, long to) {
        for (long step = from; step <= to; step++) {
            ledger.committed(incarnation, step);
        }
    }

    private void assertFound(int lost, int phantom) {
        assertEquals(lost, findings.count(Fault.LOST), findings.texts().toString());
        assertEquals(phantom, findings.count(Fault.PHANTOM), findings.texts().toString());
        assertEquals(0, findings.count(Fault.TORN), findings.texts().toString());
    }

    @Test
    void shouldAcceptASuccessorAfterTheLastAcknowledgedStepOrTheNext() {
        ledger.resumed(1, 0);
        acknowledge(1, 1, 10);
        ledger.resumed(2, 10);
        acknowledge(2, 11, 12);
        ledger.resumed(3, 13);
        acknowledge(3, 14, 14);
        ledger.ended(15);
        assertFound(0, 0);
        assertTrue(findings.none());
    }

    @Test
    void shouldReportAnAcknowledgedStepThatTheSuccessorDoesNotHave() {
        ledger.resumed(1, 0);
        acknowledge(1, 1, 10);
        ledger.resumed(2, 9);
        assertFound(1, 0);
    }

    @Test
    void shouldReportAStepThatNobodyCanHaveCommitted() {
        ledger.resumed(1, 0);
        acknowledge(1, 1, 10);
        ledger.resumed(2, 12);
        assertFound(0, 1);
    }

    @Test
    void shouldReportAStepThatIsSkippedOrRepeatedByOneProcess() {
        ledger.resumed(1, 0);
        ledger.committed(1, 2);
        assertFound(0, 1);
        ledger.committed(1, 2);
        assertFound(1, 1);
    }

    @Test
    void shouldReportAStepThatWasSeenAndTurnedOutUncommitted() {
        ledger.resumed(1, 0);
        acknowledge(1, 1, 10);
        ledger.seen(1, 11, "reader-1");
        ledger.resumed(2, 10);
        assertFound(0, 1);
    }

    @Test
    void shouldReportSuchAStepAlsoWhenItIsToldLate() {
        ledger.resumed(1, 0);
        acknowledge(1, 1, 10);
        ledger.resumed(2, 10);
        ledger.seen(1, 11, "reader-1");
        assertFound(0, 1);
        ledger.seen(2, 11, "reader-1");
        assertFound(0, 1);
    }

    @Test
    void shouldReportAStepThatWasRolledBackAndSeen() {
        ledger.resumed(1, 0);
        ledger.seen(1, Script.NEVER + 1, "reader-1");
        assertFound(0, 1);
    }

    @Test
    void shouldReportAnEndBeforeTheLastAcknowledgedStep() {
        ledger.resumed(1, 0);
        acknowledge(1, 1, 10);
        ledger.ended(9);
        assertFound(1, 0);
    }
}
