package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.Supervisor;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.ProbeCheck;
import io.coppice.supervisor.plan.Probes;
import io.coppice.supervisor.specs.PlanSpecs;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a prober says, from the line that it writes to what follows. */
class ProbeVerdictTest {
    private static final Probe TCP = new Probe(new ProbeCheck.Tcp("127.0.0.1", 80), 0, 1_000, 1_000, 1, 3);
    private static final ChildPlan WEB =
            ChildPlans.command("web").probes(new Probes(null, TCP, TCP)).plan();
    private static final ChildPlan DAEMON = ChildPlans.daemon("it").plan();

    private SupervisorState state = SupervisorState.initial(PlanSpecs.specs(new Plan(
            "shop",
            "/m",
            "/d",
            "/s",
            NoticeCommand.NONE,
            List.of(GroupPlan.INSTANCE),
            List.of(),
            List.of(WEB, DAEMON))));

    private static ControlRequest parsed(String line) {
        byte[] bytes = ("coppice/1 " + line).getBytes(StandardCharsets.UTF_8);
        return ControlRequest.parse(bytes, bytes.length);
    }

    private void step(Event event) {
        state = Supervisor.step(state, event).state();
    }

    private void say(String line) {
        step(Objects.requireNonNull(ControlEvents.eventOf(7, parsed(line), state, 5), line));
    }

    private ChildState web() {
        return state.child(0);
    }

    private void start() {
        step(new Event.Begin(1));
        step(new Event.Spawned(0, 1, 4711, 77, 2));
        step(new Event.Released(0, 1, 3));
    }

    @Test
    void shouldReadALine() {
        assertEquals(
                new ControlRequest.Probed("web", 3, ProbeVerdict.UNHEALTHY, "tcp: refused, 3 times"),
                parsed("probe web 3 unhealthy tcp: refused, 3 times"));
        assertEquals(new ControlRequest.Probed("web", 3, ProbeVerdict.READY, ""), parsed("probe web 3 ready"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "probe",
                "probe web",
                "probe web 3",
                "probe web -3 ready",
                "probe web x ready",
                "probe web 9999999999999999999 ready",
                "probe web 3 Ready",
                "probe web 3 ready a\tb",
                "probe web 3 ready \u0085",
            })
    void shouldRefuseLinesThatAreNone(String line) {
        ControlRequest.Malformed wrong = assertInstanceOf(ControlRequest.Malformed.class, parsed(line));
        assertEquals(2, wrong.exitCode());
        assertTrue(wrong.message().startsWith("probe: expected "), wrong.message());
    }

    @Test
    void shouldBoundTheText() {
        String most = "ü".repeat(ControlRequest.MAX_TEXT_BYTES / 2);
        assertInstanceOf(ControlRequest.Probed.class, parsed("probe web 3 failed " + most));
        assertInstanceOf(ControlRequest.Malformed.class, parsed("probe web 3 failed " + most + "x"));
    }

    @Test
    void shouldMakeItReadyThenUnwellThenWellThenEndIt() {
        start();
        assertEquals(ChildPhase.STARTING, web().phase());
        say("probe web 1 ready tcp");
        say("probe web 1 ready tcp");
        assertEquals(ChildPhase.READY, web().phase());
        say("probe web 1 unhealthy tcp: refused");
        assertEquals(false, web().healthy());
        say("probe web 1 healthy tcp");
        assertEquals(true, web().healthy());
        say("probe web 1 failed tcp: refused");
        assertEquals(ChildPhase.STOPPING, web().phase());
        assertEquals(ChildState.Verdict.UNHEALTHY, web().verdict());
    }

    @Test
    void shouldIgnoreWhatIsSaidOfAnotherIncarnation() {
        start();
        SupervisorState before = state;
        for (ProbeVerdict verdict : ProbeVerdict.values()) {
            say("probe web 2 " + verdict.word() + " x");
            say("probe web 0 " + verdict.word() + " x");
        }
        assertEquals(before, state);
    }

    @Test
    void shouldNotLetAnybodyElseSayThatADaemonIsReadyOrWhatIsHeld() {
        step(new Event.Begin(1));
        step(new Event.Spawned(0, 1, 4711, 77, 2));
        for (String line : List.of("probe it 1 ready", "probe web 1 ready")) {
            assertNull(ControlEvents.eventOf(7, parsed(line), state, 5), line);
            String reply = ControlEvents.immediateReply(parsed(line), state);
            assertTrue(reply.startsWith("error 2 ") && reply.contains("nobody else says"), reply);
        }
    }

    @Test
    void shouldKnowTheNamesOfItsChildren() {
        assertNull(ControlEvents.eventOf(7, parsed("probe wbe 1 ready"), state, 5));
        assertTrue(ControlEvents.immediateReply(parsed("probe wbe 1 ready"), state)
                .startsWith("error 3 no daemon is named `wbe`"));
    }
}
