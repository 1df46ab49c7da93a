package io.coppice.ops.manifest;

import io.coppice.ops.view.Accounts;
import io.coppice.supervisor.plan.StartPrefix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys {@code umask}, {@code nice}, {@code ulimits} and {@code user}: what stands before a daemon's command line on their account.
 * The tools are the system's, found now and named by their paths, so that a daemon's own PATH does not choose them. The user comes
 * last: the others may need what only root may do.
 */
final class ProcessRules {
    private static final Pattern UMASK = Pattern.compile("0?[0-7]{3}");
    private static final Pattern NICE = Pattern.compile("[-+]?[0-9]{1,2}");
    private static final Pattern USER =
            Pattern.compile("([A-Za-z0-9_][A-Za-z0-9_.-]*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]*))?");
    private static final Pattern ID = Pattern.compile("[0-9]{1,9}");
    private static final String USER_EXPECTED = "`name`, `name:group`, `uid` or `uid:gid`";
    private static final Pattern EFFECTIVE = Pattern.compile("(?m)^CapEff:\\s*([0-9a-f]{1,16})$");

    /** What changing to another user, and ending its processes, takes, by the kernel's numbers. */
    private static final Map<Integer, String> USER_CAPABILITIES =
            Map.of(5, "CAP_KILL", 6, "CAP_SETGID", 7, "CAP_SETUID", 19, "CAP_SYS_PTRACE");

    private final Surroundings surroundings;
    private final Problems problems;

    ProcessRules(Surroundings surroundings, Problems problems) {
        this.surroundings = surroundings;
        this.problems = problems;
    }

    static @Nullable String umask(YamlNode node, String path, Problems problems) {
        String expected = "an octal file mode mask such as `077`";
        String text = ValueReaders.scalar(node, path, problems, expected);
        if (text == null || UMASK.matcher(text).matches()) {
            return text == null ? null : text.substring(text.length() - 3);
        }
        problems.add(node.at(), path, node.description(), expected);
        return null;
    }

    static @Nullable Integer nice(YamlNode node, String path, Problems problems) {
        String expected = "a whole number from -20 to 19";
        String text = ValueReaders.scalar(node, path, problems, expected);
        if (text == null) {
            return null;
        }
        if (NICE.matcher(text).matches() && Integer.parseInt(text) >= -20 && Integer.parseInt(text) <= 19) {
            return Integer.valueOf(text);
        }
        problems.add(node.at(), path, node.description(), expected);
        return null;
    }

    static @Nullable String user(YamlNode node, String path, Problems problems) {
        String text = ValueReaders.scalar(node, path, problems, USER_EXPECTED);
        if (text == null || USER.matcher(text).matches()) {
            return text;
        }
        problems.add(node.at(), path, node.description(), USER_EXPECTED);
        return null;
    }

    /** What of it a reload compares; empty without any of the keys. */
    static List<String> stated(DaemonSpec daemon) {
        List<String> stated = new ArrayList<>();
        for (Setting<?> setting : DaemonKeys.all()) {
            Located<?> value = DaemonKeys.isProcessRule(setting) ? daemon.stated(setting) : null;
            if (value != null) {
                stated.add(setting.path());
                // Not a record's own text, which another build may write in another way.
                stated.add(
                        value.value() instanceof Ulimit.Limits limits
                                ? limits.soft() + ":" + limits.hard()
                                : String.valueOf(value.value()));
            }
        }
        return stated;
    }

    /**
     * The words before the command line; none where no key asks for any. What does not work has been told then.
     *
     * @param environment of the daemon; a user's HOME, USER and LOGNAME are added where the manifest does not say them
     * @param declared what the manifest says of it
     */
    List<String> prefix(
            DaemonSpec daemon, SortedMap<String, String> environment, Map<String, Located<String>> declared) {
        StringBuilder chain = new StringBuilder();
        appendUlimits(daemon, chain);
        appendNice(daemon, chain);
        appendUser(daemon, environment, declared, chain);
        Located<String> umask = daemon.stated(DaemonKeys.UMASK);
        if (umask == null && chain.isEmpty()) {
            return List.of();
        }
        // A shell adds these two, which are nobody's wish.
        String unset = environment.containsKey("PWD") ? "" : "unset PWD OLDPWD; ";
        return StartPrefix.of(
                unset + (umask == null ? "" : "umask " + umask.value() + " && ") + "exec " + chain + "\"$@\"");
    }

    private void appendUlimits(DaemonSpec daemon, StringBuilder chain) {
        StringBuilder options = new StringBuilder();
        Located<?> first = null;
        for (Map.Entry<Ulimit, Setting<Ulimit.Limits>> entry : DaemonKeys.ULIMITS.entrySet()) {
            Located<Ulimit.Limits> stated = daemon.stated(entry.getValue());
            if (stated != null) {
                first = first == null ? stated : first;
                options.append(entry.getKey().option(stated.value())).append(' ');
            }
        }
        Path prlimit = first == null ? null : tool("prlimit", "util-linux", first);
        if (prlimit != null) {
            chain.append(prlimit).append(' ').append(options);
        }
    }

