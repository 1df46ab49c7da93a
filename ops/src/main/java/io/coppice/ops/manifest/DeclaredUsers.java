package io.coppice.ops.manifest;

import io.coppice.ops.view.Accounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Looks up whom the keys {@code user} name, and whether this root may be another at all. Blocks. */
final class DeclaredUsers {
    /** Those of the kernel go up to 2^32 - 2; ours stay in what an {@code int} holds. */
    private static final Pattern ID = Pattern.compile("[0-9]{1,9}");

    private final Surroundings surroundings;
    private final SystemTools tools;
    private final Problems problems;

    DeclaredUsers(Surroundings surroundings, SystemTools tools, Problems problems) {
        this.surroundings = surroundings;
        this.tools = tools;
        this.problems = problems;
    }

    /** Whom the key names; null if nobody or this root may not, which has been told then. */
    @Nullable
    DeclaredUser of(Located<String> stated) {
        String lacking = Capabilities.lacking(surroundings, Capabilities.OTHER_USERS);
        if (lacking != null) {
            problems.add(stated, "another user needs root, and this " + lacking, "a root that may change users", "");
            return null;
        }
        Path getent = tools.find("getent", "libc-bin", stated);
        if (getent == null) {
            return null;
        }
        try {
            return of(stated, new Accounts(getent));
        } catch (IOException e) {
            problems.add(stated, "who that is cannot be told (" + e.getMessage() + ")", "a user of this machine", "");
            return null;
        }
    }

    private @Nullable DeclaredUser of(Located<String> stated, Accounts accounts) throws IOException {
        Matcher parts = ProcessRules.USER.matcher(stated.value());
        if (!parts.matches()) {
            throw new IllegalStateException("the reader of `user` has let this pass: " + stated.value());
        }
        String name = parts.group(1);
        String group = parts.group(2);
        Accounts.User user = accounts.user(name);
        if (user == null && !ID.matcher(name).matches()) {
            problems.add(stated, "no user is called " + Problems.quoted(name), "a user of this machine", "");
            return null;
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
            return null;
        }
        long uid = user == null ? Long.parseLong(name) : user.uid();
        if (uid > Integer.MAX_VALUE || gid > Integer.MAX_VALUE) {
            problems.add(stated, "its number is " + Math.max(uid, gid), "at most " + Integer.MAX_VALUE, "");
            return null;
        }
        return new DeclaredUser((int) uid, (int) (long) gid, user, user == null ? List.of() : groupsOf(user, accounts));
    }

    /** Numbers that no {@code int} holds are left out: who is only in such a group has less, not more. */
    private static List<Integer> groupsOf(Accounts.User user, Accounts accounts) throws IOException {
        return accounts.groupsOf(user).stream()
                .filter(group -> group != user.gid() && group <= Integer.MAX_VALUE)
                .map(Long::intValue)
                .sorted()
                .toList();
    }
}
