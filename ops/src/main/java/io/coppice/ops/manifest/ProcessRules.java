package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.Identity;
import io.coppice.supervisor.plan.Isolation;
import io.coppice.supervisor.plan.StartPrefix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
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
    static final Pattern USER = Pattern.compile("([A-Za-z0-9_][A-Za-z0-9_.-]*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]*))?");
    private static final Set<String> NAMES = Set.of("USER", "LOGNAME", "MAIL");
    private static final String USER_EXPECTED = "`name`, `name:group`, `uid` or `uid:gid`";

    private final Surroundings surroundings;
    private final DeclaredUsers users;
    private final SystemTools tools;
    private final Isolation isolation;
    private final Problems problems;
    private final Map<DaemonSpec, Identity> identities = new HashMap<>();
    private final Set<String> privileged = new LinkedHashSet<>();

    ProcessRules(
            Surroundings surroundings, DeclaredUsers users, SystemTools tools, Isolation isolation, Problems problems) {
        this.surroundings = surroundings;
        this.users = users;
        this.tools = tools;
        this.isolation = isolation;
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
        String unset = environment.containsKey("PWD") ? "" : StartPrefix.UNSET_PWD;
        return StartPrefix.of(unset
                + niceOfSession(daemon)
                + (umask == null ? "" : "umask " + umask.value() + " && ")
                + "exec "
                + chain
                + "\"$@\"");
    }

    /**
     * A process has a session of its own. Where Linux shares processors out among sessions (autogroups), niceness counts only within one, and among
     * them the niceness of the session. Where it does not, or this is forbidden, there is no more to do.
     */
    private static String niceOfSession(DaemonSpec daemon) {
        Located<Integer> stated = daemon.stated(DaemonKeys.NICE);
        return stated == null ? "" : "{ echo " + stated.value() + " >/proc/self/autogroup; } 2>/dev/null; ";
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
        Path prlimit = first == null ? null : tools.find("prlimit", "util-linux", first);
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
        Path nice = tools.find("nice", "coreutils", stated);
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
        boolean isolated = isolation == Isolation.USER;
        if (stated == null) {
            if (isolated) {
                // Nobody that the machine knows by name.
                put(environment, declared, Map.of("HOME", "/"));
                environment.keySet().removeIf(name -> NAMES.contains(name) && !declared.containsKey(name));
            }
            return;
        }
        boolean hasSegment = daemon.isMain() || daemon.hasAgent();
        String what = "`" + daemon.name().value() + "` has " + (daemon.isMain() ? "a `main`" : "an `agent`");
        if (hasSegment && !isolated) {
            problems.add(
                    stated,
                    what + ", and its segment belongs to the root's user",
                    "`user` for plain commands only, or `isolation: user`",
                    "write it below each `command`");
            return;
        }
        DeclaredUser user = users.of(stated);
        if (user == null) {
            return;
        }
        put(environment, declared, user.environment());
        if (isolated && user.uid() != 0 && user.gid() == 0) {
            problems.add(
                    stated,
                    "`" + daemon.name().value() + "`: group 0 is the root's own",
                    "one that is nobody else's; without `user` each is given one",
                    "");
        } else if (isolated && user.uid() != 0) {
            identities.put(
                    daemon,
                    new Identity(user.uid(), 1, user.gid(), user.uid(), Identity.NO_MAKER, user.groupsOfItsOwn()));
        } else if (isolated && hasSegment) {
            problems.add(stated, what + ", and nothing can be kept from user 0", "another user, or no `user`", "");
        } else {
            appendSetpriv(stated, user, chain);
            privileged.add(daemon.planName());
        }
    }

    private void appendSetpriv(Located<String> stated, DeclaredUser user, StringBuilder chain) {
        Path setpriv = tools.find("setpriv", "util-linux", stated);
        if (setpriv != null) {
            chain.append(setpriv)
                    .append(" --reuid=")
                    .append(user.uid())
                    .append(" --regid=")
                    .append(user.gid())
                    .append(user.account() == null ? " --clear-groups " : " --init-groups ");
        }
    }

    private static void put(
            SortedMap<String, String> environment,
            Map<String, Located<String>> declared,
            Map<String, String> variables) {
        variables.forEach((name, value) -> {
            if (!declared.containsKey(name)) {
                environment.put(name, value);
            }
        });
    }

    /** Whom the manifest has a daemon run as, where each has a user of its own; without its place among the others yet. */
    @Nullable
    Identity identity(DaemonSpec daemon) {
        return identities.get(daemon);
    }

    /** The daemons that the manifest has run as a user as it says, whatever isolates the others. */
    List<String> privileged() {
        return List.copyOf(privileged);
    }
}
