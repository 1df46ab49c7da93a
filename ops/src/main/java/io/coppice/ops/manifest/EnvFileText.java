package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.PlanBounds;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a file of variables, as compose reads it: lines {@code NAME=VALUE}, with {@code export } before it or not; empty lines
 * and those that begin with {@code #} say nothing. A value ends with its line, or before a {@code #} after a space; between single
 * quotes all is literal, between double quotes {@code \n \r \t \\ \" \$} are escapes, and both may go over several lines. A
 * {@code $} is itself. A name that comes twice has its last value. Pure.
 */
final class EnvFileText {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
    private static final Pattern EXPORT = Pattern.compile("export[ \\t]+");
    private static final Pattern COMMENT = Pattern.compile("[ \\t]+#.*");

    private final String text;
    private final Faults faults;
    private final Map<String, String> variables = new LinkedHashMap<>();
    private int at;

    private EnvFileText(String text, Faults faults) {
        this.text = text;
        this.faults = faults;
    }

    /** Is told what is wrong. */
    @FunctionalInterface
    interface Faults {
        /**
         * One fault.
         *
         * @param line from 1
         * @param column from 1
         * @param message what was found and what was expected
         */
        void tell(int line, int column, String message);
    }

    /** All variables that can be read; of each line that cannot, one fault. */
    static Map<String, String> read(String text, Faults faults) {
        EnvFileText reading = new EnvFileText(text.replace("\r\n", "\n"), faults);
        while (reading.at < reading.text.length()) {
            reading.readLine();
        }
        return reading.variables;
    }

    private void readLine() {
        skipSpaces();
        Matcher export = EXPORT.matcher(text).region(at, text.length());
        if (at == text.length() || text.charAt(at) == '#' || text.charAt(at) == '\n') {
            at = nextLine();
            return;
        }
        if (export.lookingAt()) {
            at = export.end();
        }
        Matcher name = NAME.matcher(text).region(at, text.length());
        if (!name.lookingAt()) {
            fault(at, Problems.quoted(restOfLine(at)) + " begins with no name of a variable, expected NAME=VALUE");
            return;
        }
        int nameAt = at;
        at = name.end();
        skipSpaces();
        if (at == text.length() || text.charAt(at) != '=') {
            fault(nameAt, "no `=` after " + Problems.quoted(name.group()) + ", expected NAME=VALUE");
            return;
        }
        at++;
        skipSpaces();
        char first = at < text.length() ? text.charAt(at) : '\n';
        if (first == '"' || first == '\'') {
            readQuoted(name.group(), first);
        } else {
            String line = restOfLine(at);
            // A comment right after the `=` leaves nothing.
            String value = line.startsWith("#") && at > 0 && text.charAt(at - 1) != '='
                    ? ""
                    : COMMENT.matcher(line).replaceFirst("").strip();
            put(nameAt, name.group(), value);
            at = nextLine();
        }
    }

    private void readQuoted(String name, char quote) {
        int start = at++;
        StringBuilder value = new StringBuilder();
        while (at < text.length() && text.charAt(at) != quote) {
            char c = text.charAt(at++);
            if (c == '\\' && quote == '"' && at < text.length()) {
                value.append(escaped(text.charAt(at++)));
            } else {
                value.append(c);
            }
        }
        if (at == text.length()) {
            // What follows can be anything; so this is the last that is told of this file.
            fault(start, "the value of `" + name + "` has no closing " + quote + ", expected one");
            at = text.length();
            return;
        }
        at++;
        String rest = restOfLine(at);
        if (!rest.isBlank() && !rest.stripLeading().startsWith("#")) {
            fault(at, Problems.quoted(rest) + " after the closing quote, expected the end of the line or a # comment");
            return;
        }
        put(start, name, value.toString());
        at = nextLine();
    }

    private void put(int where, String name, String value) {
        if (!PlanBounds.isEncodable(value)
                || (name + "=" + value).getBytes(StandardCharsets.UTF_8).length > PlanBounds.MAX_ARGUMENT_BYTES) {
            fault(
                    where,
                    "the value of `" + name + "` holds a NUL or is longer than " + PlanBounds.MAX_ARGUMENT_BYTES
                            + " bytes, expected a text");
            return;
        }
        variables.put(name, value);
    }

    private static String escaped(char c) {
        return switch (c) {
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case '\\', '"', '$' -> String.valueOf(c);
            default -> "\\" + c;
        };
    }

    private void fault(int where, String message) {
        int line = 1
                + (int) text.substring(0, where).chars().filter(c -> c == '\n').count();
        faults.tell(line, where - text.lastIndexOf('\n', where - 1), message);
        at = nextLine();
    }

    private void skipSpaces() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private String restOfLine(int from) {
        int end = text.indexOf('\n', from);
        return text.substring(from, end < 0 ? text.length() : end);
    }

    private int nextLine() {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end + 1;
    }
}
