package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.PlanBounds;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a manifest of a YAML tree, key by key, and tells about every key and value that is not right. Used once. */
final class ManifestParser {
    static final List<String> TOP_KEYS = List.of(
            "instance",
            "segments",
            "isolation",
            "strategy",
            "max_restarts",
            "period",
            "auto_shutdown",
            "groups",
            "notify",
            "control",
            "defaults",
            "daemons");

    /** {@code root.seg} is the root's own segment, and may lie in the same directory. */
    private static final String RESERVED_NAME = "root";

    private final Problems problems;
    private final Settings defaults = new Settings();
    private final Settings outermost = new Settings();
    private final Settings notify = new Settings();
    private final Settings control = new Settings();
    private final Settings isolation = new Settings();
    private final List<YamlNode.Entry> groupsEntries = new ArrayList<>();
    private final List<YamlNode.Entry> daemonsEntries = new ArrayList<>();
    private @Nullable Located<String> instance;
    private @Nullable Located<String> segments;

    ManifestParser(Problems problems) {
        this.problems = problems;
    }

    /** What could be understood; what could not has been told. */
    Manifest parse(YamlNode root) {
        if (!(root instanceof YamlNode.Mapping mapping)) {
            problems.add(root.at(), "", root.description(), "a mapping with at least `daemons:`");
            return new Manifest(null, null, isolation, notify, control, outermost, List.of(), root.at(), List.of());
        }
        UniqueKeys keys = UniqueKeys.of(mapping, "", problems);
        for (YamlNode.Entry entry : keys.first()) {
            if (TOP_KEYS.contains(entry.key().text())) {
                readTopKey(entry, true);
            } else {
                readUnknownTopKey(entry, keys);
            }
        }
        for (YamlNode.Entry entry : keys.repeated()) {
            readTopKey(entry, false);
        }
        if (daemonsEntries.isEmpty()) {
            problems.add(root.at(), "daemons", "missing", "a mapping of names to daemons");
            return new Manifest(
                    instance, segments, isolation, notify, control, outermost, groups(), root.at(), List.of());
        }
        // The defaults may stand below the daemons in the file, so the daemons are read last.
        return new Manifest(
                instance,
                segments,
                isolation,
                notify,
                control,
                outermost,
                groups(),
                daemonsEntries.get(0).key().at(),
                daemons());
    }

    private void readTopKey(YamlNode.Entry entry, boolean counts) {
        switch (entry.key().text()) {
            case "instance" -> {
                Located<String> name = located(entry, ValueReaders.name("a name, [a-z0-9-]{1,32}"));
                instance = counts ? name : instance;
            }
            case "segments" -> {
                Located<String> directory = located(entry, ValueReaders.text("a directory"));
                segments = counts ? directory : segments;
            }
            case "defaults" -> {
                YamlNode.Mapping settings = mappingOf(entry.value(), "defaults", "a mapping of keys of a daemon");
                if (settings != null) {
                    new SettingsReader(DaemonKeys.TABLE, true, problems)
                            .read(settings, "defaults", counts ? defaults : new Settings());
                }
            }
            case "daemons" -> daemonsEntries.add(entry);
            case "groups" -> groupsEntries.add(entry);
            case "control" -> ControlKeys.read(entry.value(), counts ? control : new Settings(), problems);
            case "isolation" -> IsolationKeys.read(entry.value(), counts ? isolation : new Settings(), problems);
            case "notify" -> NotifyKeys.read(entry.value(), counts ? notify : new Settings(), problems);
            default -> {
                Setting<?> setting = GroupKeys.ofInstance(entry.key().text());
                if (setting != null) {
                    (counts ? outermost : new Settings()).read(setting, entry.value(), setting.path(), problems);
                }
                // Else an extension, or a key that has been told as unknown where it stood first.
            }
        }
    }

    private @Nullable Located<String> located(YamlNode.Entry entry, Setting.ValueReader<String> reader) {
        String key = entry.key().text();
        String text = reader.read(entry.value(), key, problems);
        return text == null ? null : new Located<>(text, entry.value().at(), key);
    }

    /** Tells about the key unless it is an extension, and reads it as what it was probably meant for. */
    private void readUnknownTopKey(YamlNode.Entry entry, UniqueKeys others) {
        String key = entry.key().text();
        if (key.startsWith("x-")) {
            return;
        }
        String near = Suggestion.nearKey(key, TOP_KEYS);
        String hint = Suggestion.didYouMean(near);
        if (near == null && (DaemonKeys.byPath(key) != null || DaemonKeys.TABLE.isGroup(key))) {
            hint = "it belongs below a daemon or below `defaults`";
        } else if (key.equals("version")) {
            hint = "manifests have no version; remove it";
        }
        problems.addUnknownKey(entry, key, "of a manifest", TOP_KEYS, hint);
        if (near != null) {
            readTopKey(entry.renamed(near), !others.contains(near));
        }
    }

    private List<DaemonSpec> daemons() {
        List<YamlNode.Entry> entries = new ArrayList<>();
        for (YamlNode.Entry entry : daemonsEntries) {
            YamlNode.Mapping mapping = mappingOf(entry.value(), "daemons", "a mapping of names to daemons");
            if (mapping != null) {
                if (mapping.entries().isEmpty()) {
                    problems.add(mapping.at(), "daemons", "no daemon", "at least one");
                }
                entries.addAll(mapping.entries());
            }
        }
        UniqueKeys names = UniqueKeys.of(entries, "daemons", problems, "duplicate daemon name");
        if (names.first().size() > PlanBounds.MAX_CHILDREN) {
            problems.add(
                    daemonsEntries.get(0).value().at(),
                    "daemons",
                    names.first().size() + " daemons",
                    "at most " + PlanBounds.MAX_CHILDREN);
        }
        List<DaemonSpec> daemons = new ArrayList<>();
        names.first().forEach(entry -> daemons.add(daemon(entry, checkName(entry.key()))));
        names.repeated().forEach(entry -> daemons.add(daemon(entry, false)));
        return daemons;
    }

