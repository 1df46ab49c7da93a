package io.coppice.ops.manifest;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The list {@code jvm.options}. It comes last on the command line and so overrides what we choose; what decides how much
 * memory the JVM takes is read from it, so that the budget counts what will be. What has a key of its own is refused.
 */
final class JvmOptions {
    private static final Pattern COLLECTOR = Pattern.compile("-XX:\\+Use(Serial|Parallel|G1|Z|Shenandoah|Epsilon)GC");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,13})([kKmMgGtT]?)");
    private static final long MAX_BYTES = 1L << 44;

    private static final Set<String> WITH_SEPARATE_VALUE = Set.of(
            "--add-exports",
            "--add-opens",
            "--add-reads",
            "--add-modules",
            "--limit-modules",
            "--module-path",
            "-p",
            "--upgrade-module-path",
            "--patch-module",
            "--enable-native-access");

    /** Options refused by how they begin, with what to do instead. */
    private static final Map<String, String> REFUSED = Map.ofEntries(
            Map.entry("-Xmx", "the key `jvm.heap`"),
            Map.entry("-Xms", "the key `jvm.heap`"),
            Map.entry("-Xmn", "the key `jvm.heap` and -XX:NewRatio"),
            Map.entry("-mx", "the key `jvm.heap`"),
            Map.entry("-ms", "the key `jvm.heap`"),
            Map.entry("-XX:MaxHeapSize", "the key `jvm.heap`"),
            Map.entry("-XX:InitialHeapSize", "the key `jvm.heap`"),
            Map.entry("-XX:MinHeapSize", "the key `jvm.heap`"),
            Map.entry("-XX:MaxRAM", "the key `jvm.heap`"),
            Map.entry("-XX:InitialRAMPercentage", "the key `jvm.heap`"),
            Map.entry("-XX:MinRAMPercentage", "the key `jvm.heap`"),
            Map.entry("-Djava.class.path", "the key `classpath`"),
            Map.entry("--class-path", "the key `classpath`"),
            Map.entry("-jar", "the keys `classpath` and `main`"),
            Map.entry("--module=", "the keys `classpath` and `main`"),
            Map.entry("-XX:Flags=", "the flags themselves, which the budget must see"),
            Map.entry("-XX:VMOptionsFile=", "the options themselves, which the budget must see"));

    private static final Map<String, String> REFUSED_WHOLE = Map.ofEntries(
            Map.entry("-cp", "the key `classpath`"),
            Map.entry("-classpath", "the key `classpath`"),
            Map.entry("-m", "the keys `classpath` and `main`"),
            Map.entry("--module", "the keys `classpath` and `main`"));

    private static final Set<String> NEVER_RUNS = Set.of(
            "-version",
            "--version",
            "-help",
            "--help",
            "-h",
            "-?",
            "-X",
            "--help-extra",
            "--dry-run",
            "--list-modules",
            "--validate-modules",
            "--describe-module",
            "-d");

    private JvmOptions() {}

    /** Checks the options and returns the memory of a JVM that is run with them. */
    static JvmMemory check(List<Located<String>> options, long heapBytes, Problems problems) {
        long metaspace = JvmMemory.DEFAULT_METASPACE_BYTES;
        long codeCache = JvmMemory.DEFAULT_CODE_CACHE_BYTES;
        long direct = JvmMemory.DEFAULT_DIRECT_BYTES;
        long stack = JvmMemory.DEFAULT_STACK_BYTES;
        Set<String> collectors = new LinkedHashSet<>();
        boolean valueFollows = false;
        for (Located<String> option : options) {
            String text = option.value();
            if (valueFollows) {
                valueFollows = false;
                continue;
            }
            valueFollows = WITH_SEPARATE_VALUE.contains(text);
            if (!isAllowed(option, problems)) {
                continue;
            }
            Matcher collector = COLLECTOR.matcher(text);
            if (collector.matches()) {
                collectors.add(text);
                if (collectors.size() > 1) {
                    problems.add(
                            option,
                            "a second collector after " + collectors.iterator().next(),
                            "one",
                            "");
                }
            }
            metaspace = sizeOf(option, "-XX:MaxMetaspaceSize=", 1, metaspace, problems);
            codeCache = sizeOf(option, "-XX:ReservedCodeCacheSize=", 1, codeCache, problems);
            direct = sizeOf(option, "-XX:MaxDirectMemorySize=", 1, direct, problems);
            stack = sizeOf(option, "-Xss", 1, stack, problems);
            stack = sizeOf(option, "-XX:ThreadStackSize=", 1024, stack, problems);
        }
        if (valueFollows) {
            Located<String> last = options.get(options.size() - 1);
            problems.add(
                    last, Problems.quoted(last.value()) + " without its value", "the value as the next element", "");
        }
        boolean serial = collectors.isEmpty() || collectors.contains("-XX:+UseSerialGC");
        return new JvmMemory(heapBytes, metaspace, codeCache, direct, stack, serial);
    }

    /** Whether the options choose a collector, so that ours must not be named. */
    static boolean chooseCollector(List<String> options) {
        return options.stream().anyMatch(option -> COLLECTOR.matcher(option).matches());
    }

    private static boolean isAllowed(Located<String> option, Problems problems) {
        String text = option.value();
        if (text.startsWith("@")) {
            problems.add(option, "the argument file " + Problems.quoted(text), "the options themselves", "");
            return false;
        }
        if (!text.startsWith("-")) {
            problems.add(
                    option,
                    Problems.quoted(text) + " is no option of the JVM",
                    "something that starts with `-`",
                    "arguments of the daemon belong into `args`");
            return false;
        }
        String instead = REFUSED_WHOLE.get(text);
        for (Map.Entry<String, String> refused : REFUSED.entrySet()) {
            if (text.startsWith(refused.getKey())) {
                instead = refused.getValue();
            }
        }
        if (instead != null) {
            problems.add(option, Problems.quoted(text), instead + " instead of this option", "");
            return false;
        }
        if (NEVER_RUNS.contains(text)) {
            problems.add(option, Problems.quoted(text) + " makes the JVM end at once", "an option for running", "");
            return false;
        }
        int space = text.indexOf(" -");
        if (space > 0 && !text.startsWith("-D")) {
            problems.add(
                    option,
                    Problems.quoted(text) + " holds more than one option",
                    "one per element",
                    "write [\"" + text.substring(0, space).trim() + "\", \""
                            + text.substring(space).trim() + "\"]");
            return false;
        }
        return true;
    }

    private static long sizeOf(Located<String> option, String prefix, long unit, long otherwise, Problems problems) {
        if (!option.value().startsWith(prefix)) {
            return otherwise;
        }
        String text = option.value().substring(prefix.length());
        Long bytes = jvmSize(text, unit);
        if (bytes == null) {
            problems.add(
                    option,
                    Problems.quoted(option.value()),
                    "a size as the JVM writes them, such as " + prefix + (unit == 1 ? "64m" : "512"),
                    "");
            return otherwise;
        }
        return bytes;
    }

    private static @Nullable Long jvmSize(String text, long unit) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        long number = Long.parseLong(matcher.group(1));
        String suffix = matcher.group(2);
        long factor = unit
                * (suffix.isEmpty() ? 1 : 1L << (10 * (1 + "kmgt".indexOf(Character.toLowerCase(suffix.charAt(0))))));
        return number <= 0 || number > MAX_BYTES / factor ? null : (Long) (number * factor);
    }
}
