package io.coppice.ops.manifest;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Numbers for users and groups that nobody else has, from {@code first} to {@code last}.
 *
 * @param first at least {@link #LEAST}
 * @param last at most {@link #MOST}
 */
record IdRange(int first, int last) {
    /** Where a system's accounts end, and its people's begin, at most: below it numbers have names, or may have one tomorrow. */
    static final int LEAST = 60_000;

    /** Beyond it file systems, and the kernel itself, have numbers with a meaning. */
    static final int MOST = 2_000_000_000;

    private static final Pattern FORM = Pattern.compile("([0-9]{1,10})-([0-9]{1,10})");
    private static final String EXPECTED =
            "FIRST-LAST, both from " + LEAST + " to " + MOST + ", such as `200000-265535`";

    /** How many there are. */
    int count() {
        return last - first + 1;
    }

    /** What both have; null if nothing. */
    @Nullable
    IdRange common(IdRange other) {
        int from = Math.max(first, other.first);
        int to = Math.min(last, other.last);
        return from <= to ? new IdRange(from, to) : null;
    }

    static @Nullable IdRange read(YamlNode node, String path, Problems problems) {
        String text = ValueReaders.scalar(node, path, problems, EXPECTED);
        Matcher form = text == null ? null : FORM.matcher(text);
        if (form != null && form.matches()) {
            long first = Long.parseLong(form.group(1));
            long last = Long.parseLong(form.group(2));
            if (first >= LEAST && last <= MOST && first <= last) {
                return new IdRange((int) first, (int) last);
            }
        }
        if (text != null) {
            problems.add(node.at(), path, node.description(), EXPECTED);
        }
        return null;
    }

    @Override
    public String toString() {
        return first + "-" + last;
    }
}
