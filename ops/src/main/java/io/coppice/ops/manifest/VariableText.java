package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.ReplicaSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One text with variables in it, in compose's notation: {@code ${NAME}}, {@code ${NAME:-default}}, {@code ${NAME:?message}} and
 * {@code ${NAME:+other}}, each also without the colon, which then lets an empty value count; {@code $$} is a {@code $}. A default may
 * hold variables itself, which are looked at only if it is needed. Where the number of a replica is known, {@code $((8080 + COPPICE_REPLICA))}
 * and {@code $((8080 + 10 * COPPICE_REPLICA))} are sums, as a shell has them; what of others is to be thought, {@link Sums} says. Any other
 * {@code $} is itself, so that {@code $1} and {@code $(date)} remain the shell's. Pure.
 */
final class VariableText {
    /** Of defaults in defaults: far more than anybody reads, and far less than a stack holds. */
    private static final int MAX_NESTING = 8;

    /** The sums of a replica's number that are understood. */
    private static final Pattern REPLICA_SUM = Pattern.compile(
            "\\$\\(\\(\\s*([0-9]{1,9})\\s*\\+\\s*(?:([0-9]{1,6})\\s*\\*\\s*)?" + ReplicaSet.VARIABLE + "\\s*\\)\\)");

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String SUMS = "a sum such as `$((8080 + " + ReplicaSet.VARIABLE
            + "))`, below a daemon with `replicas`, or `$$((` for that text";
    private static final String NUMBER_PLACE = "it below a daemon with `replicas` of its own, or `$$((` for that text";
    private static final String FORMS = "${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+other}; `$$` is a `$`";

    /** Who would work out a sum that is not understood here. */
    enum Sums {
        /** Nobody: it is a fault. */
        NOBODYS,
        /** A program, for which it may mean something; not if it names the number of a replica, rightly or nearly so. */
        A_PROGRAMS,
        /** A shell, which knows the number as well. */
        A_SHELLS
    }

    private final String text;
    private final Map<String, String> variables;
    private final Sums sums;
    private final int mostChars;
    private final StringBuilder result = new StringBuilder();
    private int at;
    private boolean substituted;

    private VariableText(String text, Map<String, String> variables, Sums sums, int mostChars) {
        this.text = text;
        this.variables = variables;
        this.sums = sums;
        this.mostChars = mostChars;
    }

    /**
     * What the text says.
     *
     * @param value the text with all variables replaced
     * @param substituted whether there was any
     */
    record Said(String value, boolean substituted) {}

    /** Why a text says nothing. */
    static final class Fault extends Exception {
        private static final long serialVersionUID = 1L;

        private final String what;
        private final String expected;

        Fault(String what, String expected) {
            super(what, null, false, false);
            this.what = what;
            this.expected = expected;
        }

        String what() {
            return what;
        }

        String expected() {
            return expected;
        }
    }

    /**
     * Reads it.
     *
     * @param mostChars of the result; more is a fault
     */
    static Said read(String text, Map<String, String> variables, Sums sums, int mostChars) throws Fault {
        VariableText reading = new VariableText(text, variables, sums, mostChars);
        reading.readUntilEnd(false, true, 0);
        return new Said(reading.result.toString(), reading.substituted);
    }

