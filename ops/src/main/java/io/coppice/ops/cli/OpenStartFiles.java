package io.coppice.ops.cli;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.SlotName;
import io.coppice.supervisor.sandbox.StartFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a reload brings to start from, and processes in sandboxes can change that it leaves running: the rules of a process are those of its start.
 * Looks at files, and may block.
 */
final class OpenStartFiles {
    private static final int MOST_FILES = 5;

    private OpenStartFiles() {}

    /** Warnings for people; none where there is nothing to say. */
    static List<String> warnings(Plan present, Plan next, PlanChange change) {
        List<String> left = change.leftRunning();
        List<String> open = next.children().stream()
                .filter(ChildPlan::restricted)
                .map(child -> SlotName.isSlot(child.name()) ? child.daemon() : child.name())
                .filter(left::contains)
                .distinct()
                .toList();
        if (open.isEmpty()) {
            return List.of();
        }
        try {
            // What the root itself starts from has been kept from them, too, and the prober brings nothing but that.
            List<Path> added = StartFiles.of(next, List.of()).beyond(StartFiles.of(present, StartFiles.own()));
            return added.isEmpty() ? List.of() : List.of(text(added, open));
        } catch (IOException e) {
            return List.of("warning: what is started from now cannot be told: " + e.getMessage());
        }
    }

    private static String text(List<Path> added, List<String> open) {
        String files = added.stream().limit(MOST_FILES).map(Path::toString).collect(Collectors.joining(", "));
        int more = added.size() - MOST_FILES;
        return "warning: started from now on, and to be changed by processes in sandboxes that were started before: "
                + files
                + (more > 0 ? " and " + more + " more" : "")
                + ".\n  They are kept from it once they are started anew: `coppice restart " + String.join(" ", open)
                + "`.";
    }
}
