package io.coppice.supervisor.core;

import io.coppice.supervisor.core.ChildState.Verdict;
import org.jspecify.annotations.Nullable;

/** From the kernel's word and a worker's last words to the record of an end. */
public final class LastExits {
    /** With this begin the last words of what itself called System.exit: the code is then of its own choice, and means nothing of ours. */
    public static final String SYSTEM_EXIT = "System.exit by ";

    /** Worker: an exception left its loop. */
    static final int EXCEPTION_CODE = 70;

    /** Worker: an exception left its loop, and it asks not to be restarted. */
    static final int FAIL_CODE = 78;

    /** Held child: its pipe was closed without a word. */
    static final int NOT_RELEASED_CODE = 125;

    /** Shells and JVMs that end because of a signal exit with this plus its number. */
    static final int SIGNAL_CODE_BASE = 128;

    private static final int SEGMENT_REFUSED_CODE = 71;
    private static final int SEGMENT_LOCKED_CODE = 72;
    private static final int MAIN_UNUSABLE_CODE = 73;
    private static final int CONTENTS_DAMAGED_CODE = 74;

    /** Worker: what it was to start from could not be made, for no fault of the contents that it has. */
    private static final int CONTENTS_NOT_MADE_CODE = 75;

    private static final int STOPPED_CODE = 143;

    /** A JVM with -XX:+ExitOnOutOfMemoryError, which workers run with. */
    private static final int OUT_OF_MEMORY_CODE = 3;

    private static final String KILLED = "killed by the kernel: ";

    private LastExits() {}

    /**
     * The record of an end.
     *
     * @param killedFor why the kernel has killed something of it, if that was for want of memory; else null
     * @param askedFor whether its end was asked for
     */
    static LastExit of(
            ChildDraft child,
            ExitStatus status,
            @Nullable String lastWords,
            @Nullable String killedFor,
            boolean askedFor,
            long nowNs) {
        LastExit exit = of(child, status, lastWords, nowNs);
        if (killedFor == null || child.verdict != Verdict.NONE) {
            return exit;
        }
        boolean itself =
                !askedFor && status instanceof ExitStatus.Signaled signaled && signaled.signal() == Signals.KILL;
        // Of a command it may be what it has started, and its own end what it makes of that.
        String text = itself ? KILLED + killedFor : exit.text() + "; something of it was " + KILLED + killedFor;
        return new LastExit(exit.kind(), exit.code(), exit.signal(), text, exit.incarnation(), exit.atNs());
    }

    private static LastExit of(ChildDraft child, ExitStatus status, @Nullable String lastWords, long nowNs) {
        if (child.verdict == Verdict.UNHEALTHY) {
            // However it answered the request to end.
            return new LastExit(
                    ExitKind.UNHEALTHY,
                    status instanceof ExitStatus.Exited exited ? exited.code() : LastExit.NO_CODE,
                    status instanceof ExitStatus.Signaled signaled ? signaled.signal() : LastExit.NO_SIGNAL,
                    verdictText(child),
                    child.incarnation,
                    nowNs);
        }
        boolean words = child.spec.hasSegment() && lastWords != null;
        if (status instanceof ExitStatus.Exited exited) {
            boolean systemExit = lastWords != null && lastWords.startsWith(SYSTEM_EXIT);
            boolean exception = words && !child.spec.foreign() && mayLeaveWords(exited.code()) && !systemExit;
            return new LastExit(
                    exception ? ExitKind.EXCEPTION : ExitKind.EXIT,
                    exited.code(),
                    LastExit.NO_SIGNAL,
                    exception ? String.valueOf(lastWords) : codeText(child, exited.code(), lastWords),
                    child.incarnation,
                    nowNs);
        }
        if (status instanceof ExitStatus.Signaled signaled) {
            boolean ours = signaled.signal() == Signals.KILL;
            return new LastExit(
                    ours ? condemnedOr(child, ExitKind.SIGNAL) : ExitKind.SIGNAL,
                    LastExit.NO_CODE,
                    signaled.signal(),
                    ours && child.verdict != Verdict.NONE
                            ? verdictText(child) + (words ? ": " + lastWords : "")
                            : "signal " + Signals.name(signaled.signal()) + (signaled.core() ? ", core dumped" : ""),
                    child.incarnation,
                    nowNs);
        }
        return new LastExit(
                condemnedOr(child, ExitKind.UNKNOWN),
                LastExit.NO_CODE,
                LastExit.NO_SIGNAL,
                child.verdict != Verdict.NONE
                        ? verdictText(child) + (words ? ": " + lastWords : "")
                        : unknownText(status) + (words ? "; its last words: " + lastWords : ""),
                child.incarnation,
                nowNs);
    }

    /** How a process ended of which no more is known than this. */
    public static String statusText(ExitStatus status) {
        if (status instanceof ExitStatus.Exited exited) {
            return "exit code " + exited.code();
        }
        return status instanceof ExitStatus.Signaled signaled
                ? "signal " + Signals.name(signaled.signal())
                : unknownText(status);
    }

