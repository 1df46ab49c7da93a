package io.coppice.state.root;

import io.coppice.state.BytesField;
import io.coppice.state.LongField;
import io.coppice.state.RecordLayout;

/**
 * Record layouts of the root's segment; the fields, in this order, are the drawing. Times: {@code EpochMs} is milliseconds
 * since 1970; {@code Ns} is CLOCK_MONOTONIC, the same for all processes since boot. A change of any line changes the
 * layout's hash, and segments of the old one are refused.
 */
final class RootLayouts {
    static final int MAX_CHILDREN = 512;
    static final int EVENT_ROWS = 1024;
    static final int NAME_BYTES = 32;
    static final int TEXT_BYTES = 160;
    static final int BOOT_ID_BYTES = 36;

    static final String ROOT_STRUCTURE = "root";
    static final String CHILDREN_STRUCTURE = "children";
    static final String EVENTS_STRUCTURE = "events";
    static final String RESUME_STRUCTURE = "resume";
    static final String STANDBYS_STRUCTURE = "standbys";
    static final String GROUPS_STRUCTURE = "groups";

    /** With the outermost one, which every instance has. */
    static final int MAX_GROUPS = 64;

    /** Rows of one child, one after the other. */
    static final int STANDBYS_PER_CHILD = 4;

    /** Of the failures within the period of max_restarts: the newest. */
    static final int FAILURES_KEPT = 64;

    /** In place of a user's number, of which 0 is one. */
    static final long NOBODY = -1;

    private static final RecordLayout.Builder ROOT = RecordLayout.named("root");
    static final LongField ROOT_PID = ROOT.int64("pid");
    static final LongField ROOT_START_TICKS = ROOT.int64("startTicks");
    static final LongField ROOT_PID_NAMESPACE = ROOT.int64("pidNamespace");
    static final LongField ROOT_SINCE_EPOCH_MS = ROOT.int64("sinceEpochMs");
    static final LongField ROOT_PHASE = ROOT.int64("phase");
    static final LongField ROOT_CHILD_COUNT = ROOT.int64("childCount");
    static final LongField ROOT_EVENT_COUNT = ROOT.int64("eventCount");
    static final LongField ROOT_TURNS = ROOT.int64("turns");
    static final LongField ROOT_ALLOCATED_BYTES = ROOT.int64("allocatedBytes");
    static final LongField ROOT_GAVE_UP_AT_EPOCH_MS = ROOT.int64("gaveUpAtEpochMs");
    static final LongField ROOT_TOLD_EVENTS = ROOT.int64("toldEvents");
    static final BytesField ROOT_GAVE_UP_BY = ROOT.bytes("gaveUpBy", NAME_BYTES);
    static final BytesField ROOT_BOOT_ID = ROOT.bytes("bootId", BOOT_ID_BYTES);
    static final RecordLayout ROOT_LAYOUT = ROOT.build();

    private static final RecordLayout.Builder CHILD = RecordLayout.named("child");
    static final LongField CHILD_KIND = CHILD.int64("kind");
    static final LongField CHILD_STATE = CHILD.int64("state");
    static final LongField CHILD_WANTED = CHILD.int64("wanted");
    static final LongField CHILD_PID = CHILD.int64("pid");
    static final LongField CHILD_START_TICKS = CHILD.int64("startTicks");
    static final LongField CHILD_PIDFD_INODE = CHILD.int64("pidfdInode");
    static final LongField CHILD_INCARNATION = CHILD.int64("incarnation");
    static final LongField CHILD_RESTARTS = CHILD.int64("restarts");
    static final LongField CHILD_FAILURE_COUNT = CHILD.int64("failureCount");
    static final LongField CHILD_HEARTBEAT_SEEN_NS = CHILD.int64("heartbeatSeenNs");
    static final LongField CHILD_BACKOFF_UNTIL_NS = CHILD.int64("backoffUntilNs");
    static final LongField CHILD_SPAWNED_AT_NS = CHILD.int64("spawnedAtNs");
    static final LongField CHILD_READY_AT_NS = CHILD.int64("readyAtNs");
    static final LongField CHILD_EXIT_KIND = CHILD.int64("lastExitKind");
    static final LongField CHILD_EXIT_CODE = CHILD.int64("lastExitCode");
    static final LongField CHILD_EXIT_SIGNAL = CHILD.int64("lastExitSignal");
    static final LongField CHILD_EXIT_AT_EPOCH_MS = CHILD.int64("lastExitAtEpochMs");
    static final LongField CHILD_REQUEST = CHILD.int64("request");
    static final LongField CHILD_ORDER_NUMBER = CHILD.int64("orderNumber");
    static final LongField CHILD_ORDER = CHILD.int64("order");
    static final LongField CHILD_ORDER_ID = CHILD.int64("orderId");
    static final BytesField CHILD_NAME = CHILD.bytes("name", NAME_BYTES);
    static final BytesField CHILD_EXIT_TEXT = CHILD.bytes("lastExitText", TEXT_BYTES);
    static final RecordLayout CHILD_LAYOUT = CHILD.build();

