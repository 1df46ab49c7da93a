package io.coppice.supervisor.root;

import io.coppice.state.root.RootSegment;
import io.coppice.state.root.RootSnapshot;
import io.coppice.supervisor.core.ChildState;
import io.coppice.supervisor.core.Command;
import io.coppice.supervisor.core.EventType;
import io.coppice.supervisor.core.ExitStatus;
import io.coppice.supervisor.core.SupervisorState;
import io.coppice.supervisor.os.OsException;
import io.coppice.supervisor.plan.InheritedVariables;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has the manifest's {@code notify} run when restarts have run out: for each daemon that is failed by itself, each group that is, and the
 * root that gives up. What there is to tell is on record as events, and so is how far that has been told; a root that died has told the rest to
 * nobody, and its successor does: each at least once. One command runs at a time, and only so many wait; what that is too much for is an
 * event.
 *
 * <p>Duty-cycle thread only. Allocates when there is something to tell, and only then.
 */
final class Notices {
    /** That wait while one is told. */
    static final int MOST_WAITING = 16;

    /** No child has such a name. */
    private static final String LOG = "_notify";

    private static final long NANOS_PER_MS = 1_000_000;

    /** So that a command may ask this root something. */
    private static final Set<String> PASSED_ON = Set.of("COPPICE_HOME_DIR", "COPPICE_JAVA_HOME");

    private final PreparedInstance instance;
    private final StatusPublisher publisher;
    private final Errands errands;
    private final Incidents incidents;
    private final Supplier<SupervisorState> state;
    private final List<RootSnapshot.EventInfo> waiting = new ArrayList<>(MOST_WAITING);
    private final FailedGroups failedGroups;
    private Plan plan;
    private long seen;
    private boolean due;
    private RootSnapshot.@Nullable EventInfo underWay;
    private Errands.@Nullable Errand errand;
    private boolean endAsked;
    private long endByNs = Long.MAX_VALUE;

    Notices(
            PreparedInstance instance,
            StatusPublisher publisher,
            Errands errands,
            Incidents incidents,
            Supplier<SupervisorState> state) {
        this.instance = instance;
        this.publisher = publisher;
        this.errands = errands;
        this.incidents = incidents;
        this.state = state;
        this.plan = instance.plan();
        this.failedGroups = new FailedGroups(plan);
    }

    /** The root has begun, and nothing has happened since: what the last one did not come to tell is told. */
    void begin(long nowNs) {
        seen = publisher.toldEvents();
        // A group whose failure has been told may have members that fail on that account after it.
        for (long sequence = oldest(); sequence <= Math.min(seen, publisher.eventCount()); sequence++) {
            publisher.event(sequence).ifPresent(failedGroups::onEvent);
        }
        due = true;
        look(nowNs);
    }

    /** From now on, and for what waits, by this plan. */
    void replan(Plan next) {
        plan = next;
        failedGroups.replan(next);
    }

    /** This event is on record. */
    void onEvent(Command.RecordEvent event) {
        due |= event.type() == EventType.FAILED
                || event.type() == EventType.GROUP_FAILED
                || event.type() == EventType.GAVE_UP;
    }

    /** Takes up what there is to tell since the last time. */
    void look(long nowNs) {
        if (!due) {
            return;
        }
        due = false;
        long newest = publisher.eventCount();
        // A record that was made anew counts from one again.
        long first = Math.max(seen > newest ? 1 : seen + 1, oldest());
        List<RootSnapshot.EventInfo> tooMany = new ArrayList<>();
        for (long sequence = first; sequence <= newest; sequence++) {
            RootSnapshot.EventInfo event = publisher.event(sequence).orElse(null);
            if (event != null) {
                failedGroups.onEvent(event);
                if (isToBeTold(event) && !plan.notice().isNone()) {
                    add(event, tooMany);
                }
            }
        }
        seen = newest;
        for (RootSnapshot.EventInfo event : tooMany) {
            notTold(event, MOST_WAITING + " others wait to be told", nowNs);
        }
        next(nowNs);
    }

    /** The first that is still there. */
    private long oldest() {
        return Math.max(1, publisher.eventCount() - RootSegment.EVENT_CAPACITY + 1);
    }

    /** Of a group that has failed one notice tells, not one for each member. */
    private boolean isToBeTold(RootSnapshot.EventInfo event) {
        return switch (event.type()) {
            case FAILED -> !failedGroups.isTheirs(event.child().orElse(""));
            case GROUP_FAILED, GAVE_UP -> true;
            default -> false;
        };
    }

    /** The end of the whole goes before all that led to it. */
    private void add(RootSnapshot.EventInfo event, List<RootSnapshot.EventInfo> tooMany) {
        boolean last = event.type() == io.coppice.state.root.EventType.GAVE_UP;
        if (waiting.size() < MOST_WAITING) {
            waiting.add(last ? 0 : waiting.size(), event);
        } else if (last) {
            tooMany.add(waiting.remove(waiting.size() - 1));
            waiting.add(0, event);
        } else {
            tooMany.add(event);
        }
    }

