package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.LogTarget;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.RestartPolicy;
import io.coppice.supervisor.plan.Shutdown;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the manifest's schema says of each key beside what its reader says itself: one line for people, and the shape where the reader
 * is a method of its own. A key that is missing here has no schema, and {@link ManifestSchema} says so.
 */
final class KeySchemas {
    private static final Map<String, String> LINES = new LinkedHashMap<>();
    private static final Map<String, Map<String, Object>> SHAPES = new LinkedHashMap<>();

    static {
        LINES.put("instance", "Name of the instance; without it the file's name without its extension.");
        LINES.put("segments", "Directory below which the segments lie.");
        LINES.put("instance.isolation", "What keeps workers from touching each other: a mode, or mode and ids.");
        LINES.put(
                "isolation.mode",
                "mapping: code of ours; user: a user of its own for each worker; sandbox: rules of the kernel for each process.");
        LINES.put("isolation", "mapping: nothing is kept from this one, where the others are in a sandbox.");
        LINES.put("isolation.ids", "The users that workers are given, FIRST-LAST; without it those of /etc/subuid.");
        SHAPES.put("mode", ValueShape.oneOf("mapping", "user", "sandbox"));
        SHAPES.put(
                "ids",
                ValueShape.orVariable(ValueShape.ordered("type", "string", "pattern", "^[0-9]{1,10}-[0-9]{1,10}$")));
        LINES.put("notify", "What is run when restarts have run out: a command, or command and timeout.");
        LINES.put(
                "notify.command",
                "A list is executed, a text goes to /bin/sh -c; COPPICE_EVENT and others tell it what.");
        LINES.put("notify.timeout", "How long it may take before it is killed.");
        LINES.put("control", "Who may ask the root, besides its own user and root.");
        LINES.put("control.group", "Members may connect and look: status, ps, events.");
        LINES.put(
                "control.change",
                "Of these, who may have something changed: users, and groups with % before them; all have to be in the group.");
        LINES.put("defaults", "Keys that hold for all daemons that do not say otherwise.");
        LINES.put("daemons", "What is supervised, by name.");
        LINES.put("main", "The class of a daemon of ours.");
        LINES.put("classpath", "Jars, directories and globs, relative to the manifest.");
        LINES.put("jvm.heap", "Size of the heap, fixed.");
        LINES.put("jvm.options", "Further options of the JVM; they win over ours.");
        LINES.put("jvm.archive", "Whether it starts from an archive of its classes.");
        LINES.put("state", "Size of its segment's arena; reserved before anything starts.");
        LINES.put("checkpoints", "Copies of a commit that the segment has room for.");
        LINES.put("checkpoint_every", "When a checkpoint is taken by itself: a duration, or a number of commits.");
        LINES.put("resume", "What a start begins from.");
        LINES.put("evolve", "What follows when a structure has another layout than the segment's.");
        LINES.put("checksum", "Whether damage of the data is noticed.");
        LINES.put("poison.crashes", "After so many deaths in a row by its own doing before a step committed.");
        LINES.put("poison.then", "Fall-backs before it is failed.");
        LINES.put("heartbeat.timeout", "How long its loop may stand still.");
        LINES.put("start.timeout", "How long it may take until it is ready.");
        LINES.put("recover.timeout", "How long its recover may take.");
        LINES.put("migrate.timeout", "How long its migrate may take.");
        LINES.put("reads", "Whose segments it may read; those of all daemons without it, also with `isolation`.");
        LINES.put("restart", "When it is started again.");
        LINES.put("max_restarts", "Restarts in period before it is failed; 0: never.");
        LINES.put("period", "In which restarts are counted.");
        LINES.put("backoff.initial", "The wait before the second restart.");
        LINES.put("backoff.factor", "By what each further wait is longer.");
        LINES.put("backoff.max", "The longest wait.");
        LINES.put("backoff.reset_after", "Ready for so long, it begins anew.");
        LINES.put("backoff.jitter", "The part of a wait that chance may leave out, 0 to 1.");
        LINES.put("success_exit_status", "Exit codes and signals that are as good as exit code 0.");
        LINES.put("restart_prevent_exit_status", "Exit codes and signals after which it is not started again.");
        LINES.put("restart_force_exit_status", "Exit codes and signals after which it is always started again.");
        LINES.put("on_give_up", "When its restarts are used up: it alone is failed, or its group is.");
        LINES.put("significant", "Its own end may end its group, see auto_shutdown.");
        LINES.put("groups", "Daemons, and other groups, that are restarted and given up together.");
        for (String whole : List.of("instance.", "group.")) {
            String what = whole.equals("group.") ? "group" : "instance";
            LINES.put(whole + "strategy", "Which members are restarted when one is.");
            LINES.put(whole + "max_restarts", "Restarts of members in period before the " + what + " has failed.");
            LINES.put(whole + "period", "In which restarts are counted.");
            LINES.put(whole + "auto_shutdown", "Whether the " + what + " ends with its significant members.");
        }
        LINES.put("group.members", "Daemons and groups; each is in at most one group.");
        LINES.put("group.backoff.initial", "The wait before the second restart of the group as a whole.");
        LINES.put("group.backoff.factor", "By what each further wait is longer.");
        LINES.put("group.backoff.max", "The longest wait.");
        LINES.put("group.backoff.reset_after", "Up for so long, it begins anew.");
        LINES.put("group.backoff.jitter", "The part of a wait that chance may leave out, 0 to 1.");
        LINES.put(
                "group.on_give_up",
                "When its restarts are used up: its members are failed, or the group that it is in is.");
        LINES.put("group.significant", "Its end may end the group that it is in.");
        LINES.put("depends_on", "What must be so before it is started.");
        LINES.put("replicas", "How many of it there are: NAME.1, NAME.2 and so on, each with a segment of its own.");
        LINES.put("standby", "Warm JVMs in reserve.");
        LINES.put("transactions.slots", "How many of its transactions may run at a time, each in a JVM of its own.");
        LINES.put("transactions.state", "Size of the segment of each slot.");
        LINES.put("transactions.retries", "How often one that failed is tried again.");
        LINES.put("transactions.timeout", "How long one attempt may take before it is killed.");
        LINES.put("transactions.standby", "Warm JVMs in reserve, for all slots together.");
        LINES.put("transactions.queue", "How many may wait for a slot; as many as there are slots without it.");
        LINES.put("transactions.input", "Size of the largest input.");
        LINES.put("transactions.quarantine", "How many are kept of those that failed for good.");
        LINES.put("transactions.jvm.heap", "Size of the heap of each, fixed; the daemon's without it.");
        LINES.put("transactions.jvm.options", "Further options of their JVMs; the daemon's without it.");
        LINES.put("transactions.jvm.archive", "Whether they start from an archive; as the daemon does without it.");
        LINES.put("fence", "What a successor waits for.");
        LINES.put("shutdown.signal", "What asks it to end.");
        LINES.put("shutdown.timeout", "How long it may take before it is killed.");
        LINES.put(
                "shutdown.command",
                "Asks it to end in place of the signal, which follows if this fails; COPPICE_PID is the process.");
        LINES.put("args", "Its arguments.");
        LINES.put("environment", "Variables, on top of the root's own and those of env_file.");
        LINES.put("env_file", "Files of NAME=VALUE lines; later ones win.");
        LINES.put("user", "Who a command runs as: name, name:group, uid or uid:gid; needs root.");
        LINES.put("umask", "File mode mask, three octal digits.");
        LINES.put("nice", "Added to the root's own niceness.");
        LINES.put("command", "Any program: a list is executed, a text goes to /bin/sh -c.");
        LINES.put(
                "agent", "Whether a command that starts with java runs under our agent, and what shows that it lives.");
        LINES.put("working_dir", "Where it starts; the manifest's directory without it.");
        LINES.put("log", "Where its output goes.");
        for (String limits : List.of("limits", "transactions.limits")) {
            String whose = limits.equals("limits") ? "its process" : "each process of a slot";
            LINES.put(
                    limits + ".memory",
                    "Memory of " + whose + " and all that comes of it; beyond it the kernel kills.");
            LINES.put(limits + ".cpu", "Processors that " + whose + " may keep busy; beyond it, it waits.");
            LINES.put(limits + ".tasks", "Processes and threads of " + whose + "; beyond it none is made.");
        }
        for (Ulimit ulimit : Ulimit.values()) {
            LINES.put("ulimits." + ulimit.text(), "Limit of the kernel; one value, or soft and hard.");
        }

        for (String probe : List.of("startup_probe", "readiness_probe", "liveness_probe")) {
            LINES.put(
                    probe + ".exec",
                    "A program; exit code 0 is success. A list is executed, a text goes to /bin/sh -c.");
            LINES.put(probe + ".http.port", "Port of a GET request; a status of 200 to 399 is success.");
            LINES.put(probe + ".http.path", "Path of the request, with its query.");
            LINES.put(probe + ".http.host", "Where the request goes.");
            LINES.put(probe + ".http.scheme", "http or https; certificates are not checked.");
            LINES.put(probe + ".http.headers", "Headers of the request.");
            LINES.put(probe + ".tcp.port", "Port of a connection; that it is accepted is success.");
            LINES.put(probe + ".tcp.host", "Where the connection goes.");
            LINES.put(
                    probe + ".log_line",
                    "A regular expression; a line of its log file since its launch in which it is found is success.");
            LINES.put(probe + ".initial_delay", "From its launch to the first look.");
            LINES.put(probe + ".period", "From one look to the next.");
            LINES.put(probe + ".timeout", "How long a look may take.");
            LINES.put(probe + ".success_threshold", "Successes in a row that decide.");
            LINES.put(probe + ".failure_threshold", "Failures in a row that decide.");
            SHAPES.put(probe + ".exec", ValueShape.anyOf(ValueShape.TEXT, ValueShape.list(ValueShape.SCALAR, 1)));
            SHAPES.put(
                    probe + ".http.headers",
                    ValueShape.ordered("type", "object", "additionalProperties", ValueShape.SCALAR));
        }

        SHAPES.put("main", ValueShape.TEXT);
        SHAPES.put(
                "checkpoint_every",
                ValueShape.orVariable(ValueShape.ordered(
                        "type", "string", "pattern", "^([0-9]{1,12}(ms|s|m|h)|[1-9][0-9]{0,8} commits?)$")));
        SHAPES.put("poison.then", ValueShape.list(ValueShape.oneOf("checkpoint", "empty"), 1));
        SHAPES.put("restart", ValueShape.oneOf(texts(RestartPolicy.values(), RestartPolicy::text)));
        SHAPES.put(
                "max_restarts",
                ValueShape.anyOf(ValueShape.integer(0, PlanBounds.MAX_RESTARTS), Map.of("enum", List.of("unlimited"))));
        SHAPES.put(
                "backoff.factor",
                ValueShape.orVariable(ValueShape.ordered(
                        "type", "number", "minimum", 1, "maximum", io.coppice.supervisor.plan.Backoff.MAX_FACTOR)));
        Map<String, Object> exits = ValueShape.list(
                ValueShape.anyOf(
                        ValueShape.integer(0, 255),
                        ValueShape.ordered(
                                "type",
                                "string",
                                "pattern",
                                "^(SIG)?(" + String.join("|", io.coppice.ops.view.SignalNames.all()) + ")$")),
                0);
        SHAPES.put("success_exit_status", exits);
        SHAPES.put("restart_prevent_exit_status", exits);
        SHAPES.put("restart_force_exit_status", exits);
        SHAPES.put("significant", ValueShape.TRUTH);
        SHAPES.put(
                "backoff.jitter",
                ValueShape.orVariable(ValueShape.ordered("type", "number", "minimum", 0, "maximum", 1)));
        Map<String, Object> condition = ValueShape.mapping(ValueShape.ordered(
                "condition",
                ValueShape.oneOf(texts(Dependency.Condition.values(), Dependency.Condition::text)),
                "restart",
                ValueShape.TRUTH));
        condition.put("required", List.of("condition"));
        SHAPES.put(
                "depends_on",
                ValueShape.anyOf(
                        ValueShape.list(ValueShape.TEXT, 0),
                        ValueShape.ordered("type", "object", "additionalProperties", condition)));
        SHAPES.put(
                "shutdown.signal",
                ValueShape.orVariable(ValueShape.ordered(
                        "type", "string", "pattern", "^(SIG)?(" + String.join("|", Shutdown.SIGNALS) + ")$")));
        SHAPES.put(
                "environment",
                ValueShape.ordered(
                        "type",
                        "object",
                        "propertyNames",
                        Map.of("pattern", "^[A-Za-z_][A-Za-z0-9_.-]*$"),
                        "additionalProperties",
                        ValueShape.SCALAR));
        SHAPES.put("user", ValueShape.anyOf(ValueShape.TEXT, ValueShape.integer(0, 999_999_999)));
        SHAPES.put(
                "umask",
                ValueShape.anyOf(
                        ValueShape.orVariable(ValueShape.ordered("type", "string", "pattern", "^0?[0-7]{3}$")),
                        ValueShape.ordered("type", "integer", "minimum", 0, "maximum", 777)));
        SHAPES.put("nice", ValueShape.integer(-20, 19));
        SHAPES.put("shutdown.command", ValueShape.anyOf(ValueShape.TEXT, ValueShape.list(ValueShape.SCALAR, 1)));
        SHAPES.put("command", ValueShape.anyOf(ValueShape.TEXT, ValueShape.list(ValueShape.SCALAR, 1)));
        SHAPES.put("agent", AgentRule.shape());
        SHAPES.put("log", ValueShape.oneOf(texts(LogTarget.values(), LogTarget::text)));
        SHAPES.put(
                "instance",
                ValueShape.orVariable(ValueShape.ordered("type", "string", "pattern", "^[a-z0-9-]{1,32}$")));
        SHAPES.put("segments", ValueShape.TEXT);
    }

    private KeySchemas() {}

    /** One line for people; null if nobody wrote one. */
    static @Nullable String line(String path) {
        return LINES.get(path);
    }

    /**
     * What it looks like; null if neither its reader nor this table says it.
     *
     * @param setting null for a key that is none of a mapping's table
     */
    static @Nullable Map<String, Object> shape(String path, @Nullable Setting<?> setting) {
        Map<String, Object> own = setting == null ? Map.of() : setting.reader().shape();
        return own.isEmpty() ? SHAPES.get(path) : own;
    }

    private static <E> String[] texts(E[] values, java.util.function.Function<E, String> text) {
        return Arrays.stream(values).map(text).toArray(String[]::new);
    }
}
