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
    private static final long NOBODY = -1;

    private final Caller caller;
    private final InstanceBase base;

    /** Looked in for what is not in the user's own; null where a variable says where all are, or that is the user's own. */
    private final @Nullable InstanceBase shared;

    private final ProcFileSystem proc;
    private final Predicate<InstanceDirectory> present;

    InstanceResolver(Caller caller) {
        this(caller, InstanceDirectory::exists);
    }

    /** @param present whether a directory counts as an instance's, where more is wanted than what a root has left */
    InstanceResolver(Caller caller, Predicate<InstanceDirectory> present) {
        this.caller = caller;
        this.base = InstanceBase.locate(caller.environment(), caller.uid(), caller.workingDirectory());
        this.shared = caller.uid() == 0 || !caller.variable("COPPICE_HOME_DIR").isEmpty() ? null : InstanceBase.OF_ROOT;
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
        InstanceDirectory ofRoot = shared == null ? null : shared.instance(name);
        if (ofRoot != null && Files.exists(ofRoot.path(), LinkOption.NOFOLLOW_LINKS)) {
            checkPermission(ofRoot);
            return ofRoot;
        }
        List<InstanceDirectory> known = known();
        StringBuilder message = new StringBuilder("No such instance: " + name + " (from " + source + "; looked in "
                + base.path() + ", " + base.reason() + placesBeside() + ").");
        Suggestions.nearest(name, known.stream().map(InstanceDirectory::name).toList())
                .ifPresent(near -> message.append(" Did you mean ").append(near).append("?"));
        throw new CommandFailedException(ExitCode.NO_SUCH, message + "\n" + knownOrHowToStart(known));
    }

    private String placesBeside() {
        if (shared == null || !Files.exists(shared.path())) {
            return "";
        }
        return Files.isExecutable(shared.path())
                ? "; and in " + shared.path() + ", " + shared.reason()
                : "; " + shared.path() + ", " + shared.reason() + ", is closed to user id " + caller.uid();
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

    /**
     * An instance is its user's own, or one of root's that is open to this user, or is where a variable says: what any other user put somewhere could
     * lead us anywhere.
     */
    private void checkPermission(InstanceDirectory instance) {
        long owner = ownerOf(instance);
        if (owner == NOBODY) {
            return; // Whether it exists is the next question.
        }
        boolean directory = Files.isDirectory(instance.path(), LinkOption.NOFOLLOW_LINKS);
        if (owner == caller.uid() || caller.uid() == 0) {
            if (!directory || !Files.isReadable(instance.path())) {
                throw new CommandFailedException(
                        ExitCode.NOT_PERMITTED, instance.path() + " is not a directory that can be read.");
            }
            return;
        }
        boolean trusted = owner == 0 || !caller.variable("COPPICE_HOME_DIR").isEmpty();
        if (!directory || !trusted || !Files.isReadable(instance.rootSegment())) {
            throw new CommandFailedException(
                    ExitCode.NOT_PERMITTED,
                    instance.path() + " belongs to user id " + owner + ", and is closed to user id " + caller.uid()
                            + ", as which this command runs.\n  Run it as that user or as root; or have `control.group` in its"
                            + " manifest name a group of yours.");
        }
    }

    /**
     * For a command that needs more than the root's segment and its socket.
     *
     * @param what it needs, in the plural
     * @throws CommandFailedException with exit code 4 if that is another user's
     */
    void requireWhole(InstanceDirectory instance, String what) {
        long owner = ownerOf(instance);
        if (owner != NOBODY && owner != caller.uid() && caller.uid() != 0) {
            throw new CommandFailedException(
                    ExitCode.NOT_PERMITTED,
                    "Not permitted: " + what + " of " + instance.name() + " are for user id " + owner
                            + " and root only, and this command runs as user id " + caller.uid()
                            + ".\n  `control` in its manifest opens `status`, `ps` and `events`, and what asks the root; for the"
                            + " rest run the command as that user or as root.");
        }
    }

    private long ownerOf(InstanceDirectory instance) {
        try {
            return ((Integer) Files.getAttribute(instance.path(), "unix:uid", LinkOption.NOFOLLOW_LINKS))
                    & 0xffff_ffffL;
        } catch (NoSuchFileException e) {
            return NOBODY;
        } catch (AccessDeniedException e) {
            throw new CommandFailedException(
                    ExitCode.NOT_PERMITTED,
                    "Not permitted to look at " + instance.path() + " as user id " + caller.uid()
                            + ".\n  Run this command as its owner or as root.");
        } catch (IOException e) {
            throw new CommandFailedException(ExitCode.FAILED, "Cannot look at " + instance.path() + ": " + e);
        }
    }
}
