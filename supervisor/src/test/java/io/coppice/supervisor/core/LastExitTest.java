package io.coppice.supervisor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LastExitTest {
    private final Driver driver = Driver.running(
            Specs.worker(0, "ingest").build(),
            Specs.command(1, "web").build(),
            Specs.worker(2, "shop").foreign().build());

    private void assertLast(int child, ExitKind kind, int code, int signal, String text) {
        assertEquals(new LastExit(kind, code, signal, text, 1, driver.nowNs), driver.lastExit(child));
    }

    @Test
    void shouldRecordAnExitCode() {
        driver.after(5).exited(0, 4);
        assertLast(0, ExitKind.EXIT, 4, LastExit.NO_SIGNAL, "exit code 4");
    }

    @Test
    void shouldNameTheCauseThatAWorkersExitCodeStandsFor() {
        driver.exited(0, 3);
        assertLast(0, ExitKind.EXIT, 3, LastExit.NO_SIGNAL, "exit code 3 (out of memory, as its log says)");
        driver.exited(1, 3);
        assertLast(1, ExitKind.EXIT, 3, LastExit.NO_SIGNAL, "exit code 3");
    }

    @Test
    void shouldRecordASignal() {
        driver.died(0, new ExitStatus.Signaled(11, true), null);
        assertLast(0, ExitKind.SIGNAL, LastExit.NO_CODE, 11, "signal SEGV, core dumped");
    }

    @Test
    void shouldNameRareSignalsByNumber() {
        driver.signaled(0, 35);
        assertLast(0, ExitKind.SIGNAL, LastExit.NO_CODE, 35, "signal 35");
    }

    @Test
    void shouldRecordAnExceptionByTheWorkersLastWords() {
        driver.died(0, new ExitStatus.Exited(70), "java.lang.ArithmeticException: / by zero");
        assertLast(0, ExitKind.EXCEPTION, 70, LastExit.NO_SIGNAL, "java.lang.ArithmeticException: / by zero");
    }

    @Test
    void shouldRecordAnExitCodeWhereThereAreNoLastWords() {
        driver.exited(0, 70);
        assertLast(0, ExitKind.EXIT, 70, LastExit.NO_SIGNAL, "exit code 70 (uncaught exception)");
    }

    @Test
    void shouldSayWhatAWorkersOwnExitCodesMean() {
        driver.exited(0, 72);
        assertLast(
                0, ExitKind.EXIT, 72, LastExit.NO_SIGNAL, "exit code 72 (it could not lock its segment, see its log)");
    }

    @Test
    void shouldTellWhatAProgramUnderTheAgentSaysOfItsExit() {
        driver.died(2, new ExitStatus.Exited(3), "System.exit by thread \"main\"");
        assertLast(2, ExitKind.EXIT, 3, LastExit.NO_SIGNAL, "exit code 3: System.exit by thread \"main\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 70, 71, 72, 73, 74, 75, 78, 143})
    void shouldTakeTheExitCodesOfAProgramUnderTheAgentAsItsOwn(int code) {
        driver.exited(2, code);
        assertLast(2, ExitKind.EXIT, code, LastExit.NO_SIGNAL, "exit code " + code);
    }

    @ParameterizedTest
    @ValueSource(ints = {70, 72, 75, 78})
    void shouldNotTakeItsOwnExitForAnExceptionOfOurs(int code) {
        driver.died(2, new ExitStatus.Exited(code), "System.exit by thread \"main\"");
        assertLast(
                2, ExitKind.EXIT, code, LastExit.NO_SIGNAL, "exit code " + code + ": System.exit by thread \"main\"");
    }

    @Test
    void shouldSayThatTheAgentCouldNotTakeTheSegment() {
        driver.exited(2, 4).toStarting(2).exited(2, 72);
        assertEquals(
                "exit code 72 (of the agent, or its own; see its log)",
                driver.lastExit(2).text());
    }

    /** It ended while there was no root, most likely. */
    @Test
    void shouldTellTheLastWordsOfWhatEndedInAnUnknownWay() {
        driver.died(2, new ExitStatus.Unwitnessed(), "System.exit by thread \"main\"");
        assertLast(
                2,
                ExitKind.UNKNOWN,
                LastExit.NO_CODE,
                LastExit.NO_SIGNAL,
                "unknown: it ended while unsupervised; its last words: System.exit by thread \"main\"");
    }

    @Test
    void shouldTellWhatAHungProgramSaidWasTheMatter() {
        driver.heartbeatLost(0).toDeadline().died(0, new ExitStatus.Signaled(9, false), "deadlock: a, b");
        assertLast(0, ExitKind.HANG, LastExit.NO_CODE, 9, "no heartbeat for 5 s: deadlock: a, b");
    }

    @Test
    void shouldNotTakeStrayWordsForTheCauseOfAKill() {
        driver.died(0, new ExitStatus.Signaled(9, false), "deadlock: a, b");
        assertLast(0, ExitKind.SIGNAL, LastExit.NO_CODE, 9, "signal KILL");
    }

    @Test
    void shouldTakeACommandsExitCodesAsTheyAre() {
        driver.died(1, new ExitStatus.Exited(78), "stray words");
        assertLast(1, ExitKind.EXIT, 78, LastExit.NO_SIGNAL, "exit code 78");
    }

    @Test
    void shouldAdmitWhenTheKernelCouldNotTell() {
        driver.died(0, new ExitStatus.Unknown(), null);
        assertLast(0, ExitKind.UNKNOWN, LastExit.NO_CODE, LastExit.NO_SIGNAL, "unknown: the kernel could not tell");
    }

    @Test
    void shouldKeepTheRecordUntilTheNextEnd() {
        driver.exited(0, 3).toReady(0).stop(0);
        assertEquals(3, driver.lastExit(0).code());
        driver.signaled(0, 15);
        assertEquals(15, driver.lastExit(0).signal());
        assertEquals(2, driver.lastExit(0).incarnation());
    }

    @Test
    void shouldShowDurationsInAReadableUnit() {
        assertEquals("0 s", DurationText.of(0));
        assertEquals("1 ns", DurationText.of(1));
        assertEquals("250 ms", DurationText.of(250 * Specs.MS));
        assertEquals("1500 ms", DurationText.of(1_500 * Specs.MS));
        assertEquals("60 s", DurationText.of(60 * Specs.SECOND));
        assertEquals("12 s", DurationText.of(12_300 * Specs.MS));
    }

    @Test
    void shouldShowEachUnitFromItsFirstDurationOn() {
        assertEquals("9999 ms", DurationText.of(10 * Specs.SECOND - 1));
        assertEquals("10 s", DurationText.of(10 * Specs.SECOND + 1));
        assertEquals("1 ms", DurationText.of(Specs.MS));
        assertEquals("999999 ns", DurationText.of(Specs.MS - 1));
    }

    /** Codes from 71 to 74 say of themselves what was the matter; whatever words there are belong to something else. */
    @ParameterizedTest
    @ValueSource(ints = {4, 69, 76, 143})
    void shouldTellTheLastWordsOfAWorkerBesideACodeThatSaysNothing(int code) {
        driver.died(0, new ExitStatus.Exited(code), "ring is full");
        assertLast(0, ExitKind.EXIT, code, LastExit.NO_SIGNAL, "exit code " + code + ": ring is full");
    }

    @ParameterizedTest
    @ValueSource(ints = {71, 74})
    void shouldNotTellTheLastWordsOfAWorkerBesideACodeThatSaysItAll(int code) {
        String meaning = code == 71 ? "it refused its segment, see its log" : "its contents are damaged, see its log";
        driver.died(0, new ExitStatus.Exited(code), "ring is full");
        assertLast(0, ExitKind.EXIT, code, LastExit.NO_SIGNAL, "exit code " + code + " (" + meaning + ")");
    }

    @ParameterizedTest
    @ValueSource(ints = {70, 75, 78})
    void shouldTakeTheLastWordsForAnExceptionWhereTheCodeSaysThatOneLeftItsLoop(int code) {
        driver.died(0, new ExitStatus.Exited(code), "no more");
        assertLast(0, ExitKind.EXCEPTION, code, LastExit.NO_SIGNAL, "no more");
    }

    /** As said of itself, it called System.exit; so the code has not the meaning that Coppice's own ends give it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 70, 71, 72, 73, 74, 75, 78, 125, 143})
    void shouldTakeNoCodeForOursWhereTheWorkerSaysThatItCalledSystemExit(int code) {
        driver.died(0, new ExitStatus.Exited(code), "System.exit by thread \"main\"\n  at shop.Ingest.step");
        assertLast(
                0,
                ExitKind.EXIT,
                code,
                LastExit.NO_SIGNAL,
                "exit code " + code + ": System.exit by thread \"main\"\n  at shop.Ingest.step");
    }

    @Test
    void shouldTellHowAnUnhealthyOneAnsweredTheRequestToEnd() {
        Driver probed = Driver.running(Specs.command(0, "db").probed().build());
        probed.step(new Event.ProbeFailed(0, 1, "tcp 80: refused", probed.nowNs))
                .exited(0, 3);
        assertEquals(3, probed.lastExit(0).code());
        assertEquals(LastExit.NO_SIGNAL, probed.lastExit(0).signal());
        probed.toReady(0).step(new Event.ProbeFailed(0, 2, "tcp 80: refused", probed.nowNs));
        probed.signaled(0, 15);
        assertEquals(LastExit.NO_CODE, probed.lastExit(0).code());
        assertEquals(15, probed.lastExit(0).signal());
    }

    @Test
    void shouldTellTheVerdictAloneWhereNobodyKnowsHowItEnded() {
        driver.heartbeatLost(0).toDeadline().died(0, new ExitStatus.Unwitnessed(), null);
        assertLast(0, ExitKind.HANG, LastExit.NO_CODE, LastExit.NO_SIGNAL, "no heartbeat for 5 s");
        driver.heartbeatLost(2).toDeadline().died(2, new ExitStatus.Unwitnessed(), "deadlock: a, b");
        assertLast(2, ExitKind.HANG, LastExit.NO_CODE, LastExit.NO_SIGNAL, "no heartbeat for 5 s: deadlock: a, b");
    }

    @Test
    void shouldTellAStatusInWords() {
        assertEquals("exit code 3", LastExits.statusText(new ExitStatus.Exited(3)));
        assertEquals("signal TERM", LastExits.statusText(new ExitStatus.Signaled(15, false)));
        assertEquals("unknown: the kernel could not tell", LastExits.statusText(new ExitStatus.Unknown()));
        assertEquals("unknown: it ended while unsupervised", LastExits.statusText(new ExitStatus.Unwitnessed()));
    }

    @Test
    void shouldReadAStatusAsWaitGivesIt() {
        assertEquals(new ExitStatus.Exited(0), ExitStatus.ofWait(0));
        assertEquals(new ExitStatus.Exited(255), ExitStatus.ofWait(0xff00));
        assertEquals(new ExitStatus.Signaled(9, false), ExitStatus.ofWait(9));
        assertEquals(new ExitStatus.Signaled(11, true), ExitStatus.ofWait(0x8b));
    }
}
