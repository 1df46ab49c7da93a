package io.coppice.ops.manifest;

import io.coppice.ops.view.Accounts;
import io.coppice.supervisor.plan.ControlAccess;
import io.coppice.supervisor.plan.PlanBounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask the root, by the keys of {@code control}: names become numbers here, since a root looks none up. A group among those who may have
 * something changed is written as sudo's rules write it, {@code %NAME}.
 */
final class ControlRules {
    private static final Pattern ID = Pattern.compile("[0-9]{1,10}");
    private static final Pattern GROUP_IDS = Pattern.compile("(?m)^(?:Gid|Groups):(.*)$");

    private final Settings control;
    private final Surroundings surroundings;
    private final Problems problems;
    private final List<String> changers = new ArrayList<>();
    private final TreeMap<Long, Located<String>> users = new TreeMap<>();
    private final TreeMap<Long, Located<String>> groups = new TreeMap<>();

    /**
     * What comes of them.
     *
     * @param words for people, who may do what
     */
    record Result(ControlAccess access, String words) {}

    ControlRules(Settings control, Surroundings surroundings, Problems problems) {
        this.control = control;
        this.surroundings = surroundings;
        this.problems = problems;
    }

    /** Who may ask; what is wrong has been told then. */
    Result result(InstanceDirectory directory) {
        Located<String> group = control.get(ControlKeys.GROUP);
        Located<List<Located<String>>> change = control.get(ControlKeys.CHANGE);
        if (group == null) {
            if (change != null && !control.mentions(ControlKeys.GROUP)) {
                problems.add(
                        change,
                        "`change` without `group`",
                        "both",
                        "who may have something changed has to be able to connect: name a group that they are all in");
            }
            return new Result(
                    ControlAccess.OWN_USER,
                    "only user " + surroundings.uid() + (surroundings.uid() == 0 ? "" : " and root")
                            + " may ask the root (the key `control` lets others)");
        }
        Accounts accounts = accounts(group);
        if (accounts == null) {
            return new Result(ControlAccess.OWN_USER, "");
        }
        try {
            return result(group, change == null ? List.of() : change.value(), accounts, directory);
        } catch (IOException e) {
            problems.add(group, "who that is cannot be told (" + e.getMessage() + ")", "a group of this machine", "");
            return new Result(ControlAccess.OWN_USER, "");
        }
    }

    private Result result(
            Located<String> group, List<Located<String>> change, Accounts accounts, InstanceDirectory directory)
            throws IOException {
        Long gid = groupId(group, group.value(), accounts);
        if (change.size() > PlanBounds.MAX_ACCESS_LENGTH) {
            problems.add(
                    change.get(0).at(),
                    "control.change",
                    change.size() + " users and groups",
                    "at most " + PlanBounds.MAX_ACCESS_LENGTH);
            return new Result(ControlAccess.OWN_USER, "");
        }
        for (Located<String> each : change) {
            add(each, gid, group.value(), accounts);
        }
        if (gid == null) {
            return new Result(ControlAccess.OWN_USER, "");
        }
        requireOwnGroup(group, gid);
        warnOfClosedWay(group, gid, directory);
        String words = "members of " + named(group.value(), gid) + " may look; "
                + (changers.isEmpty() ? "nobody else" : String.join(", ", changers))
                + " may have something changed, beside "
                + (surroundings.uid() == 0 ? "root" : "user " + surroundings.uid() + " and root");
        return new Result(new ControlAccess(gid, List.copyOf(users.keySet()), List.copyOf(groups.keySet())), words);
    }

    private static String named(String name, long id) {
        return name.equals(String.valueOf(id)) ? name : name + " (" + id + ")";
    }

    private void add(Located<String> each, @Nullable Long lookers, String lookersName, Accounts accounts)
            throws IOException {
        String word = each.value();
        if (word.startsWith("%")) {
            Long gid = groupId(each, word.substring(1), accounts);
            if (gid != null) {
                put(groups, gid, each, "group");
                changers.add("members of " + named(word.substring(1), gid));
            }
            return;
        }
        if (word.startsWith("@") || word.startsWith(":") || word.startsWith("+")) {
            problems.add(
                    each,
                    Problems.quoted(word),
                    "a user, or a group with % before it",
                    Suggestion.didYouMean("\"%" + word.substring(1) + "\""));
            return;
        }
        Accounts.User user = accounts.user(word);
        Long uid = user == null ? id(word) : Long.valueOf(user.uid());
        if (uid == null) {
            boolean group = accounts.gid(word) != null;
            problems.add(
                    each,
                    "no user is called " + Problems.quoted(word),
                    "a user of this machine, or a group with % before it",
                    Suggestion.didYouMean(
                            group ? "\"%" + word + "\"" : Suggestion.near(word, accounts.names("passwd"))));
            return;
        }
        put(users, uid, each, "user");
        changers.add(named(word, uid));
        if (user != null && lookers != null && uid != 0 && uid != surroundings.uid()) {
            Set<Long> memberships = accounts.groupsOf(user);
            if (!memberships.isEmpty() && !memberships.contains(lookers)) {
                problems.warn(
                        each.at(),
                        each.path(),
                        Problems.quoted(word) + " is not in the group " + Problems.quoted(lookersName)
                                + ", so it cannot connect, and this gives it nothing (`usermod -aG " + lookersName + " "
                                + word + "` makes it a member)");
            }
        }
    }

