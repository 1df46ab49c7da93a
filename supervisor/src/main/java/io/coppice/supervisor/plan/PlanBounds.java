package io.coppice.supervisor.plan;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The bounds of a plan. The root holds the whole plan in its fixed heap, so every part of it has a largest size.
 *
 * <p>Whoever builds a plan may ask for these numbers before building, to report a violation in the words of its own input.
 */
public final class PlanBounds {
    /** Largest number of children: the rows of the root's status table. */
    public static final int MAX_CHILDREN = 512;

    /** Most replicas of one daemon: all children may be replicas of one. */
    public static final int MAX_REPLICAS = MAX_CHILDREN;

    /** Longest name of a daemon with replicas: what a segment has room for, less a dot and three digits. */
    public static final int MAX_REPLICATED_NAME = 28;

    /** Largest number of elements in any list of a plan. */
    public static final int MAX_LIST_LENGTH = 512;

    /** Longest path, in UTF-8 bytes: PATH_MAX of Linux. */
    public static final int MAX_STRING_BYTES = 4096;

    /**
     * Longest single argument or environment entry (NAME=VALUE), in UTF-8 bytes. Half of what Linux takes
     * (MAX_ARG_STRLEN is 128 KiB), because a class path is one argument and easily passes 4096 bytes.
     */
    public static final int MAX_ARGUMENT_BYTES = 64 * 1024;

    /** Longest text form of a plan, in UTF-8 bytes. */
    public static final int MAX_PLAN_BYTES = 1024 * 1024;

    /** Largest segment: one mapping of a Java ByteBuffer, in whole MiB. */
    public static final long MAX_STATE_BYTES = 2047L * 1024 * 1024;

    /** Checkpoints of a daemon. */
    public static final int MAX_CHECKPOINTS = 16;

    /** The most standbys of one daemon, and of all its slots together. */
    public static final int MAX_STANDBYS = 4;

    /** Most slots of one daemon, each of which runs one transaction at a time. */
    public static final int MAX_SLOTS = 32;

    /** Longest name of a daemon with slots: a mark and two digits follow. */
    public static final int MAX_NAME_WITH_SLOTS = 29;

    /** The same of one with replicas, too. */
    public static final int MAX_REPLICATED_NAME_WITH_SLOTS = MAX_REPLICATED_NAME - 3;

    /** How often a transaction may be tried again. */
    public static final int MAX_RETRIES = 60;

    /** Longest name of any child, whatever it is made of: what a segment has room for. */
    public static final int MAX_CHILD_NAME = 32;

    /** Longest duration anywhere in a plan: 365 days, far below where nanoseconds overflow a long. */
    public static final long MAX_DURATION_MS = 365L * 24 * 60 * 60 * 1000;

    /** Largest finite {@code max_restarts}. */
    public static final int MAX_RESTARTS = 65_536;

    /** Most users, and most groups, that may have something changed by the control socket. */
    public static final int MAX_ACCESS_LENGTH = 64;

    /** Largest number of a user or a group: the one above is the kernel's word for none. */
    public static final long MAX_ID = 0xffff_fffeL;

    /** Largest number of deaths that the poison rule waits for. */
    public static final int MAX_POISON_CRASHES = 1000;

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,32}");

    private static final Pattern CHILD_NAME = Pattern.compile("(?:[a-z0-9-]{1,32}|[a-z0-9-]{1," + MAX_REPLICATED_NAME
            + "}\\.[1-9][0-9]{0,2})(?:@(?:[1-9]|[12][0-9]|3[0-2]))?");

    private PlanBounds() {}

    /** Whether this is the name of an instance, a daemon or a group as users write it: {@code [a-z0-9-]{1,32}}. */
    public static boolean isName(String candidate) {
        return NAME.matcher(candidate).matches();
    }

    /**
     * Whether this is the name of a child: that of its daemon, NAME.1 and so on for each of its replicas, and either with {@code @1} to
     * {@code @32} behind it for the slots of its transactions. At most {@link #MAX_CHILD_NAME} characters in all.
     */
    public static boolean isChildName(String candidate) {
        return candidate.length() <= MAX_CHILD_NAME
                && CHILD_NAME.matcher(candidate).matches();
    }

    /** Whether the text can be handed to the kernel and encoded as UTF-8: no NUL and no half of a surrogate pair. */
    public static boolean isEncodable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isLowSurrogate(c)) {
                return false;
            }
            if (Character.isHighSurrogate(c)) {
                i++;
                if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
                    return false;
                }
            }
        }
        return true;
    }

    static String requireName(String what, String name) {
        require(isName(name), () -> what + ": `" + shortened(name) + "` must match [a-z0-9-]{1,32}");
        return name;
    }

    static String requireChildName(String what, String name) {
        require(
                isChildName(name),
                () -> what + ": `" + shortened(name) + "` must match [a-z0-9-]{1,32}, or [a-z0-9-]{1,"
                        + MAX_REPLICATED_NAME + "}.NUMBER, either with @SLOT behind it, in " + MAX_CHILD_NAME
                        + " characters");
        return name;
    }

    static String requireText(String what, String text, int maxBytes) {
        // A char is at most three bytes of UTF-8: only long strings need to be encoded to be measured.
        require(
                text.length() <= maxBytes
                        && (text.length() * 3L <= maxBytes || text.getBytes(StandardCharsets.UTF_8).length <= maxBytes),
                () -> what + ": longer than " + maxBytes + " bytes of UTF-8");
        require(
                isEncodable(text),
                () -> what + ": `" + shortened(text)
                        + "` holds a NUL or half of a surrogate pair, expected encodable text");
        return text;
    }

    static String requireAbsolutePath(String what, String path) {
        requireText(what, path, MAX_STRING_BYTES);
        require(path.startsWith("/"), () -> what + ": `" + shortened(path) + "` is not an absolute path");
        return path;
    }

    static long requireBetween(String what, long value, long least, long most) {
        require(
                value >= least && value <= most,
                () -> what + ": " + value + " is not between " + least + " and " + most);
        return value;
    }

    static void requireLength(String what, List<?> list, int most) {
        require(list.size() <= most, () -> what + ": " + list.size() + " elements, at most " + most + " are allowed");
    }

    static void require(boolean condition, Supplier<String> otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise.get());
        }
    }

    private static String shortened(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64) + "…";
    }
}
