package io.coppice.supervisor.root;

import io.coppice.state.SegmentException;
import io.coppice.supervisor.os.Fds;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.PlanFormatException;
import io.coppice.supervisor.plan.PlanText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The root's {@code main}: reads the plan from the descriptor that the launcher names, prepares the instance and runs
 * the duty cycle. Its exit status is the root's: 0 all stopped or completed, 1 refused or failed, 2 usage, or the plan
 * asks for what the machine does not have, 5 gave up.
 */
public final class RootMain {
    private static final int USAGE = 2;

    private RootMain() {}

    /**
     * Runs a root.
     *
     * @param args {@code --plan-fd N [--fresh]}
     */
    public static void main(String[] args) {
        // halt: no hook and no other thread has anything left to do, and a worker's fate does not hang on ours.
        Runtime.getRuntime().halt(run(args));
    }

    private static int run(String[] args) {
        int planFd = -1;
        boolean fresh = false;
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--fresh")) {
                fresh = true;
            } else if (args[i].equals("--plan-fd") && i + 1 < args.length && args[i + 1].matches("[0-9]{1,9}")) {
                planFd = Integer.parseInt(args[++i]);
            } else {
                return refuse(USAGE, "the root is started by `coppice run`, not by hand; unexpected: " + args[i]);
            }
        }
        if (planFd < 0) {
            return refuse(USAGE, "the root is started by `coppice run`, not by hand; missing: --plan-fd");
        }
        EarlySignal early = new EarlySignal();
        Plan plan;
        try {
            plan = readPlan(planFd);
        } catch (PlanFormatException | OsException e) {
            return refuse(USAGE, "cannot read the plan from descriptor " + planFd + ": " + e.getMessage());
        }
        try (Console console = new Console()) {
            return runPlan(plan, fresh, early, console);
        }
    }

    private static int runPlan(Plan plan, boolean fresh, EarlySignal early, Console console) {
        try (SignalInbox signals = SignalInbox.open()) {
            early.isOver();
            try (PreparedInstance instance = RootStartup.prepare(plan, fresh, console);
                    Root root = new Root(instance, signals, console)) {
                return root.run();
            }
        } catch (StartupRefused e) {
            return refuse(e.exitCode(), String.valueOf(e.getMessage()));
        } catch (OsException | SegmentException | IOException e) {
            return refuse(1, "the root of " + plan.instance() + " cannot run: " + e.getMessage());
        }
    }

    private static Plan readPlan(int fd) throws PlanFormatException, OsException {
        byte[] text = Fds.readAll(fd, PlanBounds.MAX_PLAN_BYTES + 1);
        Fds.close(fd);
        return PlanText.read(new String(text, StandardCharsets.UTF_8).stripTrailing() + "\n");
    }

    private static int refuse(int exitCode, String message) {
        System.err.println("coppice: " + message);
        return exitCode;
    }
}
