package io.coppice.ops.manifest;

import io.coppice.ops.manifest.Setting.ValueReader;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A resource that the kernel limits per process, or per user, by prlimit's names. */
enum Ulimit {
    AS(true),
    CORE(true),
    CPU(false),
    DATA(true),
    FSIZE(true),
    LOCKS(false),
    MEMLOCK(true),
    MSGQUEUE(true),
    NICE(false),
    NOFILE(false),
    NPROC(false),
    RSS(true),
    RTPRIO(false),
    RTTIME(false),
    SIGPENDING(false),
    STACK(true);

    static final String UNLIMITED = "unlimited";

    private static final long MAX_NUMBER = 999_999_999_999_999L;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");

    private final boolean bytes;

    Ulimit(boolean bytes) {
        this.bytes = bytes;
    }

    /**
     * The two limits of a resource; {@code Long.MAX_VALUE} is none.
     *
     * @param soft what holds
     * @param hard what the process itself may raise the soft one to
     */
    record Limits(long soft, long hard) {}

    /** The key's and prlimit's name. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Prlimit's option. */
    String option(Limits limits) {
        return "--" + text() + "=" + word(limits.soft()) + ":" + word(limits.hard());
    }

    ValueReader<Limits> reader() {
        Map<String, Object> one = ValueShape.anyOf(
                bytes ? ValueShape.SIZE : ValueShape.integer(0, MAX_NUMBER), Map.of("enum", List.of(UNLIMITED, 0)));
        Map<String, Object> two = ValueShape.mapping(ValueShape.ordered("soft", one, "hard", one));
        two.put("required", List.of("soft", "hard"));
        return ValueReader.shaped(ValueShape.anyOf(one, two), this::read);
    }

    private @Nullable Limits read(YamlNode node, String path, Problems problems) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            Long both = limit(node, path, problems, ", or {soft: …, hard: …}");
            return both == null ? null : new Limits(both, both);
        }
        Long soft = null;
        Long hard = null;
        boolean softThere = false;
        boolean hardThere = false;
        for (YamlNode.Entry entry : UniqueKeys.of(mapping, path, problems).all()) {
            String key = entry.key().text();
            if (key.equals("soft")) {
                softThere = true;
                soft = limit(entry.value(), path + ".soft", problems, "");
            } else if (key.equals("hard")) {
                hardThere = true;
                hard = limit(entry.value(), path + ".hard", problems, "");
            } else if (!key.startsWith("x-")) {
                problems.add(entry.key().at(), path + "." + key, "unknown key", "`soft` and `hard`");
            }
        }
        if (!softThere || !hardThere) {
            problems.add(node.at(), path, "no `" + (softThere ? "hard" : "soft") + "`", "both `soft` and `hard`");
            return null;
        }
        if (soft == null || hard == null) {
            return null;
        }
        if (soft > hard) {
            problems.add(node.at(), path, "`soft` is more than `hard`", "at most that");
            return null;
        }
        return new Limits(soft, hard);
    }

    private @Nullable Long limit(YamlNode node, String path, Problems problems, String more) {
        String expected = (bytes ? "a size such as `64MiB`" : "a whole number") + " or `" + UNLIMITED + "`" + more;
        String text = ValueReaders.scalar(node, path, problems, expected);
        if (text == null) {
            return null;
        }
        if (text.equals(UNLIMITED)) {
            return Long.MAX_VALUE;
        }
        Long size = bytes ? Quantity.sizeBytes(text) : null;
        if (size != null) {
            return size;
        }
        if ((!bytes || text.equals("0")) && NUMBER.matcher(text).matches()) {
            return Long.parseLong(text);
        }
        String hint = text.equals("-1") || text.equals("infinity")
                ? Suggestion.didYouMean(UNLIMITED)
                : bytes && NUMBER.matcher(text).matches() ? Suggestion.didYouMean(text + "B") : "";
        problems.add(node.at(), path, node.description(), expected, hint);
        return null;
    }

    private static String word(long limit) {
        return limit == Long.MAX_VALUE ? UNLIMITED : String.valueOf(limit);
    }
}
