package io.coppice.ops.hosted;

import io.coppice.supervisor.plan.Isolation;
import java.util.List;

/** Pieces of a manifest that a command writes. Pure. */
public final class ManifestText {
    private ManifestText() {}

    /** Its beginning: whose it is, and what keeps its workers from touching each other. */
    public static String beginning(String instance, Isolation isolation) {
        return "instance: " + quoted(instance) + "\nisolation: " + isolation.text() + "\n";
    }

    /** The end of a daemon's entry: it comes back however it ends, as often as it takes; and its arguments. */
    public static String endless(List<String> args) {
        StringBuilder text = new StringBuilder("    restart: always\n    max_restarts: unlimited\n    backoff: none\n");
        text.append("    args:\n");
        args.forEach(arg -> text.append("      - ").append(quoted(arg)).append('\n'));
        return text.toString();
    }

    /** A double-quoted YAML scalar that means exactly this text, also one with a {@code $} in it. */
    public static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '$' -> quoted.append("$$");
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                default -> {
                    if (c >= ' ' && c < 0x7f) {
                        quoted.append((char) c);
                    } else {
                        quoted.append(String.format("\\U%08x", c));
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }
}
