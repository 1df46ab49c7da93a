package io.coppice.supervisor.root;

import io.coppice.state.root.Asker;
import io.coppice.state.root.EventType;
import io.coppice.supervisor.core.Command;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What befalls the root itself, and no decision follows from: each is told as an event. Of one kind only so many are told
 * in a while, and how many more there were with the next, so that nobody who can bring one about again and again drives
 * what else happened out of the event log.
 *
 * <p>Duty-cycle thread only.
 */
final class Incidents {
    /** Told of one kind within {@link #WINDOW_NS}. */
    static final int MOST_IN_WINDOW = 8;

    static final long WINDOW_NS = 60_000_000_000L;

    /** Each is counted by itself. */
    enum Kind {
        NO_DESCRIPTOR,
        CLIENT_REPLACED,
        CLIENT_TIMED_OUT,
        NOT_PERMITTED(EventType.NOT_PERMITTED),
        FILE_LOST(EventType.FILE_LOST),
        GROUP_REMAINS,
        CLOCK_SET,
        RELOAD_FAILED(EventType.RELOAD_FAILED),
        TOLD(EventType.NOTIFIED),
        NOT_TOLD(EventType.NOTIFY_FAILED),
        NO_ARCHIVE,
        NO_DEATH_WORD,
        LIMIT_REACHED,
        TASKS_LIMIT_MET,
        LIMIT_NOT_ENFORCED,
        ROOT_STALLED(EventType.ROOT_STALLED),
        HANG_EXCUSED(EventType.HANG_EXCUSED);

        private final EventType type;

        Kind() {
            this(EventType.NOTE);
        }

        Kind(EventType type) {
            this.type = type;
        }
    }

    /** Who stores them. */
    interface Log {
        /**
         * Stores one.
         *
         * @param by who asked for it; null if nobody did
         */
        void note(EventType type, int child, @Nullable Asker by, String text);
    }

    private static final class Window {
        long sinceNs;
        int told;
        long withheld;
    }

    private final Log log;
    private final Map<Kind, Window> windows = new EnumMap<>(Kind.class);

    Incidents(Log log) {
        this.log = log;
        for (Kind kind : Kind.values()) {
            windows.put(kind, new Window());
        }
    }

    /** Of the root itself. */
    void tell(Kind kind, long nowNs, String text) {
        tell(kind, Command.RecordEvent.ROOT, nowNs, text);
    }

    /** @param child an index, or {@link Command.RecordEvent#ROOT} */
    void tell(Kind kind, int child, long nowNs, String text) {
        tell(kind, child, nowNs, null, text);
    }

    /** Of the root itself, and of what somebody asked for. */
    void tell(Kind kind, long nowNs, @Nullable Asker by, String text) {
        tell(kind, Command.RecordEvent.ROOT, nowNs, by, text);
    }

    private void tell(Kind kind, int child, long nowNs, @Nullable Asker by, String text) {
        Window window = Objects.requireNonNull(windows.get(kind));
        if (window.told == 0 || nowNs - window.sinceNs >= WINDOW_NS) {
            window.sinceNs = nowNs;
            window.told = 0;
        }
        if (window.told == MOST_IN_WINDOW) {
            window.withheld++;
            return;
        }
        window.told++;
        log.note(
                kind.type,
                child,
                by,
                window.withheld == 0 ? text : "(" + window.withheld + " more like this were not told) " + text);
        window.withheld = 0;
    }
}
