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
    private static final String EXPECTED_CONDITION = "`started`, `ready`, `healthy` or `completed`";

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
                names.forEach(name -> dependsOn.add(name, Condition.READY, false));
            }
        }
        return dependsOn.requirements;
    }

    private void readMapping(YamlNode.Mapping mapping, String path) {
        for (YamlNode.Entry entry : UniqueKeys.of(mapping, path, problems).all()) {
            String name = entry.key().text();
            Said said = said(entry.value(), path + "." + name);
            if (requirements.stream().noneMatch(known -> known.value().name().equals(name))) {
                add(
                        new Located<>(name, entry.key().at(), path + "." + name),
                        said.condition() == null ? Condition.STARTED : said.condition(),
                        said.restart());
            }
        }
    }

    private void add(Located<String> name, Condition condition, boolean restart) {
        if (requirements.stream().anyMatch(known -> known.value().name().equals(name.value()))) {
            problems.add(name, Problems.quoted(name.value()) + " is named twice", "each daemon once", "");
            return;
        }
        if (!PlanBounds.isName(name.value())) {
            problems.add(
                    name,
                    Problems.quoted(name.value()),
                    "the name of a daemon, [a-z0-9-]{1,32}",
                    name.value().indexOf('@') > 0
                            ? "a slot runs only while its daemon has work for it"
                            : name.value().indexOf('.') > 0 ? "a daemon's name means all its replicas" : "");
        }
        requirements.add(new Located<>(new Requirement(name.value(), condition, restart), name.at(), name.path()));
    }

    /** What is said of one of them; no condition if that cannot be read, which has been told then. */
    private record Said(@Nullable Condition condition, boolean restart) {
        static final Said NOTHING = new Said(null, false);
    }

    private Said said(YamlNode node, String path) {
        if (!(node instanceof YamlNode.Mapping mapping)) {
            problems.add(node.at(), path, node.description(), "a mapping such as {condition: ready}");
            return Said.NOTHING;
        }
        Condition found = null;
        boolean restart = false;
        boolean mentioned = false;
        for (YamlNode.Entry entry : UniqueKeys.of(mapping, path, problems).all()) {
            String key = entry.key().text();
            if (key.equals("condition")) {
                found = condition(entry.value(), path + ".condition");
                mentioned = true;
            } else if (key.equals("restart")) {
                restart = Boolean.TRUE.equals(ValueReaders.truth(entry.value(), path + ".restart", problems));
            } else if (!key.startsWith("x-")) {
                String near = Suggestion.near(key, List.of("condition", "restart"));
                problems.add(
                        entry.key().at(),
                        path + "." + key,
                        "unknown key",
                        "`condition` or `restart`",
                        Suggestion.didYouMean(near));
                mentioned |= "condition".equals(near);
            }
        }
        if (!mentioned) {
            problems.add(node.at(), path, "no `condition`", "{condition: started}, ready, healthy or completed");
        }
        return new Said(found, restart);
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
                : lower.contains("healthy") ? "healthy" : lower.contains("started") ? "started" : null;
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
