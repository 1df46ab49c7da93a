package io.coppice.supervisor.root;

import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.Fallback;
import io.coppice.supervisor.core.LastExit;
import io.coppice.supervisor.core.Work;
import io.coppice.supervisor.os.Fds;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.os.Pipe;
import io.coppice.supervisor.os.SignalNumbers;
import io.coppice.supervisor.os.SpawnRequest;
import io.coppice.supervisor.os.Spawner;
import io.coppice.supervisor.plan.ChildMark;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Identity;
import io.coppice.supervisor.plan.SlotName;
import io.coppice.supervisor.plan.StartPrefix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Launches children held and lets them go. Every child starts by reading a pipe: one line lets it go on, the end of the
 * pipe makes it exit. So a root that dies between spawning and recording leaves no process behind that owns anything:
 * the kernel closes the pipe.
 *
 * <p>Duty-cycle thread only; the spawn call itself is made by the {@link Spawner}'s thread.
 */
final class Launcher {
    /**
     * Holds a plain command in the pid that it will have: reads one line from descriptor 3, closes it, and becomes the
     * command. {@code sh} sets PWD, which the command shall not see unless it was given one.
     */
    private static final String HOLD_SCRIPT = "read -r _ <&3 || exit 125; exec 3<&-; exec \"$@\"";

    private static final String HOLD_SCRIPT_WITHOUT_PWD =
            "read -r _ <&3 || exit 125; exec 3<&-; unset PWD OLDPWD; exec \"$@\"";

    /** The shell's {@code $0} that waits until a command is in its group, before it is held: then nobody can remove the group beneath it. */
    private static final String ENTER_MARK = "coppice-enter";

    private static final String BEFORE_HOLD = "\0" + ENTER_MARK + "\0";

    private static final int STANDBY_SLOT_BITS = 12;

    /** In place of the incarnation of a standby. */
    static final long NO_INCARNATION = -1;

    private final Spawner spawner;
    private final PreparedInstance instance;
    private final ArchiveWishes archives;
    private final LaunchLimits limits;
    private final WorkerUsers users;
    private final Sandboxes sandboxes;

    Launcher(
            Spawner spawner,
            PreparedInstance instance,
            ArchiveWishes archives,
            LaunchLimits limits,
            WorkerUsers users,
            Sandboxes sandboxes) {
        this.spawner = spawner;
        this.instance = instance;
        this.archives = archives;
        this.limits = limits;
        this.users = users;
        this.sandboxes = sandboxes;
    }

    /**
     * Makes the pipes and hands the spawn to the spawner; its answer comes through the spawner's event descriptor.
     *
     * @param owner whether it is to have the child's segment, as opposed to a standby
     * @throws OsException if there is no descriptor for the pipes; nothing is left open then
     * @throws IOException if there is no user for it; likewise
     */
    void spawn(LaunchedProcess process, ChildPlan plan, long token, boolean owner) throws OsException, IOException {
        process.clear();
        boolean daemon = plan.kind().hasSegment();
        Pipe hold = Pipe.create();
        process.holdReadFd = hold.readFd();
        process.holdWriteFd = hold.writeFd();
        if (daemon) {
            try {
                Pipe hint = Pipe.createNonBlocking();
                process.hintReadFd = hint.readFd();
                process.hintWriteFd = hint.writeFd();
                users.prepare(process, plan, owner);
                sandboxes.ensure(plan);
            } catch (OsException | IOException e) {
                process.closeAll();
                throw e;
            }
        }
        process.archivedLaunch = daemon ? archives.forLaunch(plan) : null;
        LimitedLaunch limited = limits.of(plan, token, process.archivedLaunch);
        process.group = limited.group();
        Sandboxes.Launch sandboxed = sandboxes.prepare(process, plan, owner ? incarnationOf(token) : NO_INCARNATION);
        spawner.submit(new SpawnRequest(
                token,
                argv(plan, sandboxed == null ? plan.argv() : sandboxed.argv(), limited.entering()),
                environment(process, plan),
                plan.workingDirectory(),
                log(plan).toString(),
                instance.output().journalOf(plan),
                process.holdReadFd,
                process.hintWriteFd,
                daemon,
                users.preparation(process, plan, owner, limited.preparation()),
                limited.admission(),
                sandboxed == null ? users.restriction(process) : sandboxed.restricting()));
        // The spawner has copies of its own by now.
        process.closeChildEnds();
    }

    /** A spawn's token: 10 bits of the child's slot, the rest incarnation. */
    static long token(int slot, long incarnation) {
        return (incarnation << 10) | slot;
    }

