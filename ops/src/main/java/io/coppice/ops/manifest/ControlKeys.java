package io.coppice.ops.manifest;

import io.coppice.ops.manifest.Setting.Scope;
import java.util.List;
import java.util.Set;

/** The keys of {@code control}: who may ask the root, besides its own user and root. */
final class ControlKeys {
    static final KeyTable TABLE = new KeyTable("of `control`", Set.of());

    static final Setting<String> GROUP =
            TABLE.add(new Setting<>("group", Scope.ANY, false, ValueReaders.name("a group of this machine"), null));

    static final Setting<List<Located<String>>> CHANGE = TABLE.add(new Setting<>(
            "change",
            Scope.ANY,
            false,
            ValueReaders.texts("a list of users, and of groups with % before them, such as [alice, \"%deploy\"]", 0),
            List.of()));

    private ControlKeys() {}

    /** Reads the value of the key. */
    static void read(YamlNode node, Settings into, Problems problems) {
        if (node instanceof YamlNode.Mapping mapping) {
            new SettingsReader(TABLE, false, problems).read(mapping, "control", into);
            return;
        }
        String hint = node instanceof YamlNode.Scalar scalar
                        && !scalar.isNothing()
                        && scalar.text().length() <= 32
                ? Suggestion.didYouMean("{group: " + scalar.text() + "}")
                : "";
        problems.add(node.at(), "control", node.description(), "a mapping of group, change", hint);
    }
}
