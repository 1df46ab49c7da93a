package io.coppice.ops.manifest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a manifest says, before it is held against the machine.
 *
 * @param instance the key {@code instance}; null if absent or wrong
 * @param segments the key {@code segments}; null if absent or wrong
 * @param isolation what it says of what keeps workers from touching each other
 * @param notice what it says of whom to tell that restarts have run out
 * @param control what it says of who may ask the root
 * @param outermost what the top of the manifest says of the instance as a group
 * @param groups in the order of the file, each name once
 * @param daemonsAt where {@code daemons:} stands: what concerns all of them is told there
 * @param daemons in the order of the file, each name once
 */
record Manifest(
        @Nullable Located<String> instance,
        @Nullable Located<String> segments,
        Settings isolation,
        Settings notice,
        Settings control,
        Settings outermost,
        List<GroupSpec> groups,
        Position daemonsAt,
        List<DaemonSpec> daemons) {}
