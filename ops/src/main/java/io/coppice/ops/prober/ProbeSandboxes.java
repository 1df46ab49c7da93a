package io.coppice.ops.prober;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.state.OwnerFiles;
import io.coppice.supervisor.os.Restricting;
import io.coppice.supervisor.os.Restriction;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.sandbox.Outside;
import io.coppice.supervisor.sandbox.StartFiles;
import io.coppice.supervisor.sandbox.WorkerRules;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The sandboxes of programs that look at children which are in one: what such a program reads, its child may have written. So it may do to
 * files what that may, and read the child's log; and it reaches others, by signals too, since it is to see whether a process is there.
 *
 * <p>{@link #follow} and {@link #of} on one thread; what {@code of} gives on any.
 */
final class ProbeSandboxes {
    private final InstanceDirectory instance;
    private final Path archives;
    private final long uid;
    private @Nullable Plan latest;

    /** What rules are made of at the next look, whatever plan the look was made by. */
    private volatile StartFiles started = StartFiles.NONE;

    /**
     * Makes nothing yet.
     *
     * @param archives the directory of archives
     * @param uid of this process
     */
    ProbeSandboxes(InstanceDirectory instance, Path archives, long uid) {
        this.instance = instance;
        this.archives = archives;
        this.uid = uid;
    }

    /** The plan that is in force now. Cheap if it is the same object as before; looks at no file. */
    void follow(Plan plan) {
        if (plan != latest) {
            latest = plan;
            started = StartFiles.of(plan, StartFiles.own());
        }
    }

    /** What a program may that looks at the child, to be asked for at each look anew; null if the child is in no sandbox. */
    @Nullable
    Restricting of(ChildPlan child) {
        Plan plan = latest;
        if (!child.restricted() || plan == null) {
            return null;
        }
        Path segments = Path.of(plan.segmentDirectory());
        return () -> restriction(child, segments);
    }

    private Restriction restriction(ChildPlan child, Path segments) throws IOException {
        WorkerRules rules = new WorkerRules().readable(instance.log(child.name()));
        if (child.kind().hasSegment()) {
            rules.ownDirectory(OwnerFiles.directory(segments, child.name())).readable(instance.rootSegment());
        }
        return rules.reaching(Outside.ofInstances(instance.path(), segments, archives, started, uid));
    }
}