    static LastExit spawnFailed(ChildDraft child, String reason, long nowNs) {
        return new LastExit(
                ExitKind.SPAWN_FAILED, LastExit.NO_CODE, LastExit.NO_SIGNAL, reason, child.incarnation, nowNs);
    }

    /** Whether a process in this phase has done nothing yet: it waits, or would wait, on its pipe. */
    static boolean held(ChildPhase phase) {
        return phase == ChildPhase.SPAWNING || phase == ChildPhase.HELD || phase == ChildPhase.ABANDONING;
    }

    /**
     * Whether this code of a worker says that nothing in its segment's contents has ended it: it was not let at them, has no
     * class to run, wants contents of another layout, failed in making other contents of them (migrate, recover), or was
     * ended by a signal that a JVM answers in order (HUP, INT, TERM).
     */
    static boolean isOutsideContents(int code) {
        return switch (code) {
            case SEGMENT_REFUSED_CODE,
                    SEGMENT_LOCKED_CODE,
                    MAIN_UNUSABLE_CODE,
                    CONTENTS_NOT_MADE_CODE,
                    NOT_RELEASED_CODE -> true;
            default ->
                code == SIGNAL_CODE_BASE + Signals.HUP
                        || code == SIGNAL_CODE_BASE + Signals.INT
                        || code == SIGNAL_CODE_BASE + Signals.TERM;
        };
    }

    /** Whether a worker has found its contents damaged, which it may do in any stage of its start. */
    static boolean isDamagedContents(ExitStatus status) {
        return isCode(status, CONTENTS_DAMAGED_CODE);
    }

    private static boolean mayLeaveWords(int code) {
        return code == EXCEPTION_CODE || code == FAIL_CODE || code == CONTENTS_NOT_MADE_CODE;
    }

    static boolean isCode(ExitStatus status, int code) {
        return status instanceof ExitStatus.Exited exited && exited.code() == code;
    }

    static String verdictText(ChildDraft child) {
        return switch (child.verdict) {
            case HANG -> "no heartbeat for " + DurationText.of(child.spec.heartbeatTimeoutNs());
            case START_TIMEOUT -> startTimeoutText(child);
            case UNHEALTHY -> "unhealthy, as a probe found";
            case TIMEOUT -> TransactionRules.timeoutText(child.spec);
            case NONE -> "";
        };
    }

    static String startTimeoutText(ChildDraft child) {
        StartStage stage = child.start.stage();
        String what = switch (stage) {
            case START -> "not ready within ";
            case RECOVER -> "not recovered within ";
            case MIGRATE -> "not migrated within ";
        };
        return what + DurationText.of(child.spec.startTimeouts().ofNs(stage));
    }

    private static ExitKind condemnedOr(ChildDraft child, ExitKind otherwise) {
        return switch (child.verdict) {
            case HANG, TIMEOUT -> ExitKind.HANG;
            case START_TIMEOUT -> ExitKind.START_TIMEOUT;
            case UNHEALTHY -> ExitKind.UNHEALTHY;
            case NONE -> otherwise;
        };
    }

    private static String unknownText(ExitStatus status) {
        return status instanceof ExitStatus.Unwitnessed
                ? "unknown: it ended while unsupervised"
                : "unknown: the kernel could not tell";
    }

    /** @param lastWords of a program under the agent, or of a worker that called System.exit, most likely */
    private static String codeText(ChildDraft child, int code, @Nullable String lastWords) {
        String text = "exit code " + code;
        if (held(child.phase())) {
            return text + " (before it was released)";
        }
        if (!child.spec.hasSegment()) {
            return text;
        }
        if (child.spec.foreign()) {
            return lastWords != null ? text + ": " + lastWords : text + ofAgent(child.phase(), code);
        }
        boolean saysItAll = SEGMENT_REFUSED_CODE <= code && code <= CONTENTS_DAMAGED_CODE;
        if (lastWords != null && (!saysItAll || lastWords.startsWith(SYSTEM_EXIT))) {
            return text + ": " + lastWords;
        }
        return switch (code) {
            case EXCEPTION_CODE, FAIL_CODE -> text + " (uncaught exception)";
            case SEGMENT_REFUSED_CODE -> text + " (it refused its segment, see its log)";
            case SEGMENT_LOCKED_CODE -> text + " (it could not lock its segment, see its log)";
            case OUT_OF_MEMORY_CODE -> text + " (out of memory, as its log says)";
            case STOPPED_CODE -> text + " (ended in order by a signal)";
            case CONTENTS_DAMAGED_CODE -> text + " (its contents are damaged, see its log)";
            case CONTENTS_NOT_MADE_CODE -> text + " (its state could not be made, see its log)";
            case MAIN_UNUSABLE_CODE -> text + " (its main class is unusable, see its log)";
            default -> text;
        };
    }

    /** Codes with which the agent ends a process before its program runs; all others, and these once it does, are the program's own. */
    private static String ofAgent(ChildPhase phase, int code) {
        if (phase != ChildPhase.STARTING) {
            return "";
        }
        return switch (code) {
            case SEGMENT_REFUSED_CODE, SEGMENT_LOCKED_CODE -> " (of the agent, or its own; see its log)";
            default -> "";
        };
    }
}