    private void next(long nowNs) {
        while (underWay == null && !waiting.isEmpty()) {
            RootSnapshot.EventInfo event = waiting.remove(0);
            NoticeCommand notify = plan.notice();
            if (notify.isNone()) {
                continue; // A reload has taken the command away.
            }
            try {
                underWay = event;
                errand = errands.send(
                        notify.command(),
                        environment(event),
                        workingDirectory(),
                        instance.log(LOG),
                        notify.timeoutMs() * NANOS_PER_MS,
                        this::ended);
            } catch (OsException e) {
                underWay = null;
                notTold(event, "the command cannot be run: " + e.getMessage(), nowNs);
            }
        }
        record();
    }

    private void ended(@Nullable ExitStatus status, String failure, long nowNs) {
        RootSnapshot.EventInfo event = underWay;
        underWay = null;
        errand = null;
        if (event != null) {
            boolean done = status instanceof ExitStatus.Exited exited && exited.code() == 0 && failure.isEmpty();
            if (done) {
                incidents.tell(Incidents.Kind.TOLD, nowNs, "notify: told of " + words(event));
            } else {
                notTold(event, commandWords(status, failure) + " (more in logs/" + LOG + ".log)", nowNs);
            }
        }
        next(nowNs);
    }

    private static String commandWords(@Nullable ExitStatus status, String failure) {
        if (status == null) {
            return "the command cannot be run: " + failure;
        }
        return "the command " + (failure.isEmpty() ? "ended with " + Errands.words(status, "") : failure);
    }

    private void notTold(RootSnapshot.EventInfo event, String why, long nowNs) {
        incidents.tell(Incidents.Kind.NOT_TOLD, nowNs, "notify: " + why + "; not told: " + words(event));
    }

    private static String words(RootSnapshot.EventInfo event) {
        return event.type().word()
                + event.child().map(about -> " (" + about + ")").orElse("");
    }

    /** How far all has been told: a successor goes on behind that. */
    private void record() {
        long told = seen;
        if (underWay != null) {
            told = Math.min(told, underWay.sequence() - 1);
        }
        for (RootSnapshot.EventInfo event : waiting) {
            told = Math.min(told, event.sequence() - 1);
        }
        if (told != publisher.toldEvents()) {
            publisher.toldEvents(told);
        }
    }

    private String workingDirectory() {
        Path parent = Path.of(plan.manifest()).getParent();
        return parent == null ? "/" : parent.toString();
    }

    private List<String> environment(RootSnapshot.EventInfo event) {
        List<String> environment = new ArrayList<>();
        for (Map.Entry<String, String> variable : System.getenv().entrySet()) {
            String name = variable.getKey();
            if (PASSED_ON.contains(name) || InheritedVariables.isInherited(name)) {
                environment.add(name + "=" + variable.getValue());
            }
        }
        boolean ofGroup = event.type() == io.coppice.state.root.EventType.GROUP_FAILED;
        String about = event.child().orElse("");
        environment.add("COPPICE_INSTANCE=" + plan.instance());
        environment.add("COPPICE_EVENT=" + event.type().word());
        environment.add("COPPICE_DAEMON=" + (ofGroup ? "" : about));
        environment.add("COPPICE_GROUP=" + (ofGroup ? about : ""));
        List<String> members = ofGroup ? failedGroups.members(about) : List.of();
        environment.add("COPPICE_MEMBERS=" + String.join(" ", members));
        environment.add("COPPICE_TEXT=" + event.text()
                + (members.isEmpty() ? "" : "; its members: " + String.join(", ", members)));
        environment.add("COPPICE_AT=" + Instant.ofEpochMilli(event.epochMs()));
        environment.add("COPPICE_RESTARTS=" + (ofGroup ? "" : restarts(about)));
        return environment;
    }

    private String restarts(String name) {
        for (ChildState child : state.get().children()) {
            if (child.spec().name().equals(name)) {
                return Long.toString(child.restarts());
            }
        }
        return "";
    }

    /**
     * The root has nothing else to do any more: whether nothing is to be waited for. What is under way, and the next, have their time;
     * what is left then is given up with an event.
     */
    boolean areDone(long nowNs) {
        if (underWay == null && waiting.isEmpty()) {
            return true;
        }
        if (endByNs == Long.MAX_VALUE) {
            endByNs = nowNs + 2 * plan.notice().timeoutMs() * NANOS_PER_MS;
        }
        if (nowNs < endByNs) {
            return false;
        }
        giveUp(nowNs);
        return true;
    }

    /** When {@link #areDone} has to be asked again at the latest. */
    long nextLookNs() {
        return endByNs;
    }

    /**
     * Somebody asks the root to end. Asked again while the end waits for what is told, it waits no longer; but who asks for the first
     * time a root that has given up by itself does not know of that, and must not keep it from being told.
     */
    void onEndAsked(long nowNs) {
        if (endAsked && endByNs != Long.MAX_VALUE) {
            endByNs = nowNs;
        }
        endAsked = true;
    }

    private void giveUp(long nowNs) {
        List<RootSnapshot.EventInfo> left = new ArrayList<>(waiting);
        waiting.clear();
        RootSnapshot.EventInfo last = underWay;
        Errands.Errand running = errand;
        if (last != null && running != null) {
            left.add(0, last);
            running.kill();
        }
        underWay = null;
        errand = null;
        for (RootSnapshot.EventInfo event : left) {
            notTold(event, "the root ends", nowNs);
        }
        // Who starts the instance again begins anew, and is not told of what was.
        seen = publisher.eventCount();
        record();
    }
}
