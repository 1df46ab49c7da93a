package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlans;
import io.coppice.supervisor.plan.GroupPlan;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With a clock of the test's own. */
class AuxiliaryWatchTest {
    private static final long PERIOD_NS = AuxiliaryWatch.PERIOD_NS;

    private final ChildTable children = table(
            ChildPlans.auxiliary("prober").plan(), ChildPlans.command("web").plan());
    private final ChildProcess prober = children.get(0);
    private final ChildProcess web = children.get(1);
    private final AuxiliaryWatch watch = new AuxiliaryWatch(children, 0);
    private final List<Event> events = new ArrayList<>();
    private long nowNs;

    private static ChildTable table(ChildPlan... plans) {
        return new ChildTable(new Plan(
                "test",
                "/test.yaml",
                "/test",
                "/test",
                NoticeCommand.NONE,
                List.of(GroupPlan.INSTANCE),
                List.of(),
                List.of(plans)));
    }

    @BeforeEach
    void launch() throws Exception {
        for (ChildProcess child : children.all()) {
            child.incarnation = 3;
            child.pidFd = PidFd.open((int) ProcessHandle.current().pid());
        }
    }

    @AfterEach
    void close() {
        for (ChildProcess child : children.all()) {
            child.closeAll();
        }
    }

    /** One look, that long after the last one. */
    private void lookAfter(long pauseNs) {
        nowNs += pauseNs;
        watch.look(events::add, nowNs);
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            assertEquals(nowNs + PERIOD_NS, watch.nextLookNs());
            lookAfter(PERIOD_NS);
        }
    }

    @Test
    void shouldEndOneThatIsSilentForLongerThanAMinute() {
        look(6);
        assertEquals(List.of(), events);
        look(1);
        assertEquals(
                List.of(new Event.ProbeFailed(
                        0, 3, "it has not said for a minute that it does its work", 7 * PERIOD_NS)),
                events);
    }

    @Test
    void shouldLeaveOneAloneThatSaysSomethingOfItself() {
        for (int i = 0; i < 10; i++) {
            look(6);
            watch.heard(0, 3);
        }
        assertEquals(List.of(), events);
        watch.heard(0, 2);
        look(6);
        watch.heard(0, 2);
        look(1);
        assertEquals(1, events.size(), "what an earlier one has said counts for nothing");
    }

    @Test
    void shouldNotCountWhatTheRootWasAwayFor() {
        lookAfter(1000 * PERIOD_NS);
        look(4);
        assertEquals(List.of(), events);
        look(1);
        assertEquals(1, events.size());
    }

    @Test
    void shouldWatchOnlyWhatRunsAndBeginAnewWithTheNext() throws Exception {
        look(6);
        prober.dead = true;
        look(10);
        prober.clear();
        prober.pidFd = PidFd.open((int) ProcessHandle.current().pid());
        look(6);
        assertEquals(List.of(), events);
        assertEquals(0, web.silentNs);
    }

    @Test
    void shouldNotWakeTheRootWhereThereIsNone() {
        AuxiliaryWatch none = new AuxiliaryWatch(table(ChildPlans.command("web").plan()), 0);
        assertEquals(Long.MAX_VALUE, none.nextLookNs());
        assertFalse(none.isDue(1000 * PERIOD_NS));
        assertTrue(watch.isDue(PERIOD_NS));
    }
}
