package io.coppice.supervisor.simulation;

import static io.coppice.supervisor.simulation.Draws.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.core.Supervisor;
import io.coppice.supervisor.plan.AutoShutdown;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.LogTarget;
import io.coppice.supervisor.plan.Membership;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.ProbeCheck;
import io.coppice.supervisor.plan.Probes;
import io.coppice.supervisor.plan.Strategy;
import io.coppice.supervisor.simulation.Questions.Away;
import io.coppice.supervisor.simulation.Questions.GivingUp;
import io.coppice.supervisor.simulation.Questions.Outages;
import io.coppice.supervisor.specs.PlanSpecs;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is answered about a plan follows from what it says, above all from its probes. */
class QuestionsTest {
    private static final ProbeCheck TCP = new ProbeCheck.Tcp("127.0.0.1", 80);
    private static final ProbeCheck LINE = new ProbeCheck.LogLine("up");

    private static ChildPlan command(String name, Probes probes) {
        return ChildPlans.command(name).log(LogTarget.FILE).probes(probes).plan();
    }

    private static Probe probe(ProbeCheck check, long periodMs, int failures) {
        return new Probe(check, 0, periodMs, 1_000, 1, failures);
    }

    private static Questions about(int maxRestarts, ChildPlan... children) {
        return new Questions(settings(maxRestarts, FaultChoice.NONE, children), Supervisor::step);
    }

    private static SimulationSettings settings(int maxRestarts, FaultChoice faults, ChildPlan... children) {
        GroupPlan instance = new GroupPlan(
                GroupPlan.OUTERMOST,
                Strategy.ONE_FOR_ONE,
                maxRestarts,
                60_000,
                Backoff.NONE,
                AutoShutdown.NEVER,
                Membership.PLAIN);
        Plan plan =
                new Plan("shop", "/m", "/d", "/s", NoticeCommand.NONE, List.of(instance), List.of(), List.of(children));
        return new SimulationSettings(
                PlanSpecs.groups(plan),
                PlanSpecs.specs(plan),
                plan.children().stream().map(ChildPlan::probes).toList(),
                faults,
                7,
                20,
                Draws.HOUR);
    }

    private static Away hang(Questions questions, String name) {
        Outages outages = questions.outages().stream()
                .filter(answer -> answer.name().equals(name))
                .findFirst()
                .orElseThrow();
        return outages.byHang().away().stream()
                .filter(away -> away.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldFindAHangByTheTimesOfTheLivenessProbe() {
        Probes quick = new Probes(null, null, probe(TCP, 1_000, 3));
        Probes slow = new Probes(null, null, probe(TCP, 120_000, 10));
        Questions questions = about(ChildPlan.UNLIMITED_RESTARTS, command("quick", quick), command("slow", slow));
        Away soon = hang(questions, "quick");
        assertTrue(soon.over());
        // Three looks in a row, a second apart; TERM is in vain, KILL follows after 10 s.
        assertTrue(soon.leastNs() >= 13 * SECOND && soon.mostNs() <= 15 * SECOND, soon.toString());
        Away late = hang(questions, "slow");
        assertTrue(late.over());
        assertTrue(late.leastNs() >= 1_090 * SECOND && late.mostNs() <= 1_220 * SECOND, late.toString());
        assertTrue(late.leastNs() < late.lengthNs() && late.lengthNs() < late.mostNs(), late.toString());
    }

    @Test
    void shouldEndNobodyBecauseItIsNotReady() {
        Questions questions = about(
                ChildPlan.UNLIMITED_RESTARTS,
                command("web", new Probes(null, probe(TCP, 1_000, 3), null)),
                command("bare", Probes.NONE));
        assertFalse(hang(questions, "web").over(), "only a liveness probe ends what hangs");
        assertFalse(hang(questions, "bare").over());
    }

    @Test
    void shouldNotLetALogLineBeUnseenAgain() throws InterruptedException {
        SimulationReport report = run(unhealthy(), command("web", new Probes(null, probe(LINE, 1_000, 3), null)));
        assertEquals(0, report.violationCount(), report.violations().toString());
        assertEquals(null, report.worst(), "nothing falls ill");
        SimulationReport other = run(unhealthy(), command("web", new Probes(null, probe(TCP, 1_000, 3), null)));
        assertEquals(0, other.violationCount(), other.violations().toString());
        SimulationReport.WorstOutage worst = other.worst();
        assertTrue(
                worst != null
                        && worst.events().stream()
                                .anyMatch(line -> line.what()
                                        .contains("tcp 127.0.0.1:80: no answer within 1000 ms, 3 times in a row")),
                String.valueOf(worst));
    }

    private static FaultChoice unhealthy() {
        try {
            return FaultChoice.parse("unhealthy=20/h");
        } catch (FaultFormatException e) {
            throw new AssertionError(e);
        }
    }

    private static SimulationReport run(FaultChoice faults, ChildPlan... children) throws InterruptedException {
        return new SimulationRuns(settings(ChildPlan.UNLIMITED_RESTARTS, faults, children), Supervisor::step)
                .run(1, (runs, simulatedNs) -> {});
    }

    @Test
    void shouldFailAStartThatTheStartupProbeGivesUp() throws InterruptedException {
        // A tenth of a second, where the program may take ten.
        Probe hasty = new Probe(LINE, 0, 100, 1, 1, 1);
        Probe patient = new Probe(LINE, 0, 1_000, 1, 1, 1);
        SimulationReport report = run(
                FaultChoice.NONE,
                command("hasty", new Probes(hasty, null, null)),
                command("patient", new Probes(patient, null, null)));
        assertEquals(0, report.violationCount(), report.violations().toString());
        assertTrue(report.daemons().get(0).restartsPerHour() > 1, report.toString());
        assertEquals(0, report.daemons().get(1).restartsPerHour(), report.toString());
    }

    @Test
    void shouldSayThatTheInstanceIsGivenUpAsWell() {
        ChildPlan escalating = ChildPlans.command("web")
                .maxRestarts(1)
                .membership(new Membership(GroupPlan.OUTERMOST, false, true))
                .plan();
        GivingUp all = about(0, escalating).givingUp().get(0);
        assertTrue(all.givesUp() && all.withAll(), all.toString());
        GivingUp one = about(
                        ChildPlan.UNLIMITED_RESTARTS,
                        ChildPlans.command("web")
                                .maxRestarts(1)
                                .periodMs(60_000)
                                .plan())
                .givingUp()
                .get(0);
        assertTrue(one.givesUp() && !one.withAll(), one.toString());
    }

    @Test
    void shouldAskOfEveryoneAndTellWhoGoesAlong() {
        Questions questions = about(
                ChildPlan.UNLIMITED_RESTARTS,
                command("db", Probes.NONE),
                ChildPlans.command("web")
                        .dependsOn(List.of(new Dependency("db", Dependency.Condition.READY, true)))
                        .plan());
        List<Outages> outages = questions.outages();
        assertEquals(List.of("db", "web"), outages.stream().map(Outages::name).toList());
        assertEquals(
                List.of("db", "web"),
                outages.get(0).byCrash().away().stream().map(Away::name).toList());
        assertEquals(
                List.of("web"),
                outages.get(1).byCrash().away().stream().map(Away::name).toList());
    }
}
