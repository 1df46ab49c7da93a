package io.coppice.ops.manifest;

import io.coppice.ops.manifest.Setting.Scope;
import io.coppice.ops.manifest.Setting.ValueReader;
import io.coppice.supervisor.plan.Limits;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys of what a process may take: of a daemon or command {@code limits}, of a daemon's transactions {@code transactions.limits}.
 * What they are called is what Kubernetes and systemd call it.
 *
 * @param memory bytes
 * @param cpu thousandths of a processor
 * @param tasks processes and threads
 */
record LimitKeys(Setting<Long> memory, Setting<Long> cpu, Setting<Integer> tasks) {
    static final String GROUP = "limits";

    private static final Pattern PROCESSORS = Pattern.compile("[0-9]{1,4}(\\.[0-9]{1,3})?");
    private static final int THOUSANDTHS = 3;

    /**
     * A JVM with the serial collector that does nothing has 14 threads (JDK 17; 25: 13), and with one less it does not start; with G1 on two processors
     * it has 19, and the compiler adds some under load.
     */
    private static final int FEW_TASKS_OF_A_JVM = 20;

    /** Adds them to the keys of a daemon, below a group such as {@code limits}. */
    static LimitKeys in(KeyTable table, String group, Scope scope) {
        return new LimitKeys(
                table.add(new Setting<>(
                        group + ".memory",
                        scope,
                        true,
                        ValueReaders.size(Limits.MIN_MEMORY_BYTES, Limits.MAX_MEMORY_BYTES),
                        null)),
                table.add(new Setting<>(group + ".cpu", scope, true, processors(), null)),
                table.add(new Setting<>(
                        group + ".tasks", scope, true, StateRules.number(1, (int) Limits.MAX_TASKS), null)));
    }

    /** What the manifest says of it; what is wrong has been told. */
    Limits of(DaemonSpec daemon) {
        Located<Long> bytes = daemon.stated(memory);
        Located<Long> thousandths = daemon.stated(cpu);
        Located<Integer> count = daemon.stated(tasks);
        return new Limits(
                bytes == null ? 0 : bytes.value(),
                thousandths == null ? 0 : thousandths.value(),
                count == null ? 0 : count.value());
    }

    /** What of it a reload compares; empty without any of the keys. */
    List<String> statedIn(DaemonSpec daemon) {
        Limits limits = of(daemon);
        return limits.isNone()
                ? List.of()
                : List.of(
                        String.valueOf(limits.memoryBytes()),
                        String.valueOf(limits.cpuThousandths()),
                        String.valueOf(limits.tasks()));
    }

    /**
     * Tells of a limit below what the manifest itself lets the JVM take: the kernel would kill a process that does nothing wrong.
     *
     * @param of whose memory it is, with its segment
     * @param todo what else may be changed
     */
    void checkMemory(DaemonSpec daemon, Budget.Row of, String todo, Problems problems) {
        Located<Long> stated = daemon.stated(memory);
        if (stated == null || stated.value() >= of.total()) {
            return;
        }
        problems.add(
                stated,
                Quantity.size(stated.value()) + " is less than what its JVM may take by this manifest, "
                        + Quantity.roundedSize(of.total()) + " (" + sum(of) + ")",
                "at least that; " + todo,
                "");
    }

    /** Warns of a limit that leaves a JVM hardly the threads that it cannot do without. */
    void checkTasks(DaemonSpec daemon, Problems problems) {
        Located<Integer> stated = daemon.stated(tasks);
        if (stated != null && stated.value() < FEW_TASKS_OF_A_JVM) {
            problems.warn(
                    stated.at(),
                    stated.path(),
                    stated.value()
                            + " is few for a JVM: it has 14 threads before it does anything, 19 with G1, and ends"
                            + " where it gets one less; expected " + FEW_TASKS_OF_A_JVM
                            + " or more, and what the daemon starts itself");
        }
    }

    private static String sum(Budget.Row row) {
        List<String> parts = new ArrayList<>();
        add(parts, row.heap(), "heap");
        add(parts, row.metaspace(), "metaspace");
        add(parts, row.codeCache(), "code cache");
        add(parts, row.direct(), "direct");
        add(parts, row.stacks(), "stacks");
        add(parts, row.overhead(), "the JVM's own");
        add(parts, row.segment(), "its segment");
        return String.join(" + ", parts);
    }

    private static void add(List<String> parts, long bytes, String what) {
        if (bytes > 0) {
            parts.add(Quantity.roundedSize(bytes) + " " + what);
        }
    }

    private static ValueReader<Long> processors() {
        String expected = "processors, " + inProcessors(Limits.MIN_CPU_THOUSANDTHS) + " to "
                + inProcessors(Limits.MAX_CPU_THOUSANDTHS) + ", such as `2` or `0.5`";
        return ValueReader.shaped(
                ValueShape.orVariable(ValueShape.ordered(
                        "type",
                        "number",
                        "minimum",
                        Limits.MIN_CPU_THOUSANDTHS / 1000.0,
                        "maximum",
                        Limits.MAX_CPU_THOUSANDTHS / 1000)),
                (node, path, problems) -> read(node, path, expected, problems));
    }

    private static @Nullable Long read(YamlNode node, String path, String expected, Problems problems) {
        String text = ValueReaders.scalar(node, path, problems, expected);
        if (text == null) {
            return null;
        }
        if (PROCESSORS.matcher(text).matches()) {
            long thousandths = new BigDecimal(text).movePointRight(THOUSANDTHS).longValueExact();
            if (thousandths >= Limits.MIN_CPU_THOUSANDTHS && thousandths <= Limits.MAX_CPU_THOUSANDTHS) {
                return thousandths;
            }
        }
        problems.add(node.at(), path, node.description(), expected, otherNotation(text));
        return null;
    }

    /** What Kubernetes writes as {@code 500m}, and systemd as {@code 150%}. */
    private static String otherNotation(String text) {
        if (text.matches("[0-9]{2,7}m")) {
            return Suggestion.didYouMean(inProcessors(Long.parseLong(text.substring(0, text.length() - 1))));
        }
        return text.matches("[0-9]{1,5}%")
                ? Suggestion.didYouMean(inProcessors(10 * Long.parseLong(text.substring(0, text.length() - 1))))
                : "";
    }

    /** Without zeros at its end: {@code 1.5}, {@code 2}. */
    static String inProcessors(long thousandths) {
        return BigDecimal.valueOf(thousandths, THOUSANDTHS).stripTrailingZeros().toPlainString();
    }
}
