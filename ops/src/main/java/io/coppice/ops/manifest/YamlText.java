package io.coppice.ops.manifest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * YAML text to a tree, from the parser's events and not through the library's composer: the composer recurses without a
 * bound on nesting, and lets an alias stand inside what it names. Here nesting, aliases and nodes are counted while the
 * tree is built, so that no text of allowed size can take the process down.
 */
final class YamlText {
    static final int MAX_NESTING = 32;
    static final int MAX_ALIASES = 1_000;
    /** Nodes of the tree, those behind aliases counted at each use: a manifest of 512 daemons has about 20,000. */
    static final int MAX_NODES = 200_000;

    private static final String CORE_TAGS = "tag:yaml.org,2002:";

    private final Problems problems;
    private final Iterator<Event> events;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private int aliasCount;
    private int nodeCount;

    private YamlText(Problems problems, Iterator<Event> events) {
        this.problems = problems;
        this.events = events;
    }

    /** The tree of the only document in the text; null if there is none, which has been told then. */
    static @Nullable YamlNode parse(String text, Problems problems) {
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(ManifestReader.MAX_MANIFEST_BYTES + 1)
                .setParseComments(false)
                .build();
        try {
            Iterator<Event> events = new Parse(settings).parseString(text).iterator();
            return new YamlText(problems, events).document();
        } catch (ReaderException e) {
            problems.add(
                    positionOf(text, e.getPosition()),
                    "",
                    String.format(java.util.Locale.ROOT, "not YAML: the character U+%04X", e.getCodePoint()),
                    "printable text",
                    "write it as an escape between double quotes");
        } catch (MarkedYamlEngineException e) {
            problems.addText(position(e.getProblemMark()), "", "not YAML: " + explained(e));
        } catch (Refusal e) {
            problems.addText(e.at, "", e.reason);
        } catch (YamlEngineException e) {
            problems.addText(new Position(1, 1), "", "not YAML: " + e.getMessage());
        }
        return null;
    }

    private @Nullable YamlNode document() throws Refusal {
        YamlNode root = null;
        while (events.hasNext()) {
            Event event = events.next();
            switch (event.getEventId()) {
                case StreamStart, StreamEnd, DocumentEnd, Comment -> {
                    // Only nodes matter.
                }
                case DocumentStart -> {
                    if (root != null) {
                        problems.addText(
                                position(event), "", "a second document starts here, expected one manifest per file");
                        return root;
                    }
                }
                default -> root = node(event, 1);
            }
        }
        if (root == null || (root instanceof YamlNode.Scalar scalar && scalar.isNothing())) {
            throw new Refusal(new Position(1, 1), "the manifest is empty, expected at least `daemons:`");
        }
        return root;
    }

    private YamlNode node(Event event, int depth) throws Refusal {
        Position at = position(event);
        if (depth > MAX_NESTING) {
            throw new Refusal(at, "nested deeper than " + MAX_NESTING + " levels, expected a manifest");
        }
        count(1, at);
        int countBefore = nodeCount;
        if (event instanceof AliasEvent alias) {
            return resolved(alias, at, depth);
        }
        YamlNode node;
        if (event instanceof ScalarEvent scalar) {
            checkTag(scalar.getTag(), at);
            node = new YamlNode.Scalar(
                    at, scalar.getValue(), scalar.isPlain() && scalar.getTag().isEmpty());
        } else if (event instanceof CollectionStartEvent start) {
            checkTag(start.getTag(), at);
            node = start.getEventId() == Event.ID.SequenceStart ? sequence(at, depth) : mapping(at, depth);
        } else {
            throw new Refusal(at, "not YAML: unexpected " + event.getEventId());
        }
        Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
        if (anchor.isPresent()) {
            anchors.put(anchor.get(), new Anchored(node, nodeCount - countBefore, height(node)));
        }
        return node;
    }

