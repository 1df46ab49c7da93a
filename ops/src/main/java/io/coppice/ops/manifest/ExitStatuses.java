package io.coppice.ops.manifest;

import io.coppice.ops.view.SignalNames;
import io.coppice.supervisor.plan.ExitSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads lists of exit codes and signals such as {@code [3, 143, TERM]}. */
final class ExitStatuses {
    private static final String EXPECTED = "a list of exit codes and signals such as [3, TERM]";
    private static final int MOST_CODE = 255;

    private ExitStatuses() {}

    static @Nullable ExitSet read(YamlNode node, String path, Problems problems) {
        if (node instanceof YamlNode.Scalar scalar && scalar.text().strip().matches("\\S+[\\s,]+\\S.*")) {
            String each =
                    String.join(", ", scalar.text().strip().split("[\\s,]+", -1)); // as systemd and supervisord have it
            problems.add(node.at(), path, node.description(), EXPECTED, Suggestion.didYouMean("[" + each + "]"));
            return null;
        }
        List<Located<String>> words = ValueReaders.texts(EXPECTED, 0).read(node, path, problems);
        if (words == null) {
            return null;
        }
        List<Integer> codes = new ArrayList<>();
        List<String> signals = new ArrayList<>();
        boolean right = true;
        for (Located<String> word : words) {
            right &= add(word, codes, signals, problems);
        }
        return right ? new ExitSet(codes, signals) : null;
    }

    private static boolean add(Located<String> word, List<Integer> codes, List<String> signals, Problems problems) {
        String text = word.value();
        if (text.matches("[0-9]{1,3}") && Integer.parseInt(text) <= MOST_CODE) {
            codes.add(Integer.parseInt(text));
            return true;
        }
        String name = text.toUpperCase(Locale.ROOT);
        name = name.startsWith("SIG") ? name.substring(3) : name;
        if (SignalNames.all().contains(name) && text.equals(text.toUpperCase(Locale.ROOT))) {
            signals.add(name);
            return true;
        }
        String near = SignalNames.all().contains(name) ? name : Suggestion.near(name, SignalNames.all());
        problems.add(
                word,
                Problems.quoted(text),
                "an exit code from 0 to " + MOST_CODE + ", or the name of a signal such as `TERM`",
                Suggestion.didYouMean(near));
        return false;
    }
}
