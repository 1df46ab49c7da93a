package io.coppice.ops.prober;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.ProbeCheck;
import io.coppice.supervisor.plan.Probes;
import io.coppice.supervisor.root.ProbeVerdict;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** From looks to what the root is told, with a clock of the test's own. */
class ProbedProcessTest {
    private static final long MS = 1_000_000;
    private static final long SPAWNED_NS = 5_000 * MS;
    private static final ProbeCheck TCP = new ProbeCheck.Tcp("127.0.0.1", 80);

    private long nowNs = SPAWNED_NS;
    private Seen seen = new Seen("web", 3, false, false, false, SPAWNED_NS, 0);

    private static Probe probe(ProbeCheck check, long delayMs, int successes, int failures) {
        return new Probe(check, delayMs, 10_000, 1_000, successes, failures);
    }

    private static Probe tcp() {
        return probe(TCP, 0, 1, 3);
    }

    private ProbedProcess of(Probes probes) {
        return new ProbedProcess(probes, seen, (probe, process) -> () -> LookResult.well(""));
    }

    private void see(ProbedProcess process, boolean ready, boolean unhealthy) {
        seen = new Seen("web", 3, seen.worker(), ready, unhealthy, SPAWNED_NS, 0);
        process.see(seen);
    }

    /** The time goes on to the next look of any probe, and it ends at once. */
    private void look(ProbedProcess process, boolean success) {
        nowNs = Math.max(
                nowNs,
                process.active().stream().mapToLong(ProbeSchedule::nextNs).min().orElseThrow());
        for (ProbeSchedule schedule : process.active()) {
            if (schedule.begin(nowNs)) {
                schedule.end(success ? LookResult.well("") : LookResult.unwell("refused"), nowNs);
            }
        }
    }

    private static @Nullable ProbeVerdict verdict(ProbedProcess process) {
        Tidings tidings = process.tidings();
        return tidings == null ? null : tidings.verdict();
    }

    @Test
    void shouldConcludeNothingFromWhatCouldNotLook() {
        ProbedProcess process = of(new Probes(null, null, probe(TCP, 0, 1, 2)));
        see(process, true, false);
        look(process, false);
        for (int i = 0; i < 5; i++) {
            ProbeSchedule schedule = process.active().get(0);
            nowNs = Math.max(nowNs, schedule.nextNs());
            assertTrue(schedule.begin(nowNs));
            schedule.end(LookResult.nothing("no room"), nowNs);
            assertEquals(i == 0, schedule.isNewObstacle("no room"), "it is told once");
            assertNull(process.tidings());
        }
        look(process, false);
        assertEquals(ProbeVerdict.FAILED, verdict(process), "the failures count that there were");
    }

    /** What it has to get ready may take as long as it likes. */
    @Test
    void shouldNotGiveUpALookThatHasNotBegun() {
        long[] sinceNs = {Long.MIN_VALUE};
        Look slow = new Look() {
            @Override
            public LookResult look() {
                return LookResult.well("");
            }

            @Override
            public long sinceNs(long begunNs) {
                return Math.max(begunNs, sinceNs[0]);
            }
        };
        ProbedProcess process =
                new ProbedProcess(new Probes(null, null, probe(TCP, 0, 1, 1)), seen, (probe, at) -> slow);
        see(process, true, false);
        ProbeSchedule schedule = process.active().get(0);
        nowNs = schedule.nextNs();
        assertTrue(schedule.begin(nowNs));
        sinceNs[0] = nowNs + 60_000 * MS;
        assertFalse(schedule.begin(nowNs + 60_000 * MS));
        assertNull(process.tidings());
        assertFalse(schedule.isHeldUp(nowNs + 59_000 * MS));
        sinceNs[0] = nowNs + 61_000 * MS;
        assertTrue(schedule.isHeldUp(nowNs + 61_000 * MS));
        sinceNs[0] = nowNs + 60_000 * MS;
        assertFalse(schedule.isHeldUp(nowNs + 61_000 * MS), "it has begun");
        assertFalse(schedule.begin(schedule.nextNs()));
        assertEquals(ProbeVerdict.FAILED, verdict(process), "it has had its time");
    }

    @Test
    void shouldSayThatItIsReadyUntilTheTableShowsIt() {
        ProbedProcess process = of(new Probes(null, tcp(), null));
        look(process, false);
        assertNull(process.tidings());
        look(process, true);
        assertEquals(new Tidings(ProbeVerdict.READY, "readiness: tcp 127.0.0.1:80"), process.tidings());
        assertEquals(ProbeVerdict.READY, verdict(process), "the root has not recorded it");
        see(process, true, false);
        assertNull(process.tidings());
    }

