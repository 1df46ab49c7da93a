package io.coppice.ops.manifest;

import io.coppice.ops.manifest.Setting.Scope;
import io.coppice.ops.manifest.Setting.ValueReader;
import io.coppice.supervisor.plan.Isolation;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys of {@code isolation}; the mode alone may stand in their place. */
final class IsolationKeys {
    static final KeyTable TABLE = new KeyTable("of `isolation`", Set.of());

    static final Setting<Isolation> MODE =
            TABLE.add(new Setting<>("mode", Scope.ANY, false, IsolationKeys::mode, Isolation.MAPPING));
    static final Setting<IdRange> IDS = TABLE.add(new Setting<>("ids", Scope.ANY, false, IdRange::read, null));

    private static final String MODES = "`mapping`, `user` or `sandbox`";

    private IsolationKeys() {}

    /** Reads the value of the key. */
    static void read(YamlNode node, Settings into, Problems problems) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            into.read(MODE, node, "isolation", problems);
            return;
        }
        new SettingsReader(TABLE, false, problems).read(mapping, "isolation", into);
        if (!into.mentions(MODE)) {
            problems.add(node.at(), "isolation", "no `mode`", MODES);
        }
        Located<Isolation> mode = into.get(MODE);
        Located<IdRange> ids = into.get(IDS);
        if (ids != null && mode != null && mode.value() != Isolation.USER) {
            problems.add(ids, "`ids` with `mode: " + mode.value().text() + "`", "it only with `mode: user`", "");
        }
    }

    /** Of one daemon: what it may say is that nothing keeps it from anything. */
    static ValueReader<String> ofDaemon() {
        String word = Isolation.MAPPING.text();
        String expected =
                "`" + word + "`, by which it is in no sandbox; the mode of all is a key at the top of the manifest";
        return ValueReader.shaped(ValueShape.oneOf(word), (node, path, problems) -> {
            String text = ValueReaders.scalar(node, path, problems, expected);
            if (text != null && !text.equals(word)) {
                problems.add(node.at(), path, node.description(), expected, "");
                return null;
            }
            return text;
        });
    }

    private static @Nullable Isolation mode(YamlNode node, String path, Problems problems) {
        String text = ValueReaders.scalar(node, path, problems, MODES);
        for (Isolation isolation : Isolation.values()) {
            if (isolation.text().equals(text)) {
                return isolation;
            }
        }
        if (text != null) {
            problems.add(node.at(), path, node.description(), MODES);
        }
        return null;
    }
}
