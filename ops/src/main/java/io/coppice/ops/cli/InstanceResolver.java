package io.coppice.ops.cli;

import io.coppice.ops.view.InstanceBase;
import io.coppice.ops.view.InstanceDirectory;
import io.coppice.ops.view.InstanceName;
import io.coppice.ops.view.ProcFileSystem;
import io.coppice.ops.view.RootLiveness;
import io.coppice.ops.view.Suggestions;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the instance of a client command: {@code --instance}, else {@code $COPPICE_INSTANCE}, else what
 * {@code ./coppice.yaml} names, else the only one that runs. Where one is named, no other is taken for it: what stops or kills
 * would hit what nobody meant.
 */
final class InstanceResolver {
    private final Caller caller;
    private final InstanceBase base;
    private final ProcFileSystem proc;
    private final Predicate<InstanceDirectory> present;

    InstanceResolver(Caller caller) {
        this(caller, InstanceDirectory::exists);
    }

    /** @param present whether a directory counts as an instance's, where more is wanted than what a root has left */
    InstanceResolver(Caller caller, Predicate<InstanceDirectory> present) {
        this.caller = caller;
        this.base = InstanceBase.locate(caller.environment(), caller.uid(), caller.workingDirectory());
        this.proc = new ProcFileSystem(caller.proc());
        this.present = present;
    }

    /**
     * The instance, whose directory exists and may be read.
     *
     * @param option value of {@code --instance}, or null
     * @throws CommandFailedException with exit code 2, 3 or 4
     */
    InstanceDirectory resolve(@Nullable String option) {
        if (option != null) {
            return named(option, "--instance");
        }
        String variable = caller.variable("COPPICE_INSTANCE");
        if (!variable.isEmpty()) {
            return named(variable, "$COPPICE_INSTANCE");
        }
        Optional<String> manifest = ManifestInstance.in(caller.workingDirectory());
        if (manifest.isPresent()) {
            return named(manifest.get(), "./" + ManifestInstance.FILE);
        }
        InstanceDirectory only = onlyRunning();
        checkPermission(only);
        return only;
    }

    private InstanceDirectory named(String name, String source) {
        if (!InstanceName.isValid(name)) {
            throw new CommandFailedException(
                    ExitCode.USAGE, source + ": `" + name + "` is no instance name, expected [a-z0-9-]{1,32}.");
        }
        InstanceDirectory instance = base.instance(name);
        checkPermission(instance);
        if (present.test(instance)) {
            return instance;
        }
        List<InstanceDirectory> known = known();
        StringBuilder message = new StringBuilder("No such instance: " + name + " (from " + source + "; looked in "
                + base.path() + ", " + base.reason() + ").");
        Suggestions.nearest(name, known.stream().map(InstanceDirectory::name).toList())
                .ifPresent(near -> message.append(" Did you mean ").append(near).append("?"));
        throw new CommandFailedException(ExitCode.NO_SUCH, message + "\n" + knownOrHowToStart(known));
    }

    private InstanceDirectory onlyRunning() {
        List<InstanceDirectory> known = known();
        List<InstanceDirectory> running = known.stream()
                .filter(instance -> RootLiveness.of(instance, proc).running())
                .toList();
        if (running.size() > 1) {
            StringBuilder message =
                    new StringBuilder(running.size() + " instances run: say which with --instance NAME.");
            running.forEach(instance -> message.append("\n  ")
                    .append(instance.name())
                    .append("  (its root ")
                    .append(RootLiveness.of(instance, proc).words())
                    .append(")"));
            throw new CommandFailedException(ExitCode.USAGE, message.toString());
        }
        if (running.isEmpty()) {
            throw new CommandFailedException(
                    ExitCode.NO_SUCH,
                    "No instance runs (looked in " + base.path() + ", " + base.reason() + ").\n"
                            + knownOrHowToStart(known));
        }
        return running.get(0);
    }

    private String knownOrHowToStart(List<InstanceDirectory> known) {
        if (known.isEmpty()) {
            return "  Start one with `coppice run -f FILE`, or `coppice demo`.";
        }
        List<String> words = new ArrayList<>();
        for (InstanceDirectory instance : known) {
            words.add(instance.name() + " (its root "
                    + RootLiveness.of(instance, proc).words() + ")");
        }
        return "  Known: " + String.join(", ", words) + ".\n  Name one with --instance NAME, or start one with"
                + " `coppice run -f FILE`.";
    }

    private List<InstanceDirectory> known() {
        try {
            return base.instances();
        } catch (AccessDeniedException e) {
            throw new CommandFailedException(
                    ExitCode.NOT_PERMITTED,
                    "Not permitted to read " + base.path() + " (" + base.reason()
                            + ").\n  Run this command as its owner.");
        } catch (IOException e) {
            throw new CommandFailedException(
                    ExitCode.FAILED, "Cannot read " + base.path() + " (" + base.reason() + "): " + e.getMessage());
        }
    }

    /** Instances are private to their user: what another user put there could lead us anywhere. */
    private void checkPermission(InstanceDirectory instance) {
        long owner;
        try {
            owner = ((Integer) Files.getAttribute(instance.path(), "unix:uid", LinkOption.NOFOLLOW_LINKS))
                    & 0xffff_ffffL;
        } catch (NoSuchFileException e) {
            return; // Whether it exists is the next question.
        } catch (AccessDeniedException e) {
            throw new CommandFailedException(
                    ExitCode.NOT_PERMITTED,
                    "Not permitted to look at " + instance.path() + " as user id " + caller.uid()
                            + ".\n  Run this command as its owner or as root.");
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.FAILED, "Cannot look at " + instance.path() + ": " + e);
        }
        boolean mine = owner == caller.uid() || caller.uid() == 0;
        if (!mine
                || !Files.isDirectory(instance.path(), LinkOption.NOFOLLOW_LINKS)
                || !Files.isReadable(instance.path())) {
            throw new CommandFailedException(
                    ExitCode.NOT_PERMITTED,
                    instance.path()
                            + (mine
                                    ? " is not a directory that can be read."
                                    : " belongs to user id " + owner + ", this command runs as " + caller.uid()
                                            + ".\n  Run it as that user or as root."));
        }
    }
}