    @Test
    void shouldNotHoldFailuresAgainstWhatIsNotReadyYet() {
        ProbedProcess process = of(new Probes(null, tcp(), null));
        for (int i = 0; i < 100; i++) {
            look(process, false);
            assertNull(process.tidings());
        }
        look(process, true);
        assertEquals(ProbeVerdict.READY, verdict(process));
    }

    @Test
    void shouldTellOfIllnessAndRecovery() {
        ProbedProcess process = of(new Probes(null, tcp(), null));
        look(process, true);
        see(process, true, false);
        look(process, false);
        look(process, false);
        assertNull(process.tidings());
        look(process, false);
        assertEquals(
                new Tidings(ProbeVerdict.UNHEALTHY, "readiness: tcp 127.0.0.1:80: refused, 3 times in a row"),
                process.tidings());
        see(process, true, true);
        assertNull(process.tidings());
        look(process, true);
        assertEquals(ProbeVerdict.HEALTHY, verdict(process));
        see(process, true, false);
        assertNull(process.tidings());
    }

    @Test
    void shouldHoldTheOthersBackUntilItHasStarted() {
        ProbedProcess process = of(new Probes(probe(TCP, 0, 1, 30), tcp(), tcp()));
        for (int i = 0; i < 29; i++) {
            look(process, false);
            assertEquals(1, process.active().size());
            assertNull(process.tidings());
        }
        look(process, true);
        assertEquals(2, process.active().size());
        assertNull(process.tidings(), "started is not ready");
        look(process, true);
        assertEquals(ProbeVerdict.READY, verdict(process));
    }

    @Test
    void shouldBeReadyWhenItHasStartedIfNothingElseSaysSo() {
        ProbedProcess process = of(new Probes(tcp(), null, null));
        look(process, true);
        assertEquals(ProbeVerdict.READY, verdict(process));
        see(process, true, false);
        assertEquals(List.of(), process.active());
    }

    @Test
    void shouldEndWhatDoesNotStart() {
        ProbedProcess process = of(new Probes(tcp(), null, null));
        look(process, false);
        look(process, false);
        assertNull(process.tidings());
        look(process, false);
        assertEquals(
                new Tidings(ProbeVerdict.FAILED, "startup: tcp 127.0.0.1:80: refused, 3 times in a row"),
                process.tidings());
        assertEquals(List.of(), process.active());
    }

    @Test
    void shouldEndWhatDoesNotLive() {
        ProbedProcess process = of(new Probes(null, null, tcp()));
        see(process, true, false);
        look(process, false);
        look(process, false);
        look(process, true);
        look(process, false);
        look(process, false);
        assertNull(process.tidings(), "three in a row");
        look(process, false);
        assertEquals(ProbeVerdict.FAILED, verdict(process));
    }

    @Test
    void shouldNotAskADaemonForItsLifeBeforeItIsReady() {
        seen = new Seen("it", 3, true, false, false, SPAWNED_NS, 0);
        ProbedProcess process = of(new Probes(null, null, tcp()));
        assertEquals(List.of(), process.active());
        see(process, true, false);
        assertEquals(1, process.active().size());
    }

    @Test
    void shouldGoOnFromTheTableAfterAProberThatDied() {
        see(of(Probes.NONE), true, true);
        ProbedProcess process = of(new Probes(tcp(), tcp(), tcp()));
        assertEquals(2, process.active().size(), "it has started long ago");
        assertNull(process.tidings());
        look(process, true);
        assertEquals(ProbeVerdict.HEALTHY, verdict(process));
        see(process, true, false);
        ProbedProcess another = of(new Probes(null, tcp(), null));
        look(another, false);
        look(another, false);
        assertNull(another.tidings());
    }

    @Test
    void shouldTakeNobodyForUnwellByAProbeThatIsNoMore() {
        see(of(Probes.NONE), true, true);
        assertEquals(ProbeVerdict.HEALTHY, verdict(of(new Probes(null, null, tcp()))));
    }

    @Test
    void shouldKnowAnotherProcessAndAnotherProbe() {
        Probes probes = new Probes(null, tcp(), null);
        ProbedProcess process = of(probes);
        assertTrue(process.isOf(seen, new Probes(null, tcp(), null)));
        assertFalse(process.isOf(seen, new Probes(tcp(), null, null)));
        assertFalse(process.isOf(new Seen("web", 4, false, false, false, SPAWNED_NS, 0), probes));
    }

