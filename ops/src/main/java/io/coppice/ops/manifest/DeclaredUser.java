package io.coppice.ops.manifest;

import io.coppice.ops.view.Accounts;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whom a key {@code user} names.
 *
 * @param uid its number
 * @param gid its group, or the one that is named with it
 * @param account null if the machine knows no user of that number
 * @param groups what else it is a member of; none without an account
 */
record DeclaredUser(int uid, int gid, Accounts.@Nullable User account, List<Integer> groups) {
    /** What it is a member of beside its group; not that of user 0, to whose files a worker is to have no way. */
    List<Integer> groupsOfItsOwn() {
        return groups.stream().filter(group -> group != 0).toList();
    }

    /** What its processes find in their environment where the manifest does not say otherwise. */
    Map<String, String> environment() {
        Accounts.User known = account;
        return known == null ? Map.of() : Map.of("HOME", known.home(), "USER", known.name(), "LOGNAME", known.name());
    }
}
