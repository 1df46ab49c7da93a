package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.Poison;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys {@code poison.*}: how the list of fall-backs is read, and what the keys come to together. */
final class PoisonRule {
    private static final List<String> WORDS = List.of(Poison.Fallback.CHECKPOINT.text(), Poison.Fallback.EMPTY.text());

    private PoisonRule() {}

    /** The rule that holds for a daemon; {@link Poison#NONE} if its parts cannot be read, which has been told then. */
    static Poison of(DaemonSpec daemon, Problems problems) {
        if (daemon.isNone(DaemonKeys.POISON_GROUP)
                || daemon.isUnread(DaemonKeys.POISON_CRASHES)
                || daemon.isUnread(DaemonKeys.POISON_THEN)) {
            return Poison.NONE;
        }
        List<Poison.Fallback> then = daemon.value(DaemonKeys.POISON_THEN);
        Located<List<Poison.Fallback>> stated = daemon.stated(DaemonKeys.POISON_THEN);
        if (stated != null
                && then.contains(Poison.Fallback.CHECKPOINT)
                && !daemon.isUnread(DaemonKeys.CHECKPOINTS)
                && daemon.value(DaemonKeys.CHECKPOINTS) == 0) {
            problems.add(stated, "no checkpoint to fall back to", "`checkpoints` of 1 or more beside it", "");
        }
        return new Poison(daemon.value(DaemonKeys.POISON_CRASHES), then);
    }

    static @Nullable List<Poison.Fallback> then(YamlNode node, String path, Problems problems) {
        List<Located<String>> words =
                ValueReaders.texts("a list of `checkpoint`, `empty` or both", 1).read(node, path, problems);
        if (words == null) {
            return null;
        }
        List<Poison.Fallback> then = new ArrayList<>();
        boolean right = true;
        for (Located<String> word : words) {
            Poison.Fallback named = named(word.value());
            if (named == null) {
                problems.add(
                        word,
                        Problems.quoted(word.value()),
                        "`checkpoint` or `empty`",
                        Suggestion.didYouMean(Suggestion.near(word.value(), WORDS)));
                right = false;
            } else if (then.contains(named)) {
                problems.add(word, "`" + word.value() + "` a second time", "it once", "");
                right = false;
            } else {
                then.add(named);
            }
        }
        return right ? then : null;
    }

    private static Poison.@Nullable Fallback named(String word) {
        for (Poison.Fallback fallback : Poison.Fallback.values()) {
            if (fallback.text().equals(word)) {
                return fallback;
            }
        }
        return null;
    }
}
