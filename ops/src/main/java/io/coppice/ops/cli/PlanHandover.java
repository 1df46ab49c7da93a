package io.coppice.ops.cli;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.PlanFile;
import io.coppice.ops.view.RootLiveness;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Gives the root of an instance another plan, and waits until that has taken effect. One thread. */
final class PlanHandover {
    private final CoppiceCommand coppice;
    private final InstanceDirectory instance;
    private final Duration timeout;
    private final long startNs;

    /**
     * Of one command.
     *
     * @param timeout of all of it, from {@code startNs} by the monotonic clock
     */
    PlanHandover(CoppiceCommand coppice, InstanceDirectory instance, Duration timeout, long startNs) {
        this.coppice = coppice;
        this.instance = instance;
        this.timeout = timeout;
        this.startNs = startNs;
    }

    /**
     * Hands the plan over, in a file that only the instance's user can read. Waits while a reload is under way.
     *
     * @param base what it was made from
     * @return null if the root has taken it; in words why not, if it runs another plan than {@code base} by now
     * @throws CommandFailedException if the root refuses it for another reason, or in the time that there is
     */
    @Nullable
    String handOver(Plan base, String planText) {
        try {
            Path handed = Files.createTempFile(
                    instance.path(),
                    "plan-",
                    ".next",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                UserPrincipal owner = Files.getOwner(instance.path());
                if (!owner.equals(Files.getOwner(handed))) {
                    Files.setOwner(handed, owner);
                }
                Files.writeString(handed, planText.stripTrailing() + "\n");
                return ask(base, handed.getFileName() + " " + PlanText.fingerprint(base));
            } finally {
                Files.deleteIfExists(handed);
            }
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "Cannot hand the new plan over in " + instance.path() + ": " + e);
        }
    }

    private @Nullable String ask(Plan base, String arguments) {
        ControlClient client = new ControlClient(instance, coppice.proc(), timeout);
        while (client.ask("reload " + arguments) instanceof ControlReply.Refused refused) {
            if (refused.later() && isReplaced(base)) {
                return refused.message();
            }
            if (!refused.later() || isLate() || !Polling.pause(Polling.FOLLOW_INTERVAL)) {
                throw new CommandFailedException(refused.exitCode(), "Nothing was changed: " + refused.message());
            }
        }
        return null;
    }

    /** Whether there is another plan on record. */
    private boolean isReplaced(Plan base) {
        return PlanFile.read(instance).plan().filter(plan -> !plan.equals(base)).isPresent();
    }

    /**
     * The root records the plan when it has taken effect: when what goes is gone. Somebody may have it changed again at once, so any
     * other record than that of {@code base} tells it.
     *
     * @throws CommandFailedException if that is not so in the time that there is, or the root dies before
     */
    void awaitEffect(Plan base, String planText) {
        String expected = planText.stripTrailing() + "\n";
        while (true) {
            boolean late = isLate();
            RootLiveness root = RootLiveness.of(instance, coppice.proc());
            PlanFile record = PlanFile.read(instance);
            if (record.plan()
                    .filter(plan -> !plan.equals(base) || PlanText.write(plan).equals(expected))
                    .isPresent()) {
                return;
            }
            if (!root.running()) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        "The root of " + instance.name() + " " + root.words()
                                + " before the change was done.\n  `coppice run` starts it by the new manifest.");
            }
            if (late || !Polling.pause(Polling.AWAIT_INTERVAL)) {
                throw new CommandFailedException(
                        ExitCode.FAILED,
                        "What the new plan lacks has not ended " + soFar(late)
                                + "; the change goes on when it has.\n  `coppice status --instance "
                                + instance.name()
                                + "` shows what is stopping.");
            }
        }
    }

    /** Only a time that is over is named: this command may have been interrupted before. */
    private String soFar(boolean late) {
        return late ? "within " + timeout.toMillis() + " ms" : "yet";
    }

    private boolean isLate() {
        return coppice.caller().clocks().monotonicNs().getAsLong() - startNs >= timeout.toNanos();
    }
}
