package io.coppice.supervisor.os;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a child and everything that it starts may not do, ever: a ruleset of Landlock, a filter of system calls, and in any case no new
 * privileges (no set-user-id program takes effect). A value; {@link SpawnRequest} carries it.
 *
 * <p>What the rules must not allow, whatever else of the system they do: to write in /proc and /sys, where files of other processes of
 * the user are (oom_score_adj, autogroup, a control group's cgroup.kill).
 *
 * <p>What this does not keep from a process of the same user: to have somebody outside act for it who takes orders of that user, through
 * a socket that has a name in the file system (the user's service manager, D-Bus, a container daemon); to take memory, processes and disk
 * that others need; and, for user 0, what its capabilities allow beside files, such as the clock or a raw disk.
 *
 * @param ruleset null for none
 * @param filter whether {@link SeccompFilter} is in force
 * @param group whether {@link GroupFilter} is: it stays in the process group that it is started in, which is its own
 */
public record Restriction(@Nullable LandlockRuleset ruleset, boolean filter, boolean group) implements Restricting {
    /** It stays in its process group, and may do all else, but gain privileges. */
    public static final Restriction IN_GROUP = new Restriction(null, false, true);

    /** @throws IllegalArgumentException if it restricts nothing */
    public Restriction {
        if (ruleset == null && !filter && !group) {
            throw new IllegalArgumentException("restriction: expected a ruleset, a filter or both; null is none");
        }
    }

    /** Which leaves its process group when it likes. */
    public Restriction(@Nullable LandlockRuleset ruleset, boolean filter) {
        this(ruleset, filter, false);
    }

    @Override
    public Restriction restriction() {
        return this;
    }

    /**
     * Puts it on the calling thread, which can never take it off: for a thread that starts a process, by whatever means, and ends. A thread
     * that it makes is under it, too. Not with a {@code group}, which is for launches only.
     *
     * @throws OsException naming the step; a part of it may be in force then
     */
    public void restrictThisThread() throws OsException {
        if (group) {
            throw new IllegalStateException("group: a thread cannot be kept in a group that is its process's");
        }
        RestrictedLaunch.restrictThread(this);
    }

    /**
     * Starts a process under it, by a thread that puts it on itself and ends. Any thread, and it waits for that one.
     *
     * @param restricted run by that thread once it is on it, before the start
     * @throws OsException if it cannot be put on, which says nothing of the program
     * @throws IOException if the program cannot be started
     * @throws InterruptedException while it waits; the process may have been started then
     */
    public Process start(ProcessBuilder builder, Runnable restricted)
            throws OsException, IOException, InterruptedException {
        AtomicReference<Object> outcome = new AtomicReference<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        restrictThisThread();
                        restricted.run();
                        outcome.set(builder.start());
                    } catch (Throwable e) {
                        outcome.set(e); // thrown below
                    }
                },
                "coppice-restricted");
        thread.setDaemon(true);
        thread.start();
        thread.join();
        Object came = outcome.get();
        if (came instanceof Process process) {
            return process;
        } else if (came instanceof OsException e) {
            throw e;
        } else if (came instanceof IOException e) {
            throw e;
        } else if (came instanceof Error e) {
            throw e;
        }
        throw new IllegalStateException("a restricted start came to nothing: " + came, (Throwable) came);
    }

    /**
     * What of this the kernel does not enforce; empty if it enforces all. Any thread; a few system calls.
     *
     * <p>A launch with {@link KernelGap#LANDLOCK} or {@link KernelGap#FILTER} fails. The other gaps are left out silently: whoever makes the
     * restriction looks here first and says so.
     */
    public Set<KernelGap> gaps() {
        Set<KernelGap> gaps = EnumSet.noneOf(KernelGap.class);
        if (ruleset != null) {
            addGaps(ruleset, Landlock.abi(), gaps);
        }
        if (filter && !SeccompFilter.isAvailable()) {
            gaps.add(KernelGap.FILTER);
        }
        if (group && !GroupFilter.isAvailable()) {
            gaps.add(KernelGap.GROUP);
        }
        return gaps;
    }

    private static void addGaps(LandlockRuleset ruleset, int abi, Set<KernelGap> gaps) {
        if (abi == 0) {
            gaps.add(KernelGap.LANDLOCK);
            return;
        }
        addIfNew(ruleset, LandlockRight.REFER, abi, KernelGap.REPARENTING, gaps);
        addIfNew(ruleset, LandlockRight.TRUNCATE, abi, KernelGap.TRUNCATION, gaps);
        addIfNew(ruleset, LandlockRight.IOCTL_DEV, abi, KernelGap.DEVICE_COMMANDS, gaps);
        if (abi < LandlockScope.SINCE_ABI) {
            if (ruleset.scopes().contains(LandlockScope.SIGNAL)) {
                gaps.add(KernelGap.SIGNALS);
            }
            if (ruleset.scopes().contains(LandlockScope.ABSTRACT_UNIX_SOCKET)) {
                gaps.add(KernelGap.ABSTRACT_SOCKETS);
            }
        }
    }

    private static void addIfNew(
            LandlockRuleset ruleset, LandlockRight right, int abi, KernelGap gap, Set<KernelGap> gaps) {
        if (abi < right.sinceAbi() && ruleset.handled().contains(right)) {
            gaps.add(gap);
        }
    }
}
