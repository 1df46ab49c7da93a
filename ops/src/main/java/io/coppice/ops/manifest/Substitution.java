package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.ReplicaSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the values of variables into a tree: into every scalar value, never into a key, and never as structure, as the tree is
 * there before. What a variable's text is taken for, a number or a word, is the reading key's business; {@link YamlNode.Form} says
 * that it may be either. Used once. Pure.
 */
final class Substitution {
    /** All texts together: what a manifest may be long, several times over. */
    private static final int MAX_ADDED_CHARS = 8 * ManifestReader.MAX_MANIFEST_BYTES;

    /** Shells and programs that read such a text themselves, so that a bare {@code $NAME} is theirs. */
    private static final Pattern FOR_PROGRAMS = Pattern.compile(".*\\.(command|args|exec)(\\[[0-9]+])?");

    /** What nobody reads there; an alias may stand for it elsewhere. Whatever a daemon is called, it is none. */
    private static final Pattern EXTENSION =
            Pattern.compile("x-.*|(?!daemons\\.).*\\.x-.*|daemons\\.[^.]*\\.(?:.*\\.)?x-.*");

    /** The option of a shell, of any other options too, that makes a text of the next word: {@code -c}, {@code -lc}. */
    private static final Pattern SHELL_TEXT_FOLLOWS = Pattern.compile("-[A-Za-z]*c");

    private static final Pattern BARE = Pattern.compile("(?<!\\$)(?:\\$\\$)*\\$([A-Za-z_][A-Za-z0-9_]*)");

    private final Map<String, String> variables;
    private final Problems problems;
    private final IdentityHashMap<YamlNode, YamlNode> done = new IdentityHashMap<>();

    /** Apart, as an extension may hold what is an error where it is used. */
    private final IdentityHashMap<YamlNode, YamlNode> doneInExtensions = new IdentityHashMap<>();

    private final Set<YamlNode> told = Collections.newSetFromMap(new IdentityHashMap<>());
    private int leftChars = MAX_ADDED_CHARS;

    /** @param variables by name; the process's environment */
    Substitution(Map<String, String> variables, Problems problems) {
        this.variables = variables;
        this.problems = problems;
    }

    /** What a node says has been found out already. */
    void take(YamlNode node, YamlNode said) {
        done.put(node, said);
    }

    /** The same tree with all variables replaced; a text that cannot be read stays, and has been told. */
    YamlNode of(YamlNode root) {
        return of(root, "");
    }

    /** The same of a node that stands there. */
    YamlNode of(YamlNode node, String path) {
        return of(node, path, false);
    }

    private YamlNode of(YamlNode node, String path, boolean shells) {
        // What several aliases stand for is told once, where it stands first.
        IdentityHashMap<YamlNode, YamlNode> before = EXTENSION.matcher(path).matches() ? doneInExtensions : done;
        YamlNode known = before.get(node);
        if (known == null) {
            known = substituted(node, path, shells);
            before.put(node, known);
        }
        return known;
    }

    private YamlNode substituted(YamlNode node, String path, boolean shells) {
        if (node instanceof YamlNode.Mapping mapping) {
            List<YamlNode.Entry> entries = new ArrayList<>();
            for (YamlNode.Entry entry : mapping.entries()) {
                String below = path.isEmpty()
                        ? entry.key().text()
                        : path + "." + entry.key().text();
                entries.add(new YamlNode.Entry(entry.key(), of(entry.value(), below)));
            }
            return new YamlNode.Mapping(mapping.at(), List.copyOf(entries));
        }
        if (node instanceof YamlNode.Sequence sequence) {
            List<YamlNode> elements = new ArrayList<>();
            for (int i = 0; i < sequence.elements().size(); i++) {
                boolean shellText = i > 0
                        && sequence.elements().get(i - 1) instanceof YamlNode.Scalar before
                        && SHELL_TEXT_FOLLOWS.matcher(before.text()).matches();
                elements.add(of(sequence.elements().get(i), path + "[" + i + "]", shellText));
            }
            return new YamlNode.Sequence(sequence.at(), List.copyOf(elements));
        }
        return scalar((YamlNode.Scalar) node, path, shells);
    }

    /** @param shells whether it is the text of a shell that a list runs */
    private YamlNode scalar(YamlNode.Scalar scalar, String path, boolean shells) {
        String text = scalar.text();
        if (text.indexOf('$') < 0) {
            return scalar;
        }
        boolean extension = EXTENSION.matcher(path).matches();
        boolean forPrograms = extension || FOR_PROGRAMS.matcher(path).matches();
        if (extension && !variables.containsKey(ReplicaSet.VARIABLE) && text.contains(ReplicaSet.VARIABLE)) {
            return scalar; // Read where it is used.
        }
        Matcher bare = BARE.matcher(text);
        if (!forPrograms && bare.find()) {
            tell(
                    scalar,
                    path,
                    "`$" + bare.group(1) + "` in " + Problems.quoted(text) + ", expected `${" + bare.group(1)
                            + "}` for the variable, or `$$" + bare.group(1) + "` for that text");
            return scalar;
        }
        VariableText.Sums sums = !forPrograms
                ? VariableText.Sums.NOBODYS
                : shells || extension || !path.endsWith("]")
                        ? VariableText.Sums.A_SHELLS
                        : VariableText.Sums.A_PROGRAMS;
        try {
            // What is as long as the manifest wrote it is not counted: only what variables add.
            int most = Math.min(leftChars, PlanBounds.MAX_ARGUMENT_BYTES) + text.length();
            VariableText.Said said = VariableText.read(text, variables, sums, most);
            leftChars -= Math.max(0, said.value().length() - text.length());
            return new YamlNode.Scalar(
                    scalar.at(), said.value(), said.substituted() ? YamlNode.Form.SUBSTITUTED : scalar.form());
        } catch (VariableText.Fault e) {
            tell(scalar, path, e.what() + ", expected " + e.expected());
            return scalar;
        }
    }

    private void tell(YamlNode.Scalar scalar, String path, String what) {
        if (told.add(scalar)) {
            problems.addUnknown(scalar.at(), path, what);
        }
    }
}