    private static final RecordLayout.Builder RESUME = RecordLayout.named("resume");
    static final LongField RESUME_PHASE = RESUME.int64("phase");
    static final LongField RESUME_SINCE_NS = RESUME.int64("sinceNs");
    static final LongField RESUME_DEADLINE_NS = RESUME.int64("deadlineNs");
    static final LongField RESUME_SESSION = RESUME.int64("session");
    static final LongField RESUME_STAGE = RESUME.int64("stage");
    static final LongField RESUME_STAGE_SINCE_NS = RESUME.int64("stageSinceNs");
    static final LongField RESUME_START_NS = RESUME.int64("startNs");
    static final LongField RESUME_RECOVER_NS = RESUME.int64("recoverNs");
    static final LongField RESUME_MIGRATE_NS = RESUME.int64("migrateNs");
    static final LongField RESUME_STOP_ASKED = RESUME.int64("stopAsked");
    static final LongField RESUME_RESTART_DUE = RESUME.int64("restartDue");
    static final LongField RESUME_VERDICT = RESUME.int64("verdict");
    static final LongField RESUME_KILL_SIGNAL = RESUME.int64("killSignal");
    static final LongField RESUME_KILL_AT_NS = RESUME.int64("killAtNs");
    static final LongField RESUME_STREAK = RESUME.int64("streak");
    static final LongField RESUME_POISON_DEATHS = RESUME.int64("poisonDeaths");
    static final LongField RESUME_FALLBACKS = RESUME.int64("fallbacks");
    static final LongField RESUME_FALLBACK_DUE = RESUME.int64("fallbackDue");
    static final LongField RESUME_EXIT_INCARNATION = RESUME.int64("exitIncarnation");
    static final LongField RESUME_EXIT_AT_NS = RESUME.int64("exitAtNs");
    static final LongField RESUME_LAUNCHED_AS = RESUME.int64("launchedAs");
    static final LongField RESUME_ASSIGNED = RESUME.int64("assigned");
    static final LongField RESUME_PIPE_INODE = RESUME.int64("pipeInode");
    static final LongField RESUME_LAST_STANDBY = RESUME.int64("lastStandby");
    static final LongField RESUME_REFILL_AT_NS = RESUME.int64("refillAtNs");
    static final LongField RESUME_STANDBY_FAILURES = RESUME.int64("standbyFailures");
    static final LongField RESUME_STANDBYS_PUT_OFF = RESUME.int64("standbysPutOff");
    static final LongField RESUME_END_DUE = RESUME.int64("endDue");
    static final LongField RESUME_FATE = RESUME.int64("fate");
    static final LongField RESUME_RESTARTS_WITH = RESUME.int64("restartsWith");
    static final LongField RESUME_UNHEALTHY = RESUME.int64("unhealthy");
    static final LongField RESUME_LOG_START_BYTES = RESUME.int64("logStartBytes");
    static final LongField RESUME_SERVED = RESUME.int64("served");
    static final LongField RESUME_ATTEMPTS = RESUME.int64("attempts");

    /** {@link ResumeRow} has the bits. */
    static final LongField RESUME_WORK = RESUME.int64("work");

    static final BytesField RESUME_FAILED_AT_NS = RESUME.bytes("failedAtNs", FAILURES_KEPT * Long.BYTES);
    static final RecordLayout RESUME_LAYOUT = RESUME.build();

    private static final RecordLayout.Builder STANDBY = RecordLayout.named("standby");
    static final LongField STANDBY_ID = STANDBY.int64("id");
    static final LongField STANDBY_PHASE = STANDBY.int64("phase");
    static final LongField STANDBY_PID = STANDBY.int64("pid");
    static final LongField STANDBY_START_TICKS = STANDBY.int64("startTicks");
    static final LongField STANDBY_PIDFD_INODE = STANDBY.int64("pidfdInode");
    static final LongField STANDBY_PIPE_INODE = STANDBY.int64("pipeInode");
    static final LongField STANDBY_SESSION = STANDBY.int64("session");
    static final LongField STANDBY_LAUNCHED_AS = STANDBY.int64("launchedAs");
    static final LongField STANDBY_SINCE_NS = STANDBY.int64("sinceNs");
    static final LongField STANDBY_DEADLINE_NS = STANDBY.int64("deadlineNs");
    static final LongField STANDBY_PAUSED = STANDBY.int64("paused");
    static final RecordLayout STANDBY_LAYOUT = STANDBY.build();

    private static final RecordLayout.Builder GROUP = RecordLayout.named("group");
    static final LongField GROUP_USED = GROUP.int64("used");
    static final LongField GROUP_STREAK = GROUP.int64("streak");
    static final LongField GROUP_RESTART_AT_NS = GROUP.int64("restartAtNs");
    static final LongField GROUP_DONE = GROUP.int64("done");
    static final BytesField GROUP_NAME = GROUP.bytes("name", NAME_BYTES);
    static final BytesField GROUP_FAILED_AT_NS = GROUP.bytes("failedAtNs", FAILURES_KEPT * Long.BYTES);
    static final RecordLayout GROUP_LAYOUT = GROUP.build();

    private static final RecordLayout.Builder EVENT = RecordLayout.named("event");
    static final LongField EVENT_SEQUENCE = EVENT.int64("sequence");
    static final LongField EVENT_EPOCH_MS = EVENT.int64("epochMs");
    static final LongField EVENT_CHILD_INDEX = EVENT.int64("childIndex");
    static final LongField EVENT_TYPE = EVENT.int64("type");
    static final LongField EVENT_PID = EVENT.int64("pid");
    static final LongField EVENT_INCARNATION = EVENT.int64("incarnation");
    /** Of who asked for it; {@link #NOBODY} where nobody did. */
    static final LongField EVENT_BY_UID = EVENT.int64("byUid");

    static final LongField EVENT_BY_PID = EVENT.int64("byPid");
    static final BytesField EVENT_CHILD_NAME = EVENT.bytes("childName", NAME_BYTES);
    static final BytesField EVENT_TEXT = EVENT.bytes("text", TEXT_BYTES);
    static final RecordLayout EVENT_LAYOUT = EVENT.build();

    private RootLayouts() {}
}
