package io.coppice.state.root;

import java.util.Locale;
import java.util.Optional;

/** What happened. */
public enum EventType {
    /** The root began. */
    ROOT_STARTED(1),
    /** The root was asked to end. */
    ROOT_STOPPING(2),
    /** The root ended in order. */
    ROOT_STOPPED(3),
    /** A child was started, held. */
    SPAWNED(4),
    /** A child could not be started. */
    SPAWN_FAILED(5),
    /** A held child was let go. */
    RELEASED(6),
    /** A child became ready. */
    READY(7),
    /** A child's end was confirmed. */
    EXITED(8),
    /** A child's heartbeat stopped for longer than its timeout. */
    HEARTBEAT_LOST(9),
    /** A child did not become ready in time. */
    START_TIMED_OUT(10),
    /** A child did not end in time and is killed. */
    STOP_TIMED_OUT(11),
    /** A child will be started again after a delay. */
    BACKOFF(12),
    /** A child is given up. */
    FAILED(13),
    /** A child said it is done. */
    COMPLETED(14),
    /** A child that should not run has ended. */
    STOPPED(15),
    /** An operator asked for a stop. */
    STOP_REQUESTED(16),
    /** An operator asked for a start. */
    START_REQUESTED(17),
    /** An operator asked for a restart. */
    RESTART_REQUESTED(18),
    /** An operator asked for a signal. */
    KILL_REQUESTED(19),
    /** An operator asked for the instance to end. */
    SHUTDOWN_REQUESTED(20),
    /** A running child was taken over from a dead root. */
    ADOPTED(21),
    /** A held child was sent away. */
    ABANDONED(22),
    /** A hung child was asked for its threads before its kill. */
    THREADS_DUMPED(23),
    /** A child was sent a deadly signal. */
    KILLED(24),
    /** A worker rolled back what its predecessor had not committed. */
    RECOVERED(25),
    /** Something else worth telling. */
    NOTE(26),
    /** A daemon's contents are set aside for a checkpoint or an empty state: it kept dying on them. */
    FELL_BACK(27),
    /** Another plan holds from then on. */
    RELOADED(28),
    /** A standby has become a child's process. */
    STANDBY_ASSIGNED(29),
    /** A standby is warm and waits. */
    STANDBY_PARKED(30),
    /** A standby could not be started, or died before anybody needed it. */
    STANDBY_LOST(31),
    /** A standby is of no use any more, and is ended. */
    STANDBY_ENDED(32),
    /** A child's heartbeat stopped for longer than its timeout, for a reason that is not its own. */
    HANG_EXCUSED(33),
    /** What befalls the members of a group together. */
    GROUP(34),
    /** A group has used up its restarts. */
    GROUP_FAILED(35),
    /** The root gave up: the restarts of the outermost group are used up. */
    GAVE_UP(36),
    /** A child is restarted because of what it depends on. */
    RESTARTED_WITH(37),
    /** A probe found a child failing. */
    UNHEALTHY(38),
    /** A probe found a child well again. */
    HEALTHY(39),
    /** A child is wanted up, and waits for another. */
    WAITING(40),
    /** A child was asked to end. */
    STOPPING(41),
    /** A child is there long after its kill. */
    KILL_UNANSWERED(42),
    /** A reload was refused, or did not come to its end. */
    RELOAD_FAILED(43),
    /** The command of {@code notify} was told. */
    NOTIFIED(44),
    /** Nobody was told. */
    NOTIFY_FAILED(45),
    /** A file of the instance's was removed or replaced. */
    FILE_LOST(46),
    /** The root itself did not run for long. */
    ROOT_STALLED(47),
    /** Somebody asked for a change who may not have anything changed. */
    NOT_PERMITTED(48);

    private final int code;
    private final String word;

    EventType(int code) {
        this.code = code;
        this.word = name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The code stored in the root's segment. */
    public int code() {
        return code;
    }

    /** The lower-case name that events print. */
    public String word() {
        return word;
    }

    /** The constant of a code read from a segment, empty for a code this release does not know. */
    public static Optional<EventType> of(long code) {
        for (EventType value : values()) {
            if (value.code == code) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
