package io.coppice.supervisor.archive;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Identity;
import io.coppice.supervisor.plan.SlotName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whose code an archive is made by, and for. Where all workers are one user, that is the root's, and whoever has the same classes shares
 * the archive. Where each has a user of its own, what is run for an archive may put into it what it likes, so each child has archives of
 * its own, of which nobody else is started; slots of one daemon have them together. The code is run as a user whom the child's processes
 * are not, so that these cannot touch what they are started from either. The same is true of workers in sandboxes, by means of rules. Pure.
 *
 * @param owner whose the archives are: part of their names; empty for everybody's
 * @param identity null where it is the root's user, in a sandbox if there is an owner
 */
record Maker(String owner, @Nullable Identity identity) {
    /** Of archives that workers of the root's user share. */
    static final Maker OWN_USER = new Maker("", null);

    /**
     * Of a child's archives.
     *
     * @param instance the instance's directory
     */
    static Maker of(Path instance, ChildPlan child) {
        Identity identity = child.identity();
        if (identity == null && !child.restricted()) {
            return OWN_USER;
        }
        String name = child.slot() > 0 ? SlotName.logName(child.name()) : child.name();
        return new Maker((identity == null ? "sandbox" : identity.own()) + " " + name + " " + instance, identity);
    }

    /** Whether what is run is kept from touching what it has made. */
    boolean isApart() {
        return !owner.isEmpty();
    }

    /** The group that may read them, which the child's processes are in. */
    static int readers(Identity identity) {
        return identity.groups().contains(identity.own()) ? identity.own() : identity.gid();
    }

    /**
     * The command line of a program that is to run as who makes them: in the groups of the child, so it reads what that reads.
     *
     * @throws IllegalArgumentException if there is nobody to be
     */
    List<String> command(List<String> argv) {
        Identity who = identity;
        return who == null ? argv : as(who.maker(), who.gid(), who.groups(), argv);
    }

    /** The command line of a program that is to run as a user who is a member of no group but one. */
    static List<String> as(int uid, List<String> argv) {
        return as(uid, uid, List.of(), argv);
    }

    private static List<String> as(int uid, int gid, List<Integer> groups, List<String> argv) {
        if (uid < 1) {
            throw new IllegalArgumentException("user " + uid + " makes no archives");
        }
        List<String> words = new ArrayList<>(List.of("setpriv", "--reuid=" + uid, "--regid=" + gid));
        words.add(
                groups.isEmpty()
                        ? "--clear-groups"
                        : "--groups=" + groups.stream().map(String::valueOf).collect(Collectors.joining(",")));
        words.addAll(List.of("--no-new-privs", "--inh-caps=-all"));
        words.addAll(argv);
        return words;
    }
}
