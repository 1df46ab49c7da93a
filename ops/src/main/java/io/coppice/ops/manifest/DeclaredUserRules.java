package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ControlAccess;
import io.coppice.supervisor.plan.Identity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether the users that daemons declare by {@code user} are nobody else's, with {@code isolation: user}: what the kernel keeps a user from, it does
 * not keep another process of that user from. Workers are refused; of commands that are one user, or may ask the root, people are warned, as that may be
 * what they are for. One thread.
 */
final class DeclaredUserRules {
    private final IdentityPlanner identities;
    private final ControlAccess access;
    private final Problems problems;
    private final Map<Integer, User> users = new HashMap<>();

    /** Who has a user: a child, and of which daemon. */
    private record User(ChildPlan child, String daemon) {
        /** Whether it has a segment that others are to be kept from. */
        boolean isWorker() {
            return child.kind().hasSegment();
        }
    }

    /**
     * @param identities who gives the others theirs, and has given them
     * @param access who may ask the root
     */
    DeclaredUserRules(IdentityPlanner identities, ControlAccess access, Problems problems) {
        this.identities = identities;
        this.access = access;
        this.problems = problems;
    }

    /** Tells what is wrong, each at its key. */
    void check(List<DaemonSpec> daemons, Replicas replicas, List<ChildPlan> children) {
        Map<String, ChildPlan> byName = new HashMap<>();
        children.forEach(child -> byName.put(child.name(), child));
        for (DaemonSpec daemon : daemons) {
            Located<String> stated = daemon.stated(DaemonKeys.USER);
            for (String name : replicas.childrenOf(daemon.planName())) {
                ChildPlan child = byName.get(name);
                Identity identity = child == null ? null : child.identity();
                if (stated != null && child != null && identity != null) {
                    check(stated, new User(child, daemon.planName()), identity);
                }
            }
        }
    }

    private void check(Located<String> stated, User user, Identity identity) {
        String taken = taken(identity);
        if (taken != null) {
            problems.add(
                    stated,
                    "`" + user.daemon + "`: " + taken,
                    "one that is nobody else's; without `user` each is given one",
                    "");
            return;
        }
        String right = rightOf(identity);
        if (right != null) {
            String what = "by `control` `" + user.daemon + "` " + right;
            if (user.isWorker()) {
                problems.add(stated, what, "a user whom `control` does not name, or no `user`", "");
            } else {
                problems.warn(stated.at(), stated.path(), what);
            }
        }
        User other = users.putIfAbsent(identity.uid(), user);
        if (other != null) {
            tellShared(stated, user, other, identity.uid());
        }
    }

    private void tellShared(Located<String> stated, User user, User other, int uid) {
        String both = "`" + user.child.name() + "` and `" + other.child.name() + "` ";
        if (user.isWorker() || other.isWorker()) {
            problems.add(
                    stated,
                    both + "would both be user " + uid + ", who can do to itself whatever it likes",
                    "a `user` that nothing else has, or none: then each is given one",
                    "");
        } else if (!user.daemon.equals(other.daemon)) {
            problems.warn(
                    stated.at(),
                    stated.path(),
                    both + "are both user " + uid + ": either can do to the other whatever it likes");
        }
    }

    /** Which of its numbers is another's already, and whose; null if none. */
    private @Nullable String taken(Identity identity) {
        String user = taken("user", identity.uid(), identity);
        return user == null ? taken("group", identity.gid(), identity) : user;
    }

    private @Nullable String taken(String what, int number, Identity identity) {
        String taken = number == identity.own() ? null : identities.takenBy(number);
        return taken == null ? null : what + " " + number + " " + taken;
    }

    /** What it may ask the root for by its numbers; null if nothing. Its groups are all that it is started with. */
    private @Nullable String rightOf(Identity identity) {
        if (!access.isShared()) {
            return null;
        }
        if (access.users().contains((long) identity.uid())) {
            return "may have something changed, as user " + identity.uid();
        }
        for (long group : access.groups()) {
            if (isMember(identity, group)) {
                return "may have something changed, as a member of group " + group;
            }
        }
        return isMember(identity, access.group()) ? "may look, as a member of group " + access.group() : null;
    }

    private static boolean isMember(Identity identity, long group) {
        return identity.gid() == group || identity.groups().stream().anyMatch(each -> each == group);
    }
}
