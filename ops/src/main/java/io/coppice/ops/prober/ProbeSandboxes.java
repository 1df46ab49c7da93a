package io.coppice.ops.prober;

import io.coppice.ops.view.InstanceDirectory;
import io.coppice.state.OwnerFiles;
import io.coppice.supervisor.os.LandlockRuleset.Rule;
import io.coppice.supervisor.os.Restricting;
import io.coppice.supervisor.os.Restriction;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.sandbox.Outside;
import io.coppice.supervisor.sandbox.StartFiles;
import io.coppice.supervisor.sandbox.WorkerRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sandboxes of programs that look at children which are in one: what such a program reads, its child may have written. So it may do to
 * files what that may, and read the child's log; and it reaches others, by signals too, since it is to see whether a process is there.
 *
 * <p>What they have in common, the rules of everything outside, is made for all of them, by one at a time, and used for some seconds: it takes
 * a walk through directories. {@link #follow} and {@link #of} on one thread; what {@code of} gives on any.
 */
final class ProbeSandboxes {
    /** What is made beside what is listed has no rule for so long, and cannot be used. */
    private static final long USED_NS = 5_000_000_000L;

    private final InstanceDirectory instance;
    private final Path archives;
    private final long uid;
    private @Nullable Plan latest;

    /** What rules are made of at the next look, whatever plan the look was made by. */
    private volatile StartFiles started = StartFiles.NONE;

    // Of the last rules that were made; in a monitor.
    private List<Rule> outside = List.of();
    private @Nullable Exception failure;
    private @Nullable StartFiles madeOf;
    private long madeNs;

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

    /**
     * What a program may that looks at the child, to be asked for at each look anew; null if the child is in no sandbox.
     *
     * @param spawnedAtNs when the process was started that is looked at, by {@link System#nanoTime}: what it could reach then, its probe can
     */
    @Nullable
    Restricting of(ChildPlan child, long spawnedAtNs) {
        Plan plan = latest;
        if (!child.restricted() || plan == null) {
            return null;
        }
        Path segments = Path.of(plan.segmentDirectory());
        return () -> restriction(child, segments, spawnedAtNs);
    }

    private Restriction restriction(ChildPlan child, Path segments, long spawnedAtNs) throws IOException {
        WorkerRules rules = new WorkerRules().readable(instance.log(child.name()));
        if (child.kind().hasSegment()) {
            rules.ownDirectory(OwnerFiles.directory(segments, child.name())).readable(instance.rootSegment());
        }
        return rules.reaching(outside(segments, spawnedAtNs));
    }

    private synchronized List<Rule> outside(Path segments, long sinceNs) throws IOException {
        StartFiles now = started;
        long nowNs = System.nanoTime();
        if (madeOf != now || nowNs - madeNs > USED_NS || madeNs - sinceNs < 0) {
            madeOf = now;
            madeNs = nowNs;
            outside = List.of();
            failure = null;
            try {
                outside = List.copyOf(Outside.ofInstances(instance.path(), segments, archives, now, uid)
                        .rules());
            } catch (IOException | RuntimeException e) {
                failure = e; // For the looks of the next seconds, too: a walk that fails may have been long.
            }
        }
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
        return outside;
    }
}