    private List<GroupSpec> groups() {
        List<YamlNode.Entry> entries = new ArrayList<>();
        for (YamlNode.Entry entry : groupsEntries) {
            YamlNode.Mapping mapping = mappingOf(entry.value(), "groups", "a mapping of names to groups");
            if (mapping != null) {
                entries.addAll(mapping.entries());
            }
        }
        UniqueKeys names = UniqueKeys.of(entries, "groups", problems, "duplicate group name");
        List<GroupSpec> groups = new ArrayList<>();
        names.first().forEach(entry -> groups.add(group(entry, checkGroupName(entry.key()))));
        names.repeated().forEach(entry -> groups.add(group(entry, false)));
        return groups;
    }

    private GroupSpec group(YamlNode.Entry entry, boolean named) {
        String path = "groups." + entry.key().text();
        Settings own = new Settings();
        YamlNode.Mapping settings = mappingOf(entry.value(), path, "a mapping with `members`");
        if (settings != null) {
            new SettingsReader(GroupKeys.TABLE, false, problems).read(settings, path, own);
            if (!own.mentions(GroupKeys.MEMBERS)) {
                problems.add(
                        entry.key().at(), path, "no `members`", "a list of daemons and groups such as [web, cache]");
            }
        }
        return new GroupSpec(new Located<>(entry.key().text(), entry.key().at(), path), named, own);
    }

    private boolean checkGroupName(YamlNode.Scalar key) {
        if (PlanBounds.isName(key.text())) {
            return true;
        }
        String normalised = InstanceName.normalised(key.text());
        problems.add(
                key.at(),
                "groups." + key.text(),
                Problems.quoted(key.text()) + " cannot name a group",
                "[a-z0-9-]{1,32}",
                Suggestion.didYouMean(PlanBounds.isName(normalised) ? normalised : null));
        return false;
    }

    private DaemonSpec daemon(YamlNode.Entry entry, boolean named) {
        String path = "daemons." + entry.key().text();
        Settings own = new Settings();
        YamlNode.Mapping settings = mappingOf(entry.value(), path, "a mapping with `main` or `command`");
        if (settings != null) {
            new SettingsReader(DaemonKeys.TABLE, false, problems).read(settings, path, own);
            checkKind(own, entry.key().at(), path);
        }
        return new DaemonSpec(new Located<>(entry.key().text(), entry.key().at(), path), named, own, defaults);
    }

    private boolean checkName(YamlNode.Scalar key) {
        String name = key.text();
        String path = "daemons." + name;
        if (name.equals(RESERVED_NAME)) {
            problems.add(key.at(), path, "`root` is the name of the supervisor itself", "another name");
            return false;
        }
        if (name.equals(ProberPlan.NAME)) {
            problems.add(key.at(), path, "`" + name + "` is the name of the process that runs probes", "another name");
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
        if (main == command) {
            problems.add(
                    at,
                    path,
                    main ? "both `main` and `command`" : "neither `main` nor `command`",
                    "one of them",
                    "`main` names a class against the worker module, `command` any program");
        } else if (main) {
            Located<AgentRule> agent = own.get(DaemonKeys.AGENT);
            if (agent != null && agent.value().on()) {
                problems.add(
                        agent, "`agent` beside `main`", "it only beside `command`", "a `main` has all that it gives");
            }
        } else {
            Located<AgentRule> agent = own.get(DaemonKeys.AGENT);
            // One that cannot be read may well have been meant.
            boolean beats = own.mentions(DaemonKeys.AGENT)
                    && (agent == null || agent.value().on());
            for (Located<String> key : own.mentioned()) {
                Setting.Scope scope = DaemonKeys.scopeOf(key.value());
                if (scope == Setting.Scope.MAIN || (scope == Setting.Scope.BEATING && !beats)) {
                    problems.add(
                            key,
                            "`" + key.value() + "` on a plain command",
                            scope == Setting.Scope.MAIN ? "it only beside `main`" : "it only beside `main` or `agent`",
                            plainCommandHint(key.value()));
                }
            }
        }
    }

    private static String plainCommandHint(String key) {
        return switch (key) {
            case "poison", "poison.crashes", "poison.then" -> "a plain command has no state; remove the key";
            case "state" -> "a plain command has no segment; remove the key";
            case "heartbeat", "heartbeat.timeout" -> "a plain command has no heartbeat; remove the key";
            case "start", "start.timeout" -> "a plain command is ready once it runs; remove the key";
            case "args" -> "write the arguments into `command`";
            case "jvm", "jvm.heap", "jvm.options", "classpath" -> "a java command says these itself";
            case "transactions", "transactions.slots" ->
                "only code against the worker module can submit; remove the key";
            default -> "remove the key";
        };
    }

    private YamlNode.@Nullable Mapping mappingOf(YamlNode node, String path, String expected) {
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping;
        }
        String hint = node instanceof YamlNode.Sequence ? "write `NAME: …`, not `- …`" : "";
        problems.add(node.at(), path, node.description(), expected, hint);
        return null;
    }
}
