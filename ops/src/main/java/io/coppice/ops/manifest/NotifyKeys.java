package io.coppice.ops.manifest;

import io.coppice.ops.manifest.Setting.Scope;
import io.coppice.supervisor.plan.PlanBounds;
import java.util.Set;

/** The keys of {@code notify}; a command alone may stand in their place. */
final class NotifyKeys {
    static final KeyTable TABLE = new KeyTable("of `notify`", Set.of());

    static final Setting<Command> COMMAND =
            TABLE.add(new Setting<>("command", Scope.ANY, false, ValueReaders::command, null));
    static final Setting<Long> TIMEOUT = TABLE.add(
            new Setting<>("timeout", Scope.ANY, false, ValueReaders.duration(1, PlanBounds.MAX_DURATION_MS), 10_000L));

    private NotifyKeys() {}

    /** Reads the value of the key. */
    static void read(YamlNode node, Settings into, Problems problems) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            into.read(COMMAND, node, "notify", problems);
            return;
        }
        new SettingsReader(TABLE, false, problems).read(mapping, "notify", into);
        if (!into.mentions(COMMAND)) {
            problems.add(node.at(), "notify", "no `command`", "the program that is run when restarts have run out");
        }
    }
}