    @Test
    void shouldLookForTheFirstTimeAfterTheDelayAndEverySecondUntilItIsReady() {
        ProbedProcess process = of(new Probes(null, probe(TCP, 700, 1, 3), null));
        ProbeSchedule schedule = process.active().get(0);
        assertEquals(SPAWNED_NS + 700 * MS, schedule.nextNs());
        assertFalse(schedule.begin(SPAWNED_NS + 699 * MS));
        look(process, false);
        assertEquals(nowNs + 1_000 * MS, schedule.nextNs());
        look(process, true);
        see(process, true, false);
        look(process, true);
        assertEquals(nowNs + 10_000 * MS, schedule.nextNs());
    }

    @Test
    void shouldCountALookThatDoesNotEndAndBeginNoOtherBesideIt() {
        ProbedProcess process = of(new Probes(null, null, tcp()));
        see(process, true, false);
        ProbeSchedule schedule = process.active().get(0);
        assertTrue(schedule.begin(nowNs));
        assertFalse(schedule.begin(nowNs + 1_000 * MS), "it is not overdue yet");
        for (int i = 0; i < 3; i++) {
            assertNull(process.tidings());
            nowNs = schedule.nextNs();
            assertFalse(schedule.begin(nowNs));
        }
        assertEquals(
                "liveness: tcp 127.0.0.1:80: no answer yet, 3 times in a row",
                process.tidings() == null ? "" : process.tidings().text());
    }

    @Test
    void shouldNotCountTheLateEndOfALookThatHasBeenCounted() {
        ProbedProcess process = of(new Probes(null, null, tcp()));
        see(process, true, false);
        ProbeSchedule schedule = process.active().get(0);
        assertTrue(schedule.begin(nowNs));
        nowNs = schedule.nextNs();
        schedule.begin(nowNs);
        schedule.end(LookResult.unwell("late"), nowNs);
        look(process, false);
        assertNull(process.tidings(), "that were two");
        look(process, false);
        assertEquals(ProbeVerdict.FAILED, verdict(process));
    }

    @Test
    void shouldExcuseWhatFailedWhileTheProberStoodStill() {
        ProbedProcess process = of(new Probes(null, null, probe(TCP, 0, 1, 1)));
        see(process, true, false);
        ProbeSchedule schedule = process.active().get(0);
        assertTrue(schedule.begin(nowNs));
        nowNs += 60_000 * MS;
        process.excuse(nowNs);
        assertFalse(schedule.begin(nowNs), "that look is still under way");
        assertNull(process.tidings(), "it had no time to answer");
        schedule.end(LookResult.unwell("timed out"), nowNs);
        assertNull(process.tidings());
        look(process, false);
        assertEquals(ProbeVerdict.FAILED, verdict(process));
    }

    @Test
    void shouldExcuseNoLongerThanALookMayTake() {
        ProbedProcess process = of(new Probes(null, null, probe(TCP, 0, 1, 1)));
        see(process, true, false);
        ProbeSchedule schedule = process.active().get(0);
        assertTrue(schedule.begin(nowNs));
        nowNs += 60_000 * MS;
        process.excuse(nowNs);
        assertEquals(nowNs + 1_000 * MS + ProbeSchedule.OVERDUE_NS, schedule.nextNs());
        assertFalse(schedule.begin(schedule.nextNs()));
        assertEquals(ProbeVerdict.FAILED, verdict(process));
    }

    @Test
    void shouldGiveALineAnotherPeriodAfterTheProberStoodStill() {
        ProbedProcess process = of(new Probes(probe(new ProbeCheck.LogLine("up"), 0, 1, 1), null, null));
        nowNs += 60_000 * MS;
        process.excuse(nowNs);
        look(process, false);
        assertNull(process.tidings());
        nowNs += 10_000 * MS;
        look(process, false);
        assertEquals(ProbeVerdict.FAILED, verdict(process));
    }

    @Test
    void shouldWaitForALineAllTheTimeAndCountAPeriodWithoutIt() {
        ProbedProcess process = of(new Probes(probe(new ProbeCheck.LogLine("up"), 0, 1, 2), null, null));
        long begunNs = nowNs;
        int looks = 0;
        while (process.tidings() == null) {
            look(process, false);
            looks++;
        }
        assertEquals(ProbeVerdict.FAILED, verdict(process));
        assertEquals(2 * 10_000 * MS, nowNs - begunNs);
        assertEquals(1 + (nowNs - begunNs) / ProbeSchedule.LINE_PERIOD_NS, looks);
    }

    @Test
    void shouldNotLookAgainForALineThatWasSeen() {
        ProbedProcess process = of(new Probes(null, probe(new ProbeCheck.LogLine("up"), 0, 1, 3), null));
        look(process, true);
        assertEquals(ProbeVerdict.READY, verdict(process));
        see(process, true, false);
        assertEquals(List.of(), process.active());
        assertEquals(
                List.of(),
                of(new Probes(null, probe(new ProbeCheck.LogLine("up"), 0, 1, 3), null))
                        .active());
    }
}
