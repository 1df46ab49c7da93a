package io.coppice.ops.manifest;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A piece of YAML and where it stands. Aliases have been replaced by what they stand for. */
sealed interface YamlNode {
    Position at();

    /** What it is, for an error: {@code `text`}, {@code a list} … */
    String description();

    /** How a text came to stand there, which says what it can be taken for. */
    enum Form {
        /** Not quoted: it may be a number, a boolean or nothing (YAML 1.2 core schema). */
        PLAIN,
        /** A text, whatever it looks like. */
        QUOTED,
        /** A variable gave it, or a part of it: a number where one is expected, else a text, which may be empty. */
        SUBSTITUTED
    }

    /** Text as it is written, or as variables gave it. */
    record Scalar(Position at, String text, Form form) implements YamlNode {
        /** @param plain not quoted */
        Scalar(Position at, String text, boolean plain) {
            this(at, text, plain ? Form.PLAIN : Form.QUOTED);
        }

        /** Whether it can be a number. */
        boolean plain() {
            return form != Form.QUOTED;
        }

        private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
                + "|[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?"
                + "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

        private static final Pattern BOOLEAN = Pattern.compile("true|True|TRUE|false|False|FALSE");

        /** What YAML takes it for, {@code the number `7`} or {@code the boolean `true`}; null if for a text or nothing. */
        @Nullable
        String otherType() {
            if (form == Form.PLAIN && NUMBER.matcher(text).matches()) {
                return "the number " + description();
            }
            return form == Form.PLAIN && BOOLEAN.matcher(text).matches() ? "the boolean " + description() : null;
        }

        /** Whether this is YAML's null: an empty plain scalar, {@code ~} or {@code null}. */
        boolean isNothing() {
            return form == Form.PLAIN
                    && (text.isEmpty()
                            || text.equals("~")
                            || text.equals("null")
                            || text.equals("Null")
                            || text.equals("NULL"));
        }

        @Override
        public String description() {
            return isNothing() ? "no value" : Problems.quoted(text);
        }
    }

    /** A list. */
    record Sequence(Position at, List<YamlNode> elements) implements YamlNode {
        @Override
        public String description() {
            return "a list";
        }
    }

    /** A mapping with the entries in the order of the file, duplicates included. */
    record Mapping(Position at, List<Entry> entries) implements YamlNode {
        @Override
        public String description() {
            return "a mapping";
        }
    }

    /** One key and its value. */
    record Entry(Scalar key, YamlNode value) {
        /** The same value at the same place, as if it had the other key. */
        Entry renamed(String otherKey) {
            return new Entry(new Scalar(key.at, otherKey, key.form), value);
        }

        /** Whether the value is this text, in upper or lower case. */
        boolean valueIs(String lowerCase) {
            return value instanceof Scalar scalar
                    && scalar.text().toLowerCase(Locale.ROOT).equals(lowerCase);
        }
    }
}