    /** A standby's spawn: the sign, 12 bits of its slot, the rest its id. */
    static long standbyToken(int slot, long id) {
        return Long.MIN_VALUE | (id << STANDBY_SLOT_BITS) | slot;
    }

    static boolean isStandbys(long token) {
        return token < 0;
    }

    static int standbySlotOf(long token) {
        return (int) (token & ((1 << STANDBY_SLOT_BITS) - 1));
    }

    static int slotOf(long token) {
        return (int) (token & (ChildTable.SLOTS - 1));
    }

    static long incarnationOf(long token) {
        return token >>> 10;
    }

    /**
     * Whether a plain command is still what holds it.
     *
     * @param commandLine of the process, its arguments ended by NUL each
     */
    static boolean isHeld(String commandLine) {
        int held = commandLine.startsWith("/bin/sh\0-c\0") ? commandLine.indexOf(BEFORE_HOLD) : -1;
        String holds = held < 0 ? commandLine : commandLine.substring(held + BEFORE_HOLD.length());
        return holds.startsWith("/bin/sh\0-c\0" + HOLD_SCRIPT + "\0")
                || holds.startsWith("/bin/sh\0-c\0" + HOLD_SCRIPT_WITHOUT_PWD + "\0");
    }

    /**
     * @param words of this process
     * @param entering what a shell does before all else; empty for nothing
     */
    private static List<String> argv(ChildPlan plan, List<String> words, String entering) {
        boolean ownPwd = plan.environment().containsKey("PWD");
        if (plan.kind().hasSegment()) {
            return entering.isEmpty()
                    ? words
                    : StartPrefix.before((ownPwd ? "" : "unset PWD OLDPWD; ") + entering, words);
        }
        List<String> argv = new ArrayList<>();
        if (!entering.isEmpty()) {
            argv.addAll(List.of("/bin/sh", "-c", entering + "exec \"$@\"", ENTER_MARK));
        }
        argv.addAll(List.of("/bin/sh", "-c", ownPwd ? HOLD_SCRIPT : HOLD_SCRIPT_WITHOUT_PWD, "coppice-held"));
        argv.addAll(words);
        return argv;
    }

    private List<String> environment(LaunchedProcess process, ChildPlan plan) {
        List<String> lines = environment(plan);
        if (process.uid != LaunchedProcess.NO_UID) {
            lines.add(Identity.UID_VARIABLE + "=" + process.uid);
        }
        return lines;
    }

    /** All of it, with what marks it as one of this instance; the caller may add to the list. */
    List<String> environment(ChildPlan plan) {
        List<String> lines = new ArrayList<>(plan.environment().size() + 1);
        for (Map.Entry<String, String> entry : plan.environment().entrySet()) {
            lines.add(entry.getKey() + "=" + entry.getValue());
        }
        lines.add(ChildMark.entry(instance.directory().toString(), plan.name()));
        return lines;
    }

    /** What takes the output of a child that does not go to the journal. */
    Path log(ChildPlan plan) {
        return instance.log(SlotName.logName(plan.name()));
    }

    /**
     * Writes the line that lets a held child go, and closes the pipe.
     *
     * @param release what a worker is told to fall back to before it starts, and what a transaction is told to work on
     * @return false if the child can no longer hear it; its death is about to be told
     */
    static boolean release(
            ChildProcess child, @Nullable LastExit lastExit, long lastExitEpochMs, Command.Release release) {
        byte[] line = releaseLine(
                child.incarnation,
                lastExit,
                lastExitEpochMs,
                release.fallback(),
                release.request() == Work.NO_REQUEST
                        ? ""
                        : " slot " + child.plan.slot() + " " + release.request() + " " + release.attempt());
        int written = Fds.write(child.holdWriteFd, line, line.length);
        child.closeHold();
        // Less than PIPE_BUF into an empty pipe: all or nothing.
        return written == line.length;
    }

    static byte[] releaseLine(
            long incarnation,
            @Nullable LastExit lastExit,
            long lastExitEpochMs,
            @Nullable Fallback fallback,
            String task) {
        String line = lastExit == null
                ? "go " + incarnation + " none -1 - 0"
                : "go " + incarnation + " " + lastExit.kind().word() + " " + lastExit.code() + " "
                        + (lastExit.signal() == LastExit.NO_SIGNAL ? "-" : SignalNumbers.name(lastExit.signal())) + " "
                        + lastExitEpochMs;
        return (line + (fallback == null ? "" : " " + fallback.word()) + task + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
