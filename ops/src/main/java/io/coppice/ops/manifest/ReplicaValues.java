package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.ReplicaSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a manifest says of each single replica: below a daemon with {@code replicas} a value may hold the number of the one that it is
 * for. The manifest is read as it is for the first one; where another one's differs, that daemon is read once more for it. Pure.
 */
final class ReplicaValues {
    /** What may differ: how a process is started, and how it is looked at and stopped. */
    private static final Set<String> EACH_ONES_OWN = Set.of(
            "main",
            "classpath",
            "args",
            "command",
            "environment",
            "env_file",
            "working_dir",
            "jvm.options",
            "agent",
            "shutdown.command");

    private final Map<String, String> variables;
    private final Problems problems;
    private final YamlNode tree;
    private final Map<Position, YamlNode.Mapping> numbered = new HashMap<>();

    /** @param variables by name; the process's environment */
    ReplicaValues(YamlNode root, Map<String, String> variables, Problems problems) {
        this.variables = new HashMap<>(variables);
        this.variables.remove(ReplicaSet.VARIABLE); // of a replica that starts another instance
        this.problems = problems;
        IdentityHashMap<YamlNode.Mapping, String> names = new IdentityHashMap<>();
        findNumbered(root, names);
        Substitution substitution = new Substitution(this.variables, problems);
        names.forEach((daemon, name) -> substitution.take(daemon, said(daemon, "daemons." + name, 1, problems)));
        this.tree = substitution.of(root);
    }

    /** The manifest with the values of its variables, and of each daemon those of its first replica. */
    YamlNode tree() {
        return tree;
    }

    /**
     * A daemon as one of its replicas has it; what of that is wrong has been told then.
     *
     * @param daemon as {@link #tree} has it
     * @param number from 1
     * @return the daemon itself if it is the same for all
     */
    DaemonSpec of(DaemonSpec daemon, int number) {
        YamlNode.Mapping written = numbered.get(daemon.name().at());
        if (written == null || number == 1) {
            return daemon;
        }
        Settings own = read(written, daemon, number, problems);
        DaemonSpec replica = new DaemonSpec(daemon.name(), daemon.named(), own, daemon.defaults());
        DaemonKeys.all().forEach(setting -> requireSame(setting, daemon, replica));
        return replica;
    }

    /** Whether a key is the same for all replicas of a daemon. */
    boolean isShared(DaemonSpec daemon, Setting<?> setting) {
        YamlNode.Mapping written = numbered.get(daemon.name().at());
        if (written == null) {
            return true;
        }
        // Of two that need not exist: what is wrong with them concerns nobody.
        Located<?> one = read(written, daemon, 1, new Problems("")).get(setting);
        Located<?> other = read(written, daemon, 2, new Problems("")).get(setting);
        return Objects.equals(one == null ? null : one.value(), other == null ? null : other.value());
    }

    private Settings read(YamlNode.Mapping written, DaemonSpec daemon, int number, Problems told) {
        Settings own = new Settings();
        String path = daemon.name().path();
        if (said(written, path, number, told) instanceof YamlNode.Mapping mapping) {
            new SettingsReader(DaemonKeys.TABLE, false, told).read(mapping, path, own);
        }
        return own;
    }

    private void requireSame(Setting<?> setting, DaemonSpec daemon, DaemonSpec replica) {
        Located<?> first = daemon.own().get(setting);
        Located<?> other = replica.own().get(setting);
        if (first != null
                && other != null
                && !Objects.equals(first.value(), other.value())
                && !EACH_ONES_OWN.contains(setting.path())
                && !ProbeKeys.isCheck(setting.path())) {
            problems.add(
                    first,
                    "`" + ReplicaSet.VARIABLE + "` in a key that holds for all replicas",
                    "it only in what starts, asks or stops a process: "
                            + String.join(", ", EACH_ONES_OWN.stream().sorted().toList()) + ", and in probes",
                    "");
        }
    }

    private void findNumbered(YamlNode root, IdentityHashMap<YamlNode.Mapping, String> names) {
        if (!(root instanceof YamlNode.Mapping top)) {
            return;
        }
        for (YamlNode.Entry entry : top.entries()) {
            if (entry.key().text().equals("daemons") && entry.value() instanceof YamlNode.Mapping daemons) {
                for (YamlNode.Entry daemon : daemons.entries()) {
                    if (daemon.value() instanceof YamlNode.Mapping mapping
                            && isReplicated(mapping)
                            && mentionsTheNumber(mapping, Collections.newSetFromMap(new IdentityHashMap<>()))) {
                        numbered.put(daemon.key().at(), mapping);
                        names.put(mapping, daemon.key().text());
                    }
                }
            }
        }
    }

    private static boolean isReplicated(YamlNode.Mapping daemon) {
        return daemon.entries().stream().anyMatch(entry -> entry.key().text().equals(DaemonKeys.REPLICAS.path()));
    }

    /** Whether a value may hold the number; each node is looked at once, however many aliases lead to it. */
    private static boolean mentionsTheNumber(YamlNode node, Set<YamlNode> seen) {
        if (!seen.add(node)) {
            return false;
        }
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping.entries().stream().anyMatch(entry -> mentionsTheNumber(entry.value(), seen));
        }
        if (node instanceof YamlNode.Sequence sequence) {
            return sequence.elements().stream().anyMatch(element -> mentionsTheNumber(element, seen));
        }
        return ((YamlNode.Scalar) node).text().contains(ReplicaSet.VARIABLE);
    }

    private YamlNode said(YamlNode.Mapping daemon, String path, int number, Problems told) {
        Map<String, String> withNumber = new HashMap<>(variables);
        withNumber.put(ReplicaSet.VARIABLE, Integer.toString(number));
        return new Substitution(withNumber, told).of(daemon, path);
    }
}
