package io.coppice.supervisor.root;

import io.coppice.supervisor.core.ChildPhase;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.os.Fds;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.PlanText;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The production root with one thing added: it ends like one that was killed, right before or right after it commits the
 * step that records a spawned child, and in both cases before it lets the child go; or once it has let a standby go, before it commits that.
 */
final class DyingRootMain {
    private static final int AS_IF_KILLED = 137;

    private DyingRootMain() {}

    private static final class DeadlyPublisher extends StatusPublisher {
        private final boolean beforeCommit;
        private final boolean afterLine;
        private final Class<? extends Command> deadly;

        DeadlyPublisher(PreparedInstance instance, Console console, Plan plan, String when) {
            super(instance.rootSegment(), console, plan);
            afterLine = when.equals("after-line");
            beforeCommit = when.startsWith("before-") || afterLine;
            deadly = when.endsWith("-assignment") ? Command.AssignStandby.class : Command.Release.class;
        }

        @Override
        void publish(SupervisorState before, SupervisorState after, List<Command> commands) {
            boolean records = afterLine
                    ? hasLetAStandbyGo(before, after)
                    : commands.stream().anyMatch(deadly::isInstance);
            if (records && beforeCommit) {
                Runtime.getRuntime().halt(AS_IF_KILLED);
            }
            super.publish(before, after, commands);
            if (records) {
                Runtime.getRuntime().halt(AS_IF_KILLED);
            }
        }
    }

    private static boolean hasLetAStandbyGo(SupervisorState before, SupervisorState after) {
        for (int i = 0; i < after.children().size(); i++) {
            if (before.child(i).assigned()
                    && before.child(i).phase() == ChildPhase.HELD
                    && after.child(i).phase() == ChildPhase.STARTING) {
                return true;
            }
        }
        return false;
    }

    /** @param args {@code --plan-fd N before-commit|after-commit|before-assignment|after-assignment|after-line} */
    public static void main(String[] args) throws Exception {
        Plan plan = PlanText.read(
                new String(Fds.readAll(Integer.parseInt(args[1]), PlanBounds.MAX_PLAN_BYTES), StandardCharsets.UTF_8));
        Console console = new Console();
        PreparedInstance instance = RootStartup.prepare(plan, false, console);
        SignalInbox signals = SignalInbox.open();
        new Root(instance, signals, console, new DeadlyPublisher(instance, console, plan, args[2])).run();
    }
}
