package io.coppice.ops.cli;

import java.util.List;

/**
 * What somebody has named: a child, or a daemon with replicas, which stands for all of them.
 *
 * @param name as it was given
 * @param children what it stands for, in the root's order; none of a daemon with {@code replicas: 0}
 * @param set whether it stands for the replicas of a daemon
 */
record Target(String name, List<String> children, boolean set) {
    Target {
        children = List.copyOf(children);
    }
}
