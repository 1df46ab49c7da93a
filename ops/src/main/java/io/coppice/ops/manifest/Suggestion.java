package io.coppice.ops.manifest;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;

/** Near misses: what somebody probably meant. */
final class Suggestion {
    /**
     * What people know from compose, process-compose, Kubernetes, systemd, supervisord, OTP and foreman for what is called otherwise here:
     * by the word in small letters without {@code _} and {@code -}, the paths of keys that may be meant. Which one is, the level tells at which
     * the word stands.
     */
    private static final Map<String, List<String>> OTHER_TONGUES = Map.ofEntries(
            Map.entry("services", List.of("daemons")),
            Map.entry("processes", List.of("daemons", "slots")),
            Map.entry("programs", List.of("daemons")),
            Map.entry("workers", List.of("daemons", "slots")),
            Map.entry("children", List.of("daemons")),
            Map.entry("name", List.of("instance")),
            Map.entry("project", List.of("instance")),
            Map.entry("class", List.of("main")),
            Map.entry("mainclass", List.of("main")),
            Map.entry("cp", List.of("classpath")),
            Map.entry("jars", List.of("classpath")),
            Map.entry("env", List.of("environment")),
            Map.entry("environmentfile", List.of("env_file")),
            Map.entry("cmd", List.of("command", "exec")),
            Map.entry("exec", List.of("command")),
            Map.entry("execstart", List.of("command")),
            Map.entry("entrypoint", List.of("command")),
            Map.entry("cwd", List.of("working_dir")),
            Map.entry("dir", List.of("working_dir")),
            Map.entry("directory", List.of("working_dir")),
            Map.entry("workdir", List.of("working_dir")),
            Map.entry("workingdirectory", List.of("working_dir")),
            Map.entry("arguments", List.of("args")),
            Map.entry("after", List.of("depends_on")),
            Map.entry("requires", List.of("depends_on")),
            Map.entry("scale", List.of("replicas")),
            Map.entry("instances", List.of("replicas", "slots")),
            Map.entry("numprocs", List.of("replicas", "slots")),
            Map.entry("intensity", List.of("max_restarts")),
            Map.entry("startlimitburst", List.of("max_restarts")),
            Map.entry("startretries", List.of("max_restarts")),
            Map.entry("retries", List.of("max_restarts", "failure_threshold")),
            Map.entry("restartpolicy", List.of("restart")),
            Map.entry("autorestart", List.of("restart")),
            Map.entry("restartsec", List.of("backoff.initial")),
            Map.entry("restartmaxdelaysec", List.of("backoff.max")),
            Map.entry("exitcodes", List.of("success_exit_status")),
            Map.entry("execstop", List.of("shutdown.command")),
            Map.entry("stopsignal", List.of("shutdown.signal")),
            Map.entry("killsignal", List.of("shutdown.signal")),
            Map.entry("stopgraceperiod", List.of("shutdown.timeout")),
            Map.entry("stopwaitsecs", List.of("shutdown.timeout")),
            Map.entry("terminationgraceperiodseconds", List.of("shutdown.timeout")),
            Map.entry("timeoutstopsec", List.of("shutdown.timeout")),
            Map.entry("timeoutstartsec", List.of("start.timeout")),
            Map.entry("watchdogsec", List.of("heartbeat.timeout")),
            Map.entry("poolsize", List.of("slots")),
            Map.entry("concurrency", List.of("slots")),
            Map.entry("parallelism", List.of("slots")),
            Map.entry("threads", List.of("slots")),
            Map.entry("maxretries", List.of("retries")),
            Map.entry("deadline", List.of("timeout")),
            Map.entry("timelimit", List.of("timeout")),
            Map.entry("backlog", List.of("queue")),
            Map.entry("queuesize", List.of("queue")),
            Map.entry("payload", List.of("input")),
            Map.entry("deadletters", List.of("quarantine")),
            Map.entry("heap", List.of("jvm.heap")),
            Map.entry("memory", List.of("jvm.heap")),
            Map.entry("memlimit", List.of("limits.memory")),
            Map.entry("memorylimit", List.of("limits.memory")),
            Map.entry("memorymax", List.of("limits.memory")),
            Map.entry("mem", List.of("limits.memory")),
            Map.entry("cpus", List.of("limits.cpu")),
            Map.entry("cpulimit", List.of("limits.cpu")),
            Map.entry("cpuquota", List.of("limits.cpu")),
            Map.entry("pids", List.of("limits.tasks")),
            Map.entry("pidslimit", List.of("limits.tasks")),
            Map.entry("tasksmax", List.of("limits.tasks")),
            Map.entry("resources", List.of("limits")),
            Map.entry("xmx", List.of("jvm.heap")),
            Map.entry("segment", List.of("state")),
            Map.entry("opts", List.of("jvm.options")),
            Map.entry("flags", List.of("jvm.options")),
            Map.entry("window", List.of("period")),
            Map.entry("startlimitintervalsec", List.of("period")),
            Map.entry("healthcheck", List.of("readiness_probe")),
            Map.entry("readylogline", List.of("readiness_probe.log_line")),
            Map.entry("httpget", List.of("http")),
            Map.entry("tcpsocket", List.of("tcp")),
            Map.entry("test", List.of("exec")),
            Map.entry("command", List.of("exec")),
            Map.entry("cmdline", List.of("exec")),
            Map.entry("log", List.of("log_line")),
            Map.entry("output", List.of("log_line")),
            Map.entry("periodseconds", List.of("period")),
            Map.entry("interval", List.of("period")),
            Map.entry("timeoutseconds", List.of("timeout")),
            Map.entry("initialdelayseconds", List.of("initial_delay")));

