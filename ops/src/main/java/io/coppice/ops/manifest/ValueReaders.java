package io.coppice.ops.manifest;

import io.coppice.ops.manifest.Setting.ValueReader;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.LogTarget;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.RestartPolicy;
import io.coppice.supervisor.plan.Shutdown;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the values of the keys are read. Each tells what is wrong in one line and gives null then.
 *
 * <p>What YAML takes for a number or a boolean without quotes is refused where one text is the whole value and has a
 * meaning of its own: a class, a command line, a directory. It is text as it is written where people write it as such:
 * the elements of a list ({@code command: [sleep, 5]}), the values of variables ({@code PORT: 8080}) and names.
 */
final class ValueReaders {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[-+]?[0-9]{1,9}");
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3})?");
    private static final Pattern LONE_WORD = Pattern.compile("[^\\p{Cntrl}\\p{Space}\\p{Cs},]{1,4096}");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

    /** What other tools, and YAML 1.1 habits, call the three restart policies. */
    private static final Map<String, RestartPolicy> OTHER_RESTART_WORDS = Map.ofEntries(
            Map.entry("no", RestartPolicy.NEVER),
            Map.entry("off", RestartPolicy.NEVER),
            Map.entry("false", RestartPolicy.NEVER),
            Map.entry("none", RestartPolicy.NEVER),
            Map.entry("temporary", RestartPolicy.NEVER),
            Map.entry("yes", RestartPolicy.ALWAYS),
            Map.entry("on", RestartPolicy.ALWAYS),
            Map.entry("true", RestartPolicy.ALWAYS),
            Map.entry("any", RestartPolicy.ALWAYS),
            Map.entry("permanent", RestartPolicy.ALWAYS),
            Map.entry("unless-stopped", RestartPolicy.ALWAYS),
            Map.entry("transient", RestartPolicy.ON_FAILURE),
            Map.entry("unexpected", RestartPolicy.ON_FAILURE),
            Map.entry("failure", RestartPolicy.ON_FAILURE),
            Map.entry("on-abnormal", RestartPolicy.ON_FAILURE),
            Map.entry("exit-on-failure", RestartPolicy.ON_FAILURE));

    private ValueReaders() {}

    /** The text of a scalar of any type, as it is written; null told where there is none. */
    static @Nullable String scalar(YamlNode node, String path, Problems problems, String expected) {
        if (node instanceof YamlNode.Scalar scalar && !scalar.isNothing()) {
            if (PlanBounds.isEncodable(scalar.text())
                    && scalar.text().getBytes(StandardCharsets.UTF_8).length <= PlanBounds.MAX_ARGUMENT_BYTES) {
                return scalar.text();
            }
            problems.add(
                    node.at(),
                    path,
                    node.description() + " holds a NUL or is longer than " + PlanBounds.MAX_ARGUMENT_BYTES + " bytes",
                    expected);
        } else {
            problems.add(node.at(), path, node.description(), expected);
        }
        return null;
    }

    /** One word among others, empty or not; a number is the text that it is written with. */
    private static @Nullable String word(YamlNode node, String path, Problems problems) {
        String expected = "a text";
        if (node instanceof YamlNode.Scalar scalar && scalar.isNothing()) {
            problems.add(node.at(), path, node.description(), expected, "write \"\" for an empty text");
            return null;
        }
        return scalar(node, path, problems, expected);
    }

    /** A text that is not empty, and neither a number nor a boolean. */
    static ValueReader<String> text(String expected) {
        return ValueReader.shaped(ValueShape.TEXT, (node, path, problems) -> {
            String otherType = node instanceof YamlNode.Scalar scalar ? scalar.otherType() : null;
            if (otherType != null) {
                String quoted = otherType.substring(otherType.indexOf('`')).replace('`', '"');
                problems.add(node.at(), path, otherType, expected, "write " + quoted + " if that text is meant");
                return null;
            }
            return name(expected).read(node, path, problems);
        });
    }

    /** A text that is not empty, whatever YAML takes it for. */
    static ValueReader<String> name(String expected) {
        return ValueReader.shaped(ValueShape.SCALAR, (node, path, problems) -> {
            String text = scalar(node, path, problems, expected);
            if (text != null && text.isBlank()) {
                problems.add(node.at(), path, "an empty text", expected);
                return null;
            }
            return text;
        });
    }

    static ValueReader<Long> size(long leastBytes, long mostBytes) {
        String range = Quantity.size(leastBytes) + " to " + Quantity.size(mostBytes);
        return ValueReader.shaped(ValueShape.SIZE, (node, path, problems) -> {
            if (!(node instanceof YamlNode.Scalar scalar) || scalar.isNothing()) {
                problems.add(node.at(), path, node.description(), Quantity.SIZE_EXPECTED);
                return null;
            }
            Long bytes = Quantity.sizeBytes(scalar.text());
            if (bytes == null) {
                Quantity.Fault fault = Quantity.sizeFault(scalar.text());
                problems.add(node.at(), path, fault.what(), Quantity.SIZE_EXPECTED, fault.hint());
            } else if (bytes < leastBytes || bytes > mostBytes) {
                problems.add(node.at(), path, node.description() + " is out of range", range);
                return null;
            }
            return bytes;
        });
    }

    static ValueReader<Long> duration(long leastMs, long mostMs) {
        String range = Quantity.duration(leastMs) + " to " + Quantity.duration(mostMs);
        return ValueReader.shaped(ValueShape.DURATION, (node, path, problems) -> {
            if (!(node instanceof YamlNode.Scalar scalar) || scalar.isNothing()) {
                problems.add(node.at(), path, node.description(), Quantity.DURATION_EXPECTED);
                return null;
            }
            Long ms = Quantity.durationMs(scalar.text());
            if (ms == null) {
                Quantity.Fault fault = Quantity.durationFault(scalar.text());
                boolean endless = Suggestion.isEndless(scalar.text());
                problems.add(
                        node.at(),
                        path,
                        fault.what(),
                        Quantity.DURATION_EXPECTED,
                        endless ? Suggestion.didYouMean(Quantity.duration(mostMs)) : fault.hint());
            } else if (ms < leastMs || ms > mostMs) {
                problems.add(node.at(), path, node.description() + " is out of range", range);
                return null;
            }
            return ms;
        });
    }

    /** A list of texts. A lone word is an error that shows the list, and read as that list, so that it is checked, too. */
    static ValueReader<List<Located<String>>> texts(String expected, int least) {
        return ValueReader.shaped(ValueShape.list(ValueShape.SCALAR, least), (node, path, problems) -> {
            if (!(node instanceof YamlNode.Sequence sequence)) {
                String hint = node instanceof YamlNode.Scalar scalar && !scalar.isNothing()
                        ? Suggestion.didYouMean("[" + scalar.text().replace('\n', ' ') + "]")
                        : "";
                problems.add(node.at(), path, node.description(), expected, hint);
                return node instanceof YamlNode.Scalar scalar
                                && LONE_WORD.matcher(scalar.text()).matches()
                        ? List.of(new Located<>(scalar.text(), node.at(), path))
                        : null;
            }
            if (sequence.elements().size() < least) {
                problems.add(node.at(), path, "an empty list", expected);
                return null;
            }
            if (sequence.elements().size() > PlanBounds.MAX_LIST_LENGTH) {
                problems.add(
                        node.at(),
                        path,
                        "a list of " + sequence.elements().size() + " elements",
                        "at most " + PlanBounds.MAX_LIST_LENGTH);
            }
            List<Located<String>> texts = new ArrayList<>();
            for (int i = 0; i < sequence.elements().size(); i++) {
                YamlNode element = sequence.elements().get(i);
                String elementPath = path + "[" + i + "]";
                String text = word(element, elementPath, problems);
                if (text != null) {
                    texts.add(new Located<>(text, element.at(), elementPath));
                }
            }
            // With a wrong element the rest is still checked; the manifest is refused anyway.
            return List.copyOf(texts);
        });
    }

    /** One text, or a list of texts. */
    static ValueReader<List<Located<String>>> textOrTexts(String expected) {
        ValueReader<List<Located<String>>> list = texts(expected, 1);
        ValueReader<String> one = name(expected);
        return ValueReader.shaped(
                ValueShape.anyOf(ValueShape.TEXT, ValueShape.list(ValueShape.SCALAR, 1)), (node, path, problems) -> {
                    if (node instanceof YamlNode.Sequence) {
                        return list.read(node, path, problems);
                    }
                    String text = one.read(node, path, problems);
                    return text == null ? null : List.of(new Located<>(text, node.at(), path));
                });
    }

    static @Nullable LogTarget log(YamlNode node, String path, Problems problems) {
        String word = StateRules.oneOf("auto", "file", "journal").read(node, path, problems);
        return word == null ? null : LogTarget.valueOf(word.toUpperCase(Locale.ROOT));
    }

    static @Nullable RestartPolicy restart(YamlNode node, String path, Problems problems) {
        String expected = "`on-failure`, `always` or `never`";
        if (node instanceof YamlNode.Mapping mapping) {
            problems.add(node.at(), path, node.description(), expected, ofRestartMapping(mapping));
            return null;
        }
        String word = scalar(node, path, problems, expected);
        if (word == null) {
            return null;
        }
        for (RestartPolicy policy : RestartPolicy.values()) {
            if (policy.text().equals(word)) {
                return policy;
            }
        }
        boolean numbered = word.matches("on-failure:[0-9]+");
        String more = word.equals("on-abnormal")
                ? " That restarts after exit codes, too, but for those in `restart_prevent_exit_status`"
                : numbered ? " The number goes into `max_restarts`" : "";
        String meant = numbered ? RestartPolicy.ON_FAILURE.text() : restartWord(word);
        problems.add(node.at(), path, node.description(), expected, Suggestion.didYouMean(meant) + more);
        return null;
    }

    /** The policy that somebody means; null if it cannot be told. */
    private static @Nullable String restartWord(String word) {
        RestartPolicy translated =
                OTHER_RESTART_WORDS.get(word.toLowerCase(Locale.ROOT).replace('_', '-'));
        return translated != null
                ? translated.text()
                : Suggestion.near(
                        word,
                        Arrays.stream(RestartPolicy.values())
                                .map(RestartPolicy::text)
                                .toList());
    }

    /** Where to say what compose and others say in a mapping. */
    private static String ofRestartMapping(YamlNode.Mapping mapping) {
        String meant = null;
        for (YamlNode.Entry entry : mapping.entries()) {
            boolean names = List.of("policy", "condition").contains(entry.key().text());
            if (meant == null && names && entry.value() instanceof YamlNode.Scalar scalar) {
                meant = restartWord(scalar.text());
            }
        }
        return (meant == null ? "exit" : Suggestion.didYouMean(meant) + " Exit")
                + " codes and signals go into `success_exit_status`, `restart_prevent_exit_status` and"
                + " `restart_force_exit_status`, how often and how soon into `max_restarts`, `period` and `backoff`";
    }

    static @Nullable Integer maxRestarts(YamlNode node, String path, Problems problems) {
        String expected = "a whole number from 0 to " + PlanBounds.MAX_RESTARTS
                + " (restarts in `period`; 0 = never) or `unlimited`";
        if (!(node instanceof YamlNode.Scalar scalar) || scalar.isNothing()) {
            problems.add(node.at(), path, node.description(), expected);
            return null;
        }
        String text = scalar.text();
        if (text.equals("unlimited")) {
            return io.coppice.supervisor.plan.ChildPlan.UNLIMITED_RESTARTS;
        }
        if (WHOLE_NUMBER.matcher(text).matches()) {
            int count = Integer.parseInt(text);
            if (!scalar.plain()) {
                problems.add(node.at(), path, "the text \"" + text + "\"", expected, "remove the quotes");
                return null;
            } else if (count >= 0 && count <= PlanBounds.MAX_RESTARTS) {
                return count;
            }
        }
        boolean endless =
                text.equals("-1") || text.equals("infinite") || text.equals("infinity") || text.equals("always");
        problems.add(
                node.at(),
                path,
                node.description(),
                expected,
                Suggestion.didYouMean(endless ? "unlimited" : Suggestion.near(text, List.of("unlimited"))));
        return null;
    }

    static @Nullable Double jitter(YamlNode node, String path, Problems problems) {
        if (node instanceof YamlNode.Scalar scalar
                && scalar.plain()
                && DECIMAL.matcher(scalar.text()).matches()
                && Double.parseDouble(scalar.text()) <= 1) {
            return Double.parseDouble(scalar.text());
        }
        problems.add(
                node.at(),
                path,
                node.description(),
                "the part of a delay that chance may leave out: a number from 0 to 1 such as `0.5`");
        return null;
    }

    static @Nullable Boolean truth(YamlNode node, String path, Problems problems) {
        String word = scalar(node, path, problems, "`true` or `false`");
        if (word == null || word.equals("true") || word.equals("false")) {
            return word == null ? null : word.equals("true");
        }
        String lower = word.toLowerCase(Locale.ROOT);
        String meant = List.of("yes", "on", "1", "true").contains(lower)
                ? "true"
                : List.of("no", "off", "0", "false").contains(lower) ? "false" : null;
        problems.add(node.at(), path, node.description(), "`true` or `false`", Suggestion.didYouMean(meant));
        return null;
    }

    static @Nullable Double factor(YamlNode node, String path, Problems problems) {
        if (node instanceof YamlNode.Scalar scalar
                && scalar.plain()
                && DECIMAL.matcher(scalar.text()).matches()) {
            double factor = Double.parseDouble(scalar.text());
            if (factor >= 1 && factor <= Backoff.MAX_FACTOR) {
                return factor;
            }
        }
        problems.add(
                node.at(),
                path,
                node.description(),
                "a number from 1 to 100 with at most three decimal places, such as `2` or `1.5`");
        return null;
    }

    static @Nullable String signal(YamlNode node, String path, Problems problems) {
        String expected = "the name of a signal such as `TERM`, `INT` or `QUIT`";
        String word = scalar(node, path, problems, expected);
        if (word == null || Shutdown.SIGNALS.contains(word)) {
            return word;
        }
        String upper = word.toUpperCase(Locale.ROOT);
        String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
        if (Shutdown.SIGNALS.contains(name) && upper.equals(word)) {
            return name; // SIGTERM is what everyone writes now and then, and means nothing else.
        }
        String hint;
        if (WHOLE_NUMBER.matcher(word).matches()) {
            hint = "numbers differ between machines, names do not"
                    + (word.equals("15") ? "; did you mean `TERM`?" : word.equals("9") ? "; did you mean `KILL`?" : "");
        } else if (name.equals("STOP") || name.equals("TSTP") || name.equals("CONT")) {
            hint = "this one ends no process";
        } else {
            hint = Suggestion.didYouMean(Suggestion.near(name, Shutdown.SIGNALS));
        }
        problems.add(node.at(), path, node.description(), expected, hint);
        return null;
    }

    static @Nullable Map<String, Located<String>> environment(YamlNode node, String path, Problems problems) {
        String expected = "a mapping such as {LANG: C.UTF-8}";
        if (!(node instanceof YamlNode.Mapping mapping)) {
            String hint = node instanceof YamlNode.Sequence ? "write `NAME: VALUE`, not `- NAME=VALUE`" : "";
            problems.add(node.at(), path, node.description(), expected, hint);
            return null;
        }
        Map<String, Located<String>> environment = new LinkedHashMap<>();
        for (YamlNode.Entry entry : UniqueKeys.of(mapping, path, problems).all()) {
            String name = entry.key().text();
            String entryPath = path + "." + name;
            String value = word(entry.value(), entryPath, problems);
            if (!VARIABLE.matcher(name).matches()) {
                problems.add(
                        entry.key().at(),
                        entryPath,
                        Problems.quoted(name) + " cannot name a variable",
                        "letters, digits and `_`, not starting with a digit");
            } else if (value != null) {
                environment.putIfAbsent(name, new Located<>(value, entry.key().at(), entryPath));
            }
        }
        return environment;
    }

    static @Nullable Command command(YamlNode node, String path, Problems problems) {
        String expected = "a list that is executed, such as [nginx, -g, \"daemon off;\"], or a text for /bin/sh -c";
        if (node instanceof YamlNode.Sequence) {
            List<Located<String>> words = texts(expected, 1).read(node, path, problems);
            if (words == null || words.isEmpty() || !words.get(0).path().equals(path + "[0]")) {
                return null; // The program itself could not be read; the word after it is none.
            }
            if (words.get(0).value().isBlank()) {
                problems.add(words.get(0), "an empty text", "the program to execute", "");
                return null;
            }
            return new Command(words, false);
        }
        String line = text(expected).read(node, path, problems);
        return line == null ? null : new Command(List.of(new Located<>(line, node.at(), path)), true);
    }
}
