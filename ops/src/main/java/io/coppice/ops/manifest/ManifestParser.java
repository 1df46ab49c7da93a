package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.PlanBounds;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a manifest of a YAML tree, key by key, and tells about every key and value that is not right. */
final class ManifestParser {
    private static final List<String> TOP_KEYS = List.of("instance", "segments", "defaults", "daemons");
    private static final List<String> LATER_TOP_KEYS = List.of("groups", "strategy", "isolation", "env_file");

    private static final Set<String> WORDS_FOR_NOTHING = Set.of("no", "off", "false", "never", "disabled", "0");

    /** {@code root.seg} is the root's own segment, and may lie in the same directory. */
    private static final String RESERVED_NAME = "root";

    private final Problems problems;

    ManifestParser(Problems problems) {
        this.problems = problems;
    }

    /** What could be understood; what could not has been told. */
    Manifest parse(YamlNode root) {
        Located<String> instance = null;
        Located<String> segments = null;
        Settings defaults = new Settings();
        YamlNode.Entry daemonsEntry = null;
        if (!(root instanceof YamlNode.Mapping mapping)) {
            problems.add(root.at(), "", root.description(), "a mapping with at least `daemons:`");
            return new Manifest(null, null, root.at(), List.of());
        }
        boolean daemonsMisspelt = false;
        for (YamlNode.Entry entry : UniqueKeys.of(mapping, "", problems)) {
            String key = entry.key().text();
            switch (key) {
                case "instance" -> instance = located(entry, ValueReaders.name("a name, [a-z0-9-]{1,32}"));
                case "segments" -> segments = located(entry, ValueReaders.text("a directory"));
                case "defaults" -> {
                    YamlNode.Mapping settings = mappingOf(entry.value(), "defaults", "a mapping of keys of a daemon");
                    if (settings != null) {
                        readKeys(settings, "", "defaults", defaults, true);
                    }
                }
                case "daemons" -> daemonsEntry = entry;
                default -> daemonsMisspelt |= unknownTopKey(entry);
            }
        }
        if (daemonsEntry == null) {
            if (!daemonsMisspelt) {
                problems.add(root.at(), "daemons", "missing", "a mapping of names to daemons");
            }
            return new Manifest(instance, segments, root.at(), List.of());
        }
        // The defaults may stand below the daemons in the file, so the daemons are read last.
        return new Manifest(instance, segments, daemonsEntry.key().at(), daemons(daemonsEntry.value(), defaults));
    }

    private @Nullable Located<String> located(YamlNode.Entry entry, Setting.ValueReader<String> reader) {
        String key = entry.key().text();
        String text = reader.read(entry.value(), key, problems);
        return text == null ? null : new Located<>(text, entry.value().at(), key);
    }

    /** Tells about the key unless it is an extension; true if it probably meant {@code daemons}. */
    private boolean unknownTopKey(YamlNode.Entry entry) {
        String key = entry.key().text();
        if (key.startsWith("x-")) {
            return false;
        }
        if (LATER_TOP_KEYS.contains(key)) {
            if (!(key.equals("strategy") && isText(entry.value(), "one-for-one"))) {
                later(entry, key, key.equals("strategy") ? "one-for-one" : null);
            }
            return false;
        }
        String near = Suggestion.nearKey(key, TOP_KEYS);
        String hint = Suggestion.didYouMean(near);
        if (near == null && (DaemonKeys.byPath(key) != null || DaemonKeys.isGroup(key))) {
            hint = "it belongs below a daemon or below `defaults`";
        } else if (key.equals("version")) {
            hint = "manifests have no version; remove it";
        }
        unknownKey(entry, key, "of a manifest", TOP_KEYS, hint);
        return "daemons".equals(near);
    }

    private List<DaemonSpec> daemons(YamlNode node, Settings defaults) {
        List<DaemonSpec> daemons = new ArrayList<>();
        YamlNode.Mapping mapping = mappingOf(node, "daemons", "a mapping of names to daemons");
        if (mapping == null) {
            return daemons;
        }
        if (mapping.entries().isEmpty()) {
            problems.add(node.at(), "daemons", "no daemon", "at least one");
        }
        List<YamlNode.Entry> entries = UniqueKeys.of(mapping, "daemons", problems, "duplicate daemon name");
        if (entries.size() > PlanBounds.MAX_CHILDREN) {
            problems.add(node.at(), "daemons", entries.size() + " daemons", "at most " + PlanBounds.MAX_CHILDREN);
            return daemons;
        }
        for (YamlNode.Entry entry : entries) {
            String name = entry.key().text();
            String path = "daemons." + name;
            boolean named = checkName(entry.key(), path);
            YamlNode.Mapping settings = mappingOf(entry.value(), path, "a mapping with `main` or `command`");
            Settings own = new Settings();
            if (settings != null) {
                readKeys(settings, "", path, own, false);
                checkKind(own, entry.key().at(), path);
            }
            if (named && settings != null) {
                daemons.add(new DaemonSpec(new Located<>(name, entry.key().at(), path), own, defaults));
            }
        }
        return daemons;
    }

    private boolean checkName(YamlNode.Scalar key, String path) {
        String name = key.text();
        if (name.equals(RESERVED_NAME)) {
            problems.add(key.at(), path, "`root` is the name of the supervisor itself", "another name");
            return false;
        }
        if (PlanBounds.isName(name)) {
            return true;
        }
        String normalised = InstanceName.normalised(name);
        problems.add(
                key.at(),
                path,
                Problems.quoted(name) + " cannot name a daemon",
                "[a-z0-9-]{1,32}",
                Suggestion.didYouMean(PlanBounds.isName(normalised) ? normalised : null));
        return false;
    }