    /** What OTP and systemd call for ever. */
    private static final Set<String> ENDLESS = Set.of("infinity", "infinite", "unlimited");

    /** What no key here says, by the word as in the table above. */
    private static final Map<String, String> BY_OTHER_MEANS = Map.of(
            "startperiod",
            "write a `startup_probe` with the same check, whose `period` times `failure_threshold` is that long");

    private Suggestion() {}

    /** The candidate nearest to what was found, if it is near; ties go to the first. */
    static @Nullable String near(String found, Collection<String> candidates) {
        String plain = normalised(found);
        String best = null;
        // A third of the letters, at least one and at most three: more is another word.
        int bestDistance = Math.max(1, Math.min(3, found.length() / 3)) + 1;
        for (String candidate : candidates) {
            String other = normalised(candidate);
            if (plain.equals(other)) {
                return candidate;
            }
            if (Math.abs(plain.length() - other.length()) >= bestDistance) {
                continue;
            }
            int distance = distance(plain, other, bestDistance);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return best;
    }

    /** The words of others that are understood, in small letters without {@code _} and {@code -}. */
    static Set<String> otherWords() {
        return OTHER_TONGUES.keySet();
    }

    /** Whether a value says elsewhere that something takes as long as it will. */
    static boolean isEndless(String value) {
        return ENDLESS.contains(value.toLowerCase(Locale.ROOT));
    }

    /** What to write for a key that has none of its own here; empty if nobody has such a key. */
    static String byOtherMeans(String found) {
        return BY_OTHER_MEANS.getOrDefault(plain(found), "");
    }

    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    /** A key by its name elsewhere, or by its spelling. */
    static @Nullable String nearKey(String found, Collection<String> keys) {
        String translated = translated(found, "", keys::contains);
        return translated != null ? translated : near(found, keys);
    }

    /**
     * The path of a key by its name elsewhere, which may lie deeper than the word.
     *
     * @param prefix of the level at which the word stands, such as {@code backoff.}; empty for the outermost
     * @param isKnown whether there is a key of that path
     * @return null if nobody calls one so
     */
    static @Nullable String translated(String found, String prefix, Predicate<String> isKnown) {
        for (String path : OTHER_TONGUES.getOrDefault(plain(found), List.of())) {
            if (isKnown.test(prefix + path)) {
                return prefix + path;
            }
            if (!prefix.isEmpty() && path.startsWith(prefix) && isKnown.test(path)) {
                return path; // `xmx` below `jvm`.
            }
        }
        return null;
    }

    /** One of a few words by its spelling, by how it begins, or, where one of them says so, because it says no in other words. */
    static @Nullable String nearWord(String found, Collection<String> words) {
        String near = near(found, words);
        if (near != null) {
            return near;
        }
        String plain = normalised(found);
        if (SettingsReader.WORDS_FOR_NOTHING.contains(plain) || plain.equals("none")) {
            return words.stream()
                    .filter(word -> word.equals("never") || word.equals("none"))
                    .findFirst()
                    .orElse(null);
        }
        String only = null;
        for (String word : words) {
            if (plain.length() >= 3 && normalised(word).startsWith(plain)) {
                if (only != null) {
                    return null;
                }
                only = word;
            }
        }
        return only;
    }

    /** {@code did you mean `X`?}, or nothing. */
    static String didYouMean(@Nullable String candidate) {
        return candidate == null ? "" : "did you mean `" + candidate + "`?";
    }

    private static int distance(String one, String other, int limit) {
        int distance = new LevenshteinDistance(limit).apply(one, other);
        if (distance < 0) {
            distance = limit + 1;
        }
        // Two neighbours swapped are one slip, though Levenshtein counts two.
        return distance == 2 && isSwap(one, other) ? 1 : distance;
    }

    private static boolean isSwap(String one, String other) {
        if (one.length() != other.length()) {
            return false;
        }
        int i = 0;
        while (one.charAt(i) == other.charAt(i)) {
            i++;
        }
        return i + 1 < one.length()
                && one.charAt(i) == other.charAt(i + 1)
                && one.charAt(i + 1) == other.charAt(i)
                && one.substring(i + 2).equals(other.substring(i + 2));
    }

    private static String normalised(String word) {
        return word.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
