package io.coppice.supervisor.root;

import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.LastExits;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.plan.Plan;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SIGHUP: has the manifest that was read last read again by the command that people use for it, in a process of its own, since a root parses none. That
 * command asks this root in turn, and says in its log what is wrong with a manifest that it does not take. One at a time; what is
 * asked for meanwhile is done once more after it.
 *
 * <p>Duty-cycle thread only.
 */
final class HangupReload {
    /** Where the launcher is that this root was started by. */
    static final String LAUNCHER_PROPERTY = "coppice.launcher";

    /** The exit code for a manifest that is not good. */
    private static final int REFUSED = 2;

    /** It waits for 90 s at most itself, and boots and reads a manifest before. */
    static final String TIMEOUT_PROPERTY = "coppice.hangup.timeout.ms";

    private static final long DEFAULT_TIMEOUT_MS = 180_000;

    /** No child has such a name. */
    private static final String LOG = "_reload";

    /** Before what the command says: the log has many runs of it. */
    private static final String HEADED = "printf '%s\\n' \"$0\"; exec \"$@\"";

    private final PreparedInstance instance;
    private final Errands errands;
    private final Incidents incidents;
    private final Console console;
    private Plan plan;
    private Errands.@Nullable Errand underWay;
    private boolean again;

    HangupReload(PreparedInstance instance, Errands errands, Incidents incidents, Console console) {
        this.instance = instance;
        this.errands = errands;
        this.incidents = incidents;
        this.console = console;
        this.plan = instance.plan();
    }

    /** From now on the manifest that this plan was made from is read. */
    void replan(Plan next) {
        plan = next;
    }

    /** The signal has come. */
    void ask(long nowNs) {
        String launcher = System.getProperty(LAUNCHER_PROPERTY);
        if (launcher == null) {
            console.warn("SIGHUP: nothing was changed, for this root was not started by the launcher; `coppice reload`"
                    + " reads the manifest again");
            return;
        }
        if (underWay != null) {
            again = true;
            console.warn("SIGHUP: `coppice reload` is under way since an earlier one; it is run again after that");
            return;
        }
        List<String> environment = new ArrayList<>();
        System.getenv().forEach((name, value) -> environment.add(name + "=" + value));
        // A root that runs is no occasion to build another.
        environment.add("COPPICE_BUILD=never");
        environment.add("COPPICE_JAVA_HOME=" + System.getProperty("java.home"));
        String manifest = plan.manifest();
        try {
            underWay = errands.send(
                    List.of(
                            "/bin/sh",
                            "-c",
                            HEADED,
                            Instant.now().truncatedTo(ChronoUnit.MILLIS) + " SIGHUP: reading " + manifest + " again",
                            launcher,
                            "reload",
                            "-f",
                            manifest,
                            "--instance",
                            plan.instance()),
                    environment,
                    "/",
                    instance.log(LOG),
                    Long.getLong(TIMEOUT_PROPERTY, DEFAULT_TIMEOUT_MS) * 1_000_000,
                    this::ended);
            console.warn("SIGHUP: reading " + manifest + " again");
        } catch (OsException e) {
            fail(true, "cannot be run: " + e.getMessage(), nowNs);
        }
    }

    private void ended(@Nullable ExitStatus status, String failure, long nowNs) {
        underWay = null;
        boolean done = status instanceof ExitStatus.Exited exited && exited.code() == 0;
        if (!done) {
            boolean refused =
                    status == null || (status instanceof ExitStatus.Exited exited && exited.code() == REFUSED);
            fail(
                    refused,
                    status == null
                            ? "cannot be run: " + failure
                            : failure.isEmpty() ? "ended with " + LastExits.statusText(status) : failure,
                    nowNs);
        }
        if (again) {
            again = false;
            ask(nowNs);
        }
    }

    /** @param refused nothing was changed; else that depends on how far it came, and other events tell it */
    private void fail(boolean refused, String why, long nowNs) {
        incidents.tell(
                Incidents.Kind.RELOAD_FAILED,
                nowNs,
                (refused ? "SIGHUP changed nothing" : "SIGHUP") + ": `coppice reload` " + why + " (`coppice logs " + LOG
                        + "` tells more)");
    }
}