    private void put(Map<Long, Located<String>> ids, long id, Located<String> each, String what) {
        Located<String> before = ids.putIfAbsent(id, each);
        if (before != null) {
            problems.add(
                    each,
                    Problems.quoted(each.value()) + " is the same " + what + " as " + Problems.quoted(before.value())
                            + " before it",
                    "each once",
                    "");
        }
    }

    private @Nullable Long groupId(Located<String> at, String name, Accounts accounts) throws IOException {
        Long gid = accounts.gid(name);
        if (gid == null) {
            gid = id(name);
        }
        if (gid == null) {
            problems.add(
                    at,
                    "no group is called " + Problems.quoted(name),
                    "a group of this machine",
                    Suggestion.didYouMean(Suggestion.near(name, accounts.names("group"))));
        }
        return gid;
    }

    /** A number that nobody has given a name is as good. */
    private static @Nullable Long id(String word) {
        return ID.matcher(word).matches() && Long.parseLong(word) <= PlanBounds.MAX_ID ? Long.valueOf(word) : null;
    }

    /** The kernel lets who has no CAP_CHOWN give its files only to groups that it is in. */
    private void requireOwnGroup(Located<String> group, long gid) throws IOException {
        Path file = surroundings.system("/proc/self/status");
        if (!Files.isReadable(file)) {
            return;
        }
        String status = Files.readString(file);
        if (Capabilities.isHeld(status, Capabilities.CHOWN)) {
            return;
        }
        Set<String> own = new LinkedHashSet<>();
        Matcher lines = GROUP_IDS.matcher(status);
        while (lines.find()) {
            Stream.of(lines.group(1).strip().split("\\s+", -1)).forEach(own::add);
        }
        if (!own.contains(String.valueOf(gid))) {
            problems.add(
                    group,
                    Problems.quoted(group.value()) + " is no group of user " + surroundings.uid() + ", whom this is",
                    "a group that it is in: without CAP_CHOWN a user gives its files to no other",
                    surroundings.uid() == 0
                            ? "as a service, write `SupplementaryGroups=" + group.value()
                                    + "` and `SystemCallFilter=@chown` into a drop-in of its unit"
                            : "");
        }
    }

    /** The root opens the instance's directory and the one that holds it; what is above is not its own. */
    private void warnOfClosedWay(Located<String> group, long gid, InstanceDirectory directory) throws IOException {
        for (Path above = directory.base().getParent(); above != null; above = above.getParent()) {
            if (!Files.isDirectory(above)) {
                continue;
            }
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(above);
            boolean ofGroup =
                    Integer.toUnsignedLong((Integer) Files.getAttribute(above, "unix:gid", LinkOption.NOFOLLOW_LINKS))
                            == gid;
            boolean passes =
                    mode.contains(ofGroup ? PosixFilePermission.GROUP_EXECUTE : PosixFilePermission.OTHERS_EXECUTE);
            if (!passes) {
                problems.warn(
                        group.at(),
                        group.path(),
                        "members of " + Problems.quoted(group.value()) + " cannot get to " + directory.directory()
                                + ": "
                                + above + " lets only its owner pass (`chmod o+x " + above
                                + "`, or run the instance as root, in /run/coppice)");
            }
        }
    }

    private @Nullable Accounts accounts(Located<String> key) {
        String searchPath = surroundings.environment().getOrDefault("PATH", Programs.DEFAULT_PATH);
        Path getent = Programs.find("getent", searchPath);
        if (getent == null) {
            problems.add(
                    key,
                    "no program `getent` on PATH (" + Problems.quoted(searchPath) + "), which tells who is who",
                    "it, of the package libc-bin",
                    "");
        }
        return getent == null ? null : new Accounts(getent);
    }
}
