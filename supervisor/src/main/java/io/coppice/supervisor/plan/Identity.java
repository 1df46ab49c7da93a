package io.coppice.supervisor.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Who a child's processes are to the kernel, where each has a user of its own ({@link Isolation#USER}). Pure.
 *
 * @param uid the user; of slots the first of those that their processes have
 * @param uids how many users there are, one after the other: 1, and for the slots of a daemon as many as there can be processes of them at
 *     the same time, each of which has one that no other has
 * @param gid the group
 * @param own a number that nothing else has: the group that may read the child's segment, if it has one
 * @param maker the user who makes its start archives, which none of its processes is, nor anybody else; 0 of what has no segment
 * @param groups what else its processes are members of, in rising order, each once: the groups of the segments that they may read
 */
public record Identity(int uid, int uids, int gid, int own, int maker, List<Integer> groups) {
    /** Of what makes no archives. */
    public static final int NO_MAKER = 0;

    /** The variable in which the root tells the start prefix of a slot's process which of its users it has. */
    public static final String UID_VARIABLE = "COPPICE_UID";

    /** The kernel's own limit is 65536; a daemon reads as many segments as there are children at most, and the root's. */
    public static final int MAX_GROUPS = 2 * PlanBounds.MAX_CHILDREN;

    /** Processes of a daemon's slots: one in each, the standbys, and those that are being buried while others take their place. */
    public static final int MAX_UIDS = PlanBounds.MAX_SLOTS + 2 * PlanBounds.MAX_STANDBYS;

    public Identity {
        // User 0 may do anything, so nothing that is isolated can be it; 2^31 - 1 is far below the kernel's "nobody at
        // all".
        PlanBounds.requireBetween("uid", uid, 1, Integer.MAX_VALUE - MAX_UIDS);
        PlanBounds.requireBetween("uids", uids, 1, MAX_UIDS);
        PlanBounds.requireBetween("gid", gid, 1, Integer.MAX_VALUE);
        PlanBounds.requireBetween("own group", own, 1, Integer.MAX_VALUE);
        PlanBounds.requireBetween("maker", maker, NO_MAKER, Integer.MAX_VALUE);
        int to = uid + uids;
        PlanBounds.require(maker < uid || maker >= to, () -> "maker " + maker + " is a user of processes");
        groups = List.copyOf(groups);
        PlanBounds.requireLength("groups", groups, MAX_GROUPS);
        int last = 0;
        for (int group : groups) {
            int before = last;
            PlanBounds.require(group > before, () -> "groups: " + group + " after " + before);
            last = group;
        }
    }

    /** Whether that is one of its users. */
    public boolean hasUid(long candidate) {
        return candidate >= uid && candidate < (long) uid + uids;
    }

    /** The line of the plan's text, such as {@code 200007 1 200007 200007 200008 200007,200009}; - for no other groups. */
    String text() {
        return uid + " " + uids + " " + gid + " " + own + " " + maker + " "
                + (groups.isEmpty() ? "-" : groups.stream().map(String::valueOf).collect(Collectors.joining(",")));
    }

    /** Reads what {@link #text} writes; whatever else it is, it is refused here or by the text's comparison. */
    static Identity of(String text) {
        String[] words = text.split(" ", -1);
        PlanBounds.require(words.length == 6, () -> "identity: expected UID COUNT GID OWN-GID MAKER GROUPS");
        List<String> groups = words[5].equals("-") ? List.of() : Arrays.asList(words[5].split(",", MAX_GROUPS + 1));
        List<Integer> numbers = new ArrayList<>(groups.size());
        groups.forEach(group -> numbers.add(number(group)));
        return new Identity(
                number(words[0]), number(words[1]), number(words[2]), number(words[3]), number(words[4]), numbers);
    }

    private static int number(String digits) {
        PlanBounds.require(
                digits.matches("[0-9]{1,10}") && Long.parseLong(digits) <= Integer.MAX_VALUE,
                () -> "identity: expected a number of at most " + Integer.MAX_VALUE);
        return Integer.parseInt(digits);
    }
}