    /**
     * Up to the brace that ends the default which this is, or up to the end of the text.
     *
     * @param used whether it goes into the result; else it is only passed over
     */
    private void readUntilEnd(boolean inBraces, boolean used, int depth) throws Fault {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (inBraces && c == '}') {
                return;
            }
            if (c == '$' && text.startsWith("$$", at)) {
                add("$", used);
                at += 2;
            } else if (c == '$' && text.startsWith("${", at)) {
                readVariable(used, depth);
            } else if (c == '$' && text.startsWith("$((", at)) {
                readSum(used);
            } else {
                add(String.valueOf(c), used);
                at++;
            }
        }
    }

    private void readSum(boolean used) throws Fault {
        Matcher sum = REPLICA_SUM.matcher(text).region(at, text.length());
        if (!variables.containsKey(ReplicaSet.VARIABLE) || !sum.lookingAt()) {
            int end = text.indexOf("))", at);
            String other = text.substring(at, end < 0 ? text.length() : end + 2);
            if (sums != Sums.A_SHELLS && sum.lookingAt()) {
                throw new Fault(Problems.quoted(other) + " where there are no replicas", NUMBER_PLACE);
            }
            if (sums == Sums.NOBODYS || (sums == Sums.A_PROGRAMS && namesTheNumber(other))) {
                throw new Fault(Problems.quoted(other), SUMS);
            }
            add("$", used);
            at++;
            return;
        }
        long factor = sum.group(2) == null ? 1 : Long.parseLong(sum.group(2));
        long number = Long.parseLong(variables.getOrDefault(ReplicaSet.VARIABLE, "0"));
        add(String.valueOf(Long.parseLong(sum.group(1)) + factor * number), used);
        substituted |= used;
        at = sum.end();
    }

    private static boolean namesTheNumber(String sum) {
        return NAME.matcher(sum)
                .results()
                .anyMatch(name -> name.group().toUpperCase(Locale.ROOT).contains("REPLICA")
                        || Suggestion.near(name.group(), List.of(ReplicaSet.VARIABLE)) != null);
    }

    private void readVariable(boolean used, int depth) throws Fault {
        int start = at;
        Matcher name = NAME.matcher(text).region(at + 2, text.length());
        if (!name.lookingAt()) {
            throw new Fault(Problems.quoted(text.substring(start)) + " names no variable", FORMS);
        }
        if (depth == MAX_NESTING) {
            throw new Fault("defaults within defaults, deeper than " + MAX_NESTING, "fewer");
        }
        at = name.end();
        String value = variables.get(name.group());
        String operator = operator();
        boolean counts = value != null && !(operator.startsWith(":") && value.isEmpty());
        String own = value == null ? "" : value;
        at += operator.length();
        substituted |= used;
        switch (operator.isEmpty() ? ' ' : operator.charAt(operator.length() - 1)) {
            case '-' -> {
                readUntilEnd(true, used && !counts, depth + 1);
                add(own, used && counts);
            }
            case '+' -> readUntilEnd(true, used && counts, depth + 1);
            case '?' -> {
                int messageStart = result.length();
                readUntilEnd(true, used && !counts, depth + 1);
                requireClosed(start);
                if (used && !counts) {
                    String message = result.substring(messageStart);
                    throw new Fault(
                            "`" + name.group() + "` " + (value == null ? "is not set" : "is empty")
                                    + (message.isBlank() ? "" : ": " + Problems.quoted(message)),
                            "that variable in the environment");
                }
                add(own, used);
            }
            default -> {
                requireClosed(start);
                if (used && value == null) {
                    throw new Fault(
                            "`" + name.group() + "` is not set",
                            name.group().equals(ReplicaSet.VARIABLE)
                                    ? "it below a daemon with `replicas`"
                                    : "that variable in the environment, or a default such as ${" + name.group()
                                            + ":-…}");
                }
                add(own, used);
            }
        }
        requireClosed(start);
        at++;
    }

    private String operator() {
        int length = text.startsWith(":", at) ? 2 : 1;
        boolean known = at + length <= text.length() && "-?+".indexOf(text.charAt(at + length - 1)) >= 0;
        return known ? text.substring(at, at + length) : "";
    }

    private void requireClosed(int start) throws Fault {
        if (at >= text.length() || text.charAt(at) != '}') {
            throw new Fault(
                    Problems.quoted(text.substring(start))
                            + (at >= text.length() ? " has no closing brace" : " is no variable"),
                    FORMS);
        }
    }

    private void add(String more, boolean used) throws Fault {
        if (used) {
            if (result.length() + more.length() > mostChars) {
                throw new Fault("longer than " + mostChars + " characters with its variables", "less");
            }
            result.append(more);
        }
    }
}