    private YamlNode resolved(AliasEvent alias, Position at, int depth) throws Refusal {
        Anchored anchored = anchors.get(alias.getAlias());
        if (anchored == null) {
            problems.addUnknown(
                    at,
                    "the alias *" + alias.getAlias() + " names no anchor that is complete before it, expected &"
                            + alias.getAlias() + " on an earlier value");
            return new YamlNode.Scalar(at, "", true);
        }
        if (++aliasCount > MAX_ALIASES || depth + anchored.height > MAX_NESTING + 1) {
            throw new Refusal(
                    at, "more than " + MAX_ALIASES + " aliases, or aliases nested too deep, expected a manifest");
        }
        count(anchored.nodes, at);
        return anchored.node;
    }

    private YamlNode sequence(Position at, int depth) throws Refusal {
        List<YamlNode> elements = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
            elements.add(node(event, depth + 1));
        }
        return new YamlNode.Sequence(at, List.copyOf(elements));
    }

    private YamlNode mapping(Position at, int depth) throws Refusal {
        List<YamlNode.Entry> entries = new ArrayList<>();
        for (Event event = events.next(); event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
            YamlNode key = node(event, depth + 1);
            YamlNode value = node(events.next(), depth + 1);
            if (key instanceof YamlNode.Scalar scalar) {
                // An alias as a key stands where it is written, not where its anchor is.
                entries.add(
                        new YamlNode.Entry(new YamlNode.Scalar(position(event), scalar.text(), scalar.form()), value));
            } else {
                problems.add(position(event), "", key.description() + " as a key", "a word");
            }
        }
        return new YamlNode.Mapping(at, MergeKeys.resolve(entries, problems));
    }

    private void count(int nodes, Position at) throws Refusal {
        nodeCount += nodes;
        if (nodeCount > MAX_NODES) {
            throw new Refusal(at, "more than " + MAX_NODES + " values (aliases counted at each use)");
        }
    }

    private void checkTag(Optional<String> tag, Position at) {
        if (tag.isPresent() && !tag.get().equals("!") && !tag.get().startsWith(CORE_TAGS)) {
            problems.add(at, "", "the tag " + Problems.quoted(tag.get()), "a value without a tag");
        }
    }

    private static int height(YamlNode node) {
        int below = 0;
        if (node instanceof YamlNode.Sequence sequence) {
            for (YamlNode element : sequence.elements()) {
                below = Math.max(below, height(element));
            }
        } else if (node instanceof YamlNode.Mapping mapping) {
            for (YamlNode.Entry entry : mapping.entries()) {
                below = Math.max(below, height(entry.value()));
            }
        }
        return below + 1;
    }

    private static Position position(Event event) {
        return position(event.getStartMark());
    }

    private static Position position(Optional<Mark> mark) {
        return mark.map(m -> new Position(m.getLine() + 1, m.getColumn() + 1)).orElse(new Position(1, 1));
    }

    private static Position positionOf(String text, int index) {
        int line = 1;
        int lineStart = 0;
        int end = Math.min(index, text.length());
        for (int i = 0; i < end; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new Position(line, end - lineStart + 1);
    }

    private static String explained(MarkedYamlEngineException e) {
        String problem = e.getProblem() == null ? "unreadable" : e.getProblem();
        String context = e.getContext() == null || e.getContext().isEmpty() ? "" : e.getContext() + " ";
        String hint = problem.contains("\\t") || problem.contains("TAB") ? "; indent with spaces, not tabs" : "";
        if (problem.startsWith("found character '%'") || problem.startsWith("found character '@'")) {
            hint = "; write what begins with it in quotes";
        }
        return (context + problem + hint).replace('\n', ' ');
    }

    private record Anchored(YamlNode node, int nodes, int height) {}

    /** Ends the reading: what follows could not be understood. */
    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Position at;
        private final String reason;

        Refusal(Position at, String reason) {
            super(reason);
            this.at = at;
            this.reason = reason;
        }
    }
}
