package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.Dependency.Condition;
import io.coppice.supervisor.plan.PlanBounds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads {@code depends_on}. Every name that can be read is kept, whatever is wrong beside it: it may be part of a cycle. */
final class DependsOn {
    private static final String EXPECTED =
            "a list of daemons such as [rates], or a mapping such as {rates: {condition: ready}}";
    private static final String EXPECTED_CONDITION = "`started`, `ready` or `completed`";

    private final List<Located<Requirement>> requirements = new ArrayList<>();
    private final Problems problems;

    private DependsOn(Problems problems) {
        this.problems = problems;
    }

    static List<Located<Requirement>> read(YamlNode node, String path, Problems problems) {
        DependsOn dependsOn = new DependsOn(problems);
        if (node instanceof YamlNode.Mapping mapping) {
            dependsOn.readMapping(mapping, path);
        } else {
            List<Located<String>> names = ValueReaders.texts(EXPECTED, 0).read(node, path, problems);
            if (names != null) {
                names.forEach(name -> dependsOn.add(name, Condition.READY));
            }
        }
        return dependsOn.requirements;
    }

    private void readMapping(YamlNode.Mapping mapping, String path) {
        for (YamlNode.Entry entry : UniqueKeys.of(mapping, path, problems).all()) {
            String name = entry.key().text();
            Condition condition = conditionOf(entry.value(), path + "." + name);
            if (requirements.stream().noneMatch(known -> known.value().name().equals(name))) {
                add(
                        new Located<>(name, entry.key().at(), path + "." + name),
                        condition == null ? Condition.STARTED : condition);
            }
        }
    }

    private void add(Located<String> name, Condition condition) {
        if (requirements.stream().anyMatch(known -> known.value().name().equals(name.value()))) {
            problems.add(name, Problems.quoted(name.value()) + " is named twice", "each daemon once", "");
            return;
        }
        if (!PlanBounds.isName(name.value())) {
            problems.add(name, Problems.quoted(name.value()), "the name of a daemon, [a-z0-9-]{1,32}", "");
        }
        requirements.add(new Located<>(new Requirement(name.value(), condition), name.at(), name.path()));
    }

    private @Nullable Condition conditionOf(YamlNode node, String path) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            problems.add(node.at(), path, node.description(), "a mapping such as {condition: ready}");
            return null;
        }
        Condition found = null;
        boolean mentioned = false;
        for (YamlNode.Entry entry : UniqueKeys.of(mapping, path, problems).all()) {
            String key = entry.key().text();
            if (key.equals("condition")) {
                found = condition(entry.value(), path + ".condition");
                mentioned = true;
            } else if (!key.startsWith("x-")) {
                String near = Suggestion.near(key, List.of("condition"));
                problems.add(
                        entry.key().at(), path + "." + key, "unknown key", "`condition`", Suggestion.didYouMean(near));
                mentioned |= near != null;
            }
        }
        if (!mentioned) {
            problems.add(node.at(), path, "no `condition`", "{condition: started}, ready or completed");
        }
        return found;
    }

    private @Nullable Condition condition(YamlNode node, String path) {
        String word = ValueReaders.scalar(node, path, problems, EXPECTED_CONDITION);
        if (word == null) {
            return null;
        }
        for (Condition condition : Condition.values()) {
            if (condition.text().equals(word)) {
                return condition;
            }
        }
        // compose: service_started, service_healthy, service_completed_successfully; process-compose: process_…
        String lower = word.toLowerCase(Locale.ROOT);
        String hint = lower.contains("complete")
                ? "completed"
                : lower.contains("healthy") ? "ready" : lower.contains("started") ? "started" : null;
        List<String> words =
                Arrays.stream(Condition.values()).map(Condition::text).toList();
        problems.add(
                node.at(),
                path,
                node.description(),
                EXPECTED_CONDITION,
                Suggestion.didYouMean(hint != null ? hint : Suggestion.near(word, words)));
        return null;
    }
}
