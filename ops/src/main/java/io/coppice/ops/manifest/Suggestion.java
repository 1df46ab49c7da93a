package io.coppice.ops.manifest;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;

/** Near misses: what somebody probably meant. */
final class Suggestion {
    /** What people know from compose, process-compose, systemd, OTP and foreman for what is called otherwise here. */
    private static final Map<String, String> OTHER_TONGUES = Map.ofEntries(
            Map.entry("services", "daemons"),
            Map.entry("processes", "daemons"),
            Map.entry("workers", "daemons"),
            Map.entry("children", "daemons"),
            Map.entry("name", "instance"),
            Map.entry("project", "instance"),
            Map.entry("class", "main"),
            Map.entry("main_class", "main"),
            Map.entry("class_path", "classpath"),
            Map.entry("cp", "classpath"),
            Map.entry("jars", "classpath"),
            Map.entry("env", "environment"),
            Map.entry("cmd", "command"),
            Map.entry("exec", "command"),
            Map.entry("entrypoint", "command"),
            Map.entry("cwd", "working_dir"),
            Map.entry("dir", "working_dir"),
            Map.entry("workdir", "working_dir"),
            Map.entry("working_directory", "working_dir"),
            Map.entry("arguments", "args"),
            Map.entry("after", "depends_on"),
            Map.entry("requires", "depends_on"),
            Map.entry("intensity", "max_restarts"),
            Map.entry("retries", "max_restarts"),
            Map.entry("restart_policy", "restart"),
            Map.entry("stop_signal", "shutdown"),
            Map.entry("stop_grace_period", "shutdown"),
            Map.entry("memory", "state"),
            Map.entry("segment", "state"),
            Map.entry("xmx", "heap"),
            Map.entry("opts", "options"),
            Map.entry("flags", "options"),
            Map.entry("window", "period"),
            Map.entry("healthcheck", "readiness_probe"),
            Map.entry("ready_log_line", "readiness_probe"),
            Map.entry("http_get", "http"),
            Map.entry("httpget", "http"),
            Map.entry("tcp_socket", "tcp"),
            Map.entry("tcpsocket", "tcp"),
            Map.entry("test", "exec"),
            Map.entry("command", "exec"),
            Map.entry("cmd_line", "exec"),
            Map.entry("log", "log_line"),
            Map.entry("output", "log_line"),
            Map.entry("period_seconds", "period"),
            Map.entry("periodseconds", "period"),
            Map.entry("interval", "period"),
            Map.entry("timeout_seconds", "timeout"),
            Map.entry("timeoutseconds", "timeout"),
            Map.entry("initial_delay_seconds", "initial_delay"),
            Map.entry("initialdelayseconds", "initial_delay"),
            Map.entry("start_period", "initial_delay"),
            Map.entry("failurethreshold", "failure_threshold"),
            Map.entry("successthreshold", "success_threshold"));

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

    /** A key by its name elsewhere, or by its spelling. */
    static @Nullable String nearKey(String found, Collection<String> keys) {
        String translated = OTHER_TONGUES.get(found.toLowerCase(Locale.ROOT));
        return translated != null && keys.contains(translated) ? translated : near(found, keys);
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
