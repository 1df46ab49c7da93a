package io.coppice.ops.view;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An instance at one moment.
 *
 * @param root whether it runs
 * @param gaveUp whether it gave up, or the last one did; empty as well where nobody knows
 * @param isolation what keeps its workers from touching each other, by the plan on record, or by what the root told those to whom that is closed; empty where there is none to tell
 * @param daemons in the root's order, which is dependency order; slots of transactions are with their daemon
 * @param groups the instance itself first; none where there is no plan to tell
 * @param problems what could not be read, each one line; daemons' own problems are with them
 * @param lives whether a process of any daemon does, also of those that were left out of these
 * @param readable whether the status table could be read; without it there are no daemons
 */
public record InstanceStatus(
        String instance,
        RootLiveness root,
        Optional<GaveUp> gaveUp,
        Optional<IsolationStatus> isolation,
        List<DaemonStatus> daemons,
        List<GroupStatus> groups,
        List<String> problems,
        boolean lives,
        boolean readable) {
    /** The same with only these daemons; a slot is shown with its daemon. */
    public InstanceStatus only(List<String> names) {
        return new InstanceStatus(
                instance,
                root,
                gaveUp,
                isolation,
                daemons.stream()
                        .filter(daemon -> names.contains(daemon.name())
                                || daemon.slots().stream()
                                        .anyMatch(slot ->
                                                names.contains(slot.process().name())))
                        .toList(),
                groups.stream()
                        .filter(group -> group.daemons().stream().anyMatch(names::contains))
                        .toList(),
                problems,
                lives,
                readable);
    }

    /** Whether the table has it alive, and neither it nor a root that would know is. */
    public boolean isGone(DaemonStatus daemon) {
        return !root.running() && daemon.lacksItsProcess();
    }

    /** The daemon, or the slot, of that name. */
    public Optional<DaemonStatus> daemon(String name) {
        return children().filter(daemon -> daemon.name().equals(name)).findFirst();
    }

    /** All children, in order: the daemons, each with its slots behind it. */
    public Stream<DaemonStatus> children() {
        return daemons.stream()
                .flatMap(daemon ->
                        Stream.concat(Stream.of(daemon), daemon.slots().stream().map(SlotStatus::process)));
    }

    /** All names of daemons, in order. */
    public List<String> names() {
        return daemons.stream().map(DaemonStatus::name).toList();
    }
}
