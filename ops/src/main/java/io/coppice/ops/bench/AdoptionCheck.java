package io.coppice.ops.bench;

import io.coppice.state.root.RootSnapshot;
import io.coppice.state.root.RootSnapshot.ChildInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Whether a root that adopted has the very processes of the one before it, with their counts, and they live. */
final class AdoptionCheck {
    private AdoptionCheck() {}

    /** Each difference in words; none if all is as it must be. */
    static List<String> differences(RootSnapshot before, RootSnapshot after, Predicate<ChildInfo> lives) {
        List<String> wrong = new ArrayList<>();
        if (after.children().size() != before.children().size()) {
            wrong.add(
                    (after.children().size() == 1 ? "1 child" : after.children().size() + " children") + ", before "
                            + before.children().size());
        }
        for (ChildInfo then : before.children()) {
            Optional<ChildInfo> now = after.child(then.name());
            if (now.isEmpty()) {
                wrong.add(then.name() + " is not on record any more");
            } else if (!identity(now.get()).equals(identity(then))) {
                wrong.add(then.name() + ": " + identity(now.get()) + ", before " + identity(then));
            } else if (!lives.test(now.get())) {
                wrong.add(then.name() + ": " + identity(then) + " does not live");
            }
        }
        return wrong;
    }

    private static String identity(ChildInfo child) {
        return "pid " + child.pid() + " started at " + child.startTicks() + ", incarnation " + child.incarnation()
                + ", restarts " + child.restarts();
    }
}