    private void checkKind(Settings own, Position at, String path) {
        boolean main = own.mentions(DaemonKeys.MAIN);
        boolean command = own.mentions(DaemonKeys.COMMAND);
        if (main && command) {
            problems.add(
                    at,
                    path,
                    "both `main` and `command`",
                    "one of them",
                    "`main` names a class against the worker module, `command` any program");
        } else if (!main && !command) {
            problems.add(
                    at,
                    path,
                    "neither `main` nor `command`",
                    "one of them",
                    "`main` names a class against the worker module, `command` any program");
        } else if (command) {
            for (var entry : own.entries()) {
                if (entry.getKey().scope() == Setting.Scope.MAIN) {
                    problems.add(
                            entry.getValue().at(),
                            entry.getValue().path(),
                            "`" + entry.getKey().path() + "` on a plain command",
                            "it only beside `main`",
                            plainCommandHint(entry.getKey()));
                }
            }
        }
    }

    private static String plainCommandHint(Setting<?> setting) {
        return switch (setting.path()) {
            case "state" -> "a plain command has no segment; remove the key";
            case "heartbeat.timeout" -> "a plain command has no heartbeat; remove the key";
            case "start.timeout" -> "a plain command is ready once it runs; remove the key";
            case "args" -> "write the arguments into `command`";
            case "jvm.heap", "jvm.options", "classpath" -> "a java command says these itself";
            default -> "remove the key";
        };
    }

    private void readKeys(YamlNode.Mapping mapping, String prefix, String path, Settings into, boolean isDefaults) {
        for (YamlNode.Entry entry : UniqueKeys.of(mapping, path, problems)) {
            String key = entry.key().text();
            if (key.startsWith("x-")) {
                continue;
            }
            String below = prefix + key;
            String keyPath = path + "." + key;
            Setting<?> setting = DaemonKeys.byPath(below);
            if (setting != null) {
                if (isDefaults && !setting.inDefaults()) {
                    problems.add(entry.key().at(), keyPath, "`" + below + "` in `defaults`", "it below a daemon");
                } else {
                    into.read(setting, entry.value(), keyPath, problems);
                }
            } else if (DaemonKeys.isGroup(below)) {
                readGroup(entry, below, keyPath, into, isDefaults);
            } else if (DaemonKeys.isLater(below)) {
                String accepted = DaemonKeys.laterDefault(below);
                if (accepted == null || !isText(entry.value(), accepted)) {
                    later(entry, keyPath, accepted);
                }
            } else {
                unknownDaemonKey(entry, prefix, keyPath);
            }
        }
    }

    private void readGroup(YamlNode.Entry entry, String group, String path, Settings into, boolean isDefaults) {
        if (entry.value() instanceof YamlNode.Mapping mapping) {
            readKeys(mapping, group + ".", path, into, isDefaults);
            return;
        }
        if (group.equals(DaemonKeys.BACKOFF_GROUP) && isText(entry.value(), "none")) {
            into.setBackoffNone();
            return;
        }
        String first = DaemonKeys.keysBelow(group + ".").get(0);
        String expected = "a mapping of " + String.join(", ", DaemonKeys.keysBelow(group + "."))
                + (group.equals(DaemonKeys.BACKOFF_GROUP) ? ", or `none`" : "");
        String hint = "";
        if (entry.value() instanceof YamlNode.Scalar scalar
                && !scalar.isNothing()
                && scalar.text().length() <= 20) {
            boolean nothing = group.equals(DaemonKeys.BACKOFF_GROUP)
                    && WORDS_FOR_NOTHING.contains(scalar.text().toLowerCase(Locale.ROOT));
            hint = Suggestion.didYouMean(nothing ? "none" : "{" + first + ": " + scalar.text() + "}");
        }
        problems.add(entry.value().at(), path, entry.value().description(), expected, hint);
    }

    private void unknownDaemonKey(YamlNode.Entry entry, String prefix, String path) {
        String key = entry.key().text();
        List<String> keys = DaemonKeys.keysBelow(prefix);
        String near = Suggestion.nearKey(key, keys);
        if (near == null) {
            near = DaemonKeys.pathEndingWith(key);
        }
        String hint = Suggestion.didYouMean(near);
        if (key.equals("<<")) {
            hint = "YAML 1.2 has no merge keys; `defaults` holds what daemons share";
        }
        String whose = prefix.isEmpty() ? "of a daemon" : "of `" + prefix.substring(0, prefix.length() - 1) + "`";
        unknownKey(entry, path, whose, keys, hint);
    }

    private void unknownKey(YamlNode.Entry entry, String path, String whose, List<String> keys, String hint) {
        // With a good guess the list of all keys would only hide it.
        String expected = hint.isEmpty() ? "a key " + whose + ": " + String.join(", ", keys) : "a key " + whose;
        problems.add(entry.key().at(), path, "unknown key", expected, hint);
    }

    private void later(YamlNode.Entry entry, String path, @Nullable String accepted) {
        problems.add(
                entry.key().at(),
                path,
                "not in this release",
                accepted == null ? "a manifest without this key" : "`" + accepted + "` or a manifest without this key");
    }

    private YamlNode.@Nullable Mapping mappingOf(YamlNode node, String path, String expected) {
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping;
        }
        String hint = node instanceof YamlNode.Sequence ? "write `NAME: …`, not `- …`" : "";
        problems.add(node.at(), path, node.description(), expected, hint);
        return null;
    }

    private static boolean isText(YamlNode node, String text) {
        return node instanceof YamlNode.Scalar scalar
                && scalar.text().toLowerCase(Locale.ROOT).equals(text);
    }
}