    private void appendNice(DaemonSpec daemon, StringBuilder chain) {
        Located<Integer> stated = daemon.stated(DaemonKeys.NICE);
        if (stated == null) {
            return;
        }
        if (stated.value() < 0 && surroundings.uid() != 0) {
            problems.add(
                    stated,
                    "`" + stated.value() + "` needs root, and this is another user",
                    "a number from 0 to 19",
                    "");
            return;
        }
        Path nice = tool("nice", "coreutils", stated);
        if (nice != null) {
            chain.append(nice).append(" -n ").append(stated.value()).append(' ');
        }
    }

    private void appendUser(
            DaemonSpec daemon,
            SortedMap<String, String> environment,
            Map<String, Located<String>> declared,
            StringBuilder chain) {
        Located<String> stated = daemon.stated(DaemonKeys.USER);
        if (stated == null) {
            return;
        }
        if (daemon.isMain() || daemon.hasAgent()) {
            problems.add(
                    stated,
                    "`" + daemon.name().value() + "` has " + (daemon.isMain() ? "a `main`" : "an `agent`")
                            + ", and its segment belongs to the root's user",
                    "`user` only for plain commands in this release",
                    "write it below each `command`");
            return;
        }
        String lacking = lacking();
        if (lacking != null) {
            problems.add(stated, "another user needs root, and this " + lacking, "a root that may change users", "");
            return;
        }
        Path getent = tool("getent", "libc-bin", stated);
        Path setpriv = tool("setpriv", "util-linux", stated);
        if (getent == null || setpriv == null) {
            return;
        }
        try {
            appendUser(stated, new Accounts(getent), setpriv, environment, declared, chain);
        } catch (IOException e) {
            problems.add(stated, "who that is cannot be told (" + e.getMessage() + ")", "a user of this machine", "");
        }
    }

    private void appendUser(
            Located<String> stated,
            Accounts accounts,
            Path setpriv,
            SortedMap<String, String> environment,
            Map<String, Located<String>> declared,
            StringBuilder chain)
            throws IOException {
        Matcher parts = USER.matcher(stated.value());
        if (!parts.matches()) {
            throw new IllegalStateException("the reader of `user` has let this pass: " + stated.value());
        }
        String name = parts.group(1);
        String group = parts.group(2);
        Accounts.User user = accounts.user(name);
        if (user == null && !ID.matcher(name).matches()) {
            problems.add(stated, "no user is called " + Problems.quoted(name), "a user of this machine", "");
            return;
        }
        Long gid = group == null ? (user == null ? null : Long.valueOf(user.gid())) : accounts.gid(group);
        if (gid == null && group != null && ID.matcher(group).matches()) {
            gid = Long.valueOf(group);
        }
        if (gid == null) {
            problems.add(
                    stated,
                    group == null
                            ? "no user has the number " + name + ", so its group is not known"
                            : "no group is called " + Problems.quoted(group),
                    group == null ? "`uid:gid`" : "a group of this machine",
                    "");
            return;
        }
        chain.append(setpriv)
                .append(" --reuid=")
                .append(user == null ? Long.parseLong(name) : user.uid())
                .append(" --regid=")
                .append(gid)
                .append(user == null ? " --clear-groups " : " --init-groups ");
        if (user != null) {
            Map.of("HOME", user.home(), "USER", user.name(), "LOGNAME", user.name())
                    .forEach((variable, value) -> {
                        if (!declared.containsKey(variable)) {
                            environment.put(variable, value);
                        }
                    });
        }
    }

    /** What the root would lack to run, and to end, processes of other users; null if nothing. */
    private @Nullable String lacking() {
        if (surroundings.uid() != 0) {
            return "is user " + surroundings.uid();
        }
        Path status = surroundings.system("/proc/self/status");
        try {
            Matcher effective = EFFECTIVE.matcher(Files.isReadable(status) ? Files.readString(status) : "");
            if (effective.find()) {
                long held = Long.parseUnsignedLong(effective.group(1), 16);
                List<String> missing = USER_CAPABILITIES.entrySet().stream()
                        .filter(entry -> (held >> entry.getKey() & 1) == 0)
                        .map(Map.Entry::getValue)
                        .sorted()
                        .toList();
                return missing.isEmpty()
                        ? null
                        : "root has no " + String.join(", ", missing) + " (CapabilityBoundingSet= of its unit)";
            }
        } catch (IOException e) {
            return "system does not tell what root may do (" + e.getMessage() + ")";
        }
        return null;
    }

    private @Nullable Path tool(String name, String debianPackage, Located<?> key) {
        String searchPath = surroundings.environment().getOrDefault("PATH", Programs.DEFAULT_PATH);
        Path found = Programs.find(name, searchPath);
        if (found == null || !found.toString().matches("[A-Za-z0-9_@%+=:,./-]+")) {
            problems.add(
                    key,
                    "no program `" + name + "` on PATH (" + Problems.quoted(searchPath) + ")",
                    "it, of the package " + debianPackage,
                    "");
            return null;
        }
        return found;
    }
}
