package io.coppice.ops.manifest;

import io.coppice.ops.manifest.Setting.ValueReader;
import io.coppice.state.SegmentSpec;
import io.coppice.supervisor.plan.Isolation;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The keys about a daemon's contents as a whole: how they are read, and what they make of a worker's command line. */
final class StateRules {
    private static final Pattern COMMITS = Pattern.compile("([1-9][0-9]{0,8}) commits?");
    private static final Pattern COUNT = Pattern.compile("-?[0-9]+ commits?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final long MAX_EVERY_MS = 24L * 3_600_000;

    private StateRules() {}

    /**
     * When a checkpoint is due.
     *
     * @param ms after the last one, 0 for no such rule
     * @param commits of steps since the last one, 0 for no such rule
     */
    record Every(long ms, long commits) {
        static final Every NEVER = new Every(0, 0);
    }

    /** Options of a worker; none where the defaults hold. Tells what does not fit together. */
    static List<String> of(DaemonSpec daemon, Isolation isolation, Problems problems) {
        List<String> options = new ArrayList<>();
        add(options, "--resume", daemon, DaemonKeys.RESUME);
        add(options, "--evolve", daemon, DaemonKeys.EVOLVE);
        add(options, "--checksum", daemon, DaemonKeys.CHECKSUM);
        Every every = daemon.value(DaemonKeys.CHECKPOINT_EVERY);
        int checkpoints = daemon.value(DaemonKeys.CHECKPOINTS);
        Located<Every> stated = daemon.stated(DaemonKeys.CHECKPOINT_EVERY);
        if (stated != null && checkpoints == 0) {
            problems.add(stated, "no room for a checkpoint", "`checkpoints` of 1 or more beside it", "");
        }
        if (every.ms() > 0) {
            options.addAll(List.of("--checkpoint-every-ms", String.valueOf(every.ms())));
        }
        if (every.commits() > 0) {
            options.addAll(List.of("--checkpoint-every-commits", String.valueOf(every.commits())));
        }
        requireThatItFits(daemon, checkpoints, problems);
        addFence(options, daemon, isolation, problems);
        return options;
    }

    private static void addFence(List<String> options, DaemonSpec daemon, Isolation isolation, Problems problems) {
        Located<String> stated = daemon.stated(DaemonKeys.FENCE);
        if (stated == null || !stated.value().equals(DaemonKeys.FENCE_WORD)) {
            return;
        }
        options.addAll(List.of("--fence", stated.value()));
        if (daemon.value(DaemonKeys.STANDBY) == 0) {
            problems.add(
                    stated,
                    "no standby that could go on at the death word",
                    "`standby` of 1 or more beside it, or `fence: lock`",
                    "");
        }
        if (isolation != Isolation.MAPPING) {
            problems.add(
                    stated,
                    "a death word, which the worker itself could write, with `isolation: " + isolation.text() + "`",
                    "`fence: lock`: an isolated worker's death is the kernel's word alone",
                    "");
        }
    }

    /** What a daemon's segment takes on its file system. */
    static long segmentBytes(DaemonSpec daemon) {
        return SegmentSpec.lengthFor(
                TransactionRules.of(daemon).daemonStateBytes(daemon), daemon.value(DaemonKeys.CHECKPOINTS));
    }

    private static void requireThatItFits(DaemonSpec daemon, int checkpoints, Problems problems) {
        long bytes = SegmentSpec.lengthFor(daemon.value(DaemonKeys.STATE), checkpoints);
        Located<Integer> stated = daemon.stated(DaemonKeys.CHECKPOINTS);
        if (stated != null && bytes > SegmentSpec.MAX_LENGTH_BYTES) {
            problems.add(
                    stated,
                    "`state` and " + checkpoints + (checkpoints == 1 ? " checkpoint" : " checkpoints")
                            + " make a segment of " + Quantity.roundedSize(bytes),
                    "at most " + Quantity.size(SegmentSpec.MAX_LENGTH_BYTES)
                            + ", as each checkpoint costs nearly as much as the state",
                    "");
        }
    }

    private static void add(List<String> options, String option, DaemonSpec daemon, Setting<String> setting) {
        if (daemon.stated(setting) != null) {
            options.addAll(List.of(option, daemon.value(setting)));
        }
    }

    static @Nullable Every every(YamlNode node, String path, Problems problems) {
        String expected = "a duration such as 30s, or a number of commits such as `1000 commits`";
        String text = ValueReaders.scalar(node, path, problems, expected);
        if (text == null) {
            return null;
        }
        Matcher commits = COMMITS.matcher(text);
        if (commits.matches()) {
            return new Every(0, Long.parseLong(commits.group(1)));
        }
        if (COUNT.matcher(text).matches()) {
            problems.add(node.at(), path, "`" + text + "` is out of range", expected);
            return null;
        }
        if (Quantity.durationMs(text) == null) {
            Quantity.Fault fault = Quantity.durationFault(text);
            problems.add(node.at(), path, fault.what(), expected, fault.hint());
            return null;
        }
        Long ms = ValueReaders.duration(10, MAX_EVERY_MS).read(node, path, problems);
        return ms == null ? null : new Every(ms, 0);
    }

    static ValueReader<Integer> number(int least, int most) {
        return ValueReader.shaped(ValueShape.integer(least, most), (node, path, problems) -> {
            String expected = least == most ? Integer.toString(least) : "a number from " + least + " to " + most;
            String text = ValueReaders.scalar(node, path, problems, expected);
            if (text == null) {
                return null;
            }
            if (NUMBER.matcher(text).matches() && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most) {
                return Integer.parseInt(text);
            }
            problems.add(node.at(), path, node.description(), expected);
            return null;
        });
    }

    static ValueReader<String> oneOf(String... words) {
        return ValueReader.shaped(ValueShape.oneOf(words), (node, path, problems) -> {
            String expected = "one of `" + String.join("`, `", words) + "`";
            String text = ValueReaders.scalar(node, path, problems, expected);
            if (text == null || List.of(words).contains(text)) {
                return text;
            }
            problems.add(
                    node.at(),
                    path,
                    node.description(),
                    expected,
                    Suggestion.didYouMean(Suggestion.nearWord(text, List.of(words))));
            return null;
        });
    }
}
