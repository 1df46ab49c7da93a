package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.coppice.supervisor.core.Event;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.StepProgress;
import io.coppice.supervisor.os.PidFd;
import io.coppice.supervisor.os.ProcessTable;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.Plan;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FuneralsTest {
    @TempDir
    Path base;

    private ChildPlan command(String name, Dependency... dependsOn) {
        return RootProcess.command(name, base, "sleep 1000", dependsOn);
    }

    private static Dependency on(String name) {
        return new Dependency(name, Dependency.Condition.READY);
    }

    /** Of the two that are dead by their words nothing but that is known; the first one's burial takes its time. */
    @Test
    void shouldTellOfAChainInOrderAlsoWhenItIsDeadByItsWords() throws Exception {
        Plan plan = new Plan(
                "test",
                "/test.yaml",
                base.toString(),
                base.toString(),
                List.of(command("first"), command("second", on("first")), command("third", on("second"))));
        ChildTable children = new ChildTable(plan);
        ProcessTable processes = new ProcessTable();
        Funerals funerals =
                new Funerals(processes, new Incidents((child, text) -> {}), new DyingDependencies(children, processes));
        Process process = new ProcessBuilder("sleep", "1000").start();
        ChildProcess first = children.get(0);
        first.pidFd = PidFd.open((int) process.pid());
        first.dead = true;
        funerals.begin(first, first.pidFd, null, StepProgress.MADE, 0);
        for (int i = 1; i <= 2; i++) {
            ChildProcess child = children.get(i);
            child.dead = true;
            funerals.beginKnown(child, new ExitStatus.Signaled(9, false), null, StepProgress.MADE, 0);
        }

        assertNull(funerals.nextOver(0));

        process.destroyForcibly().waitFor();
        long nowNs = funerals.nextLookNs();
        for (int i = 0; i <= 2; i++) {
            Event told = funerals.nextOver(nowNs);
            assertEquals(i, told instanceof Event.Exited exited ? exited.child() : -1, String.valueOf(told));
        }
        assertNull(funerals.nextOver(nowNs));
    }
}
