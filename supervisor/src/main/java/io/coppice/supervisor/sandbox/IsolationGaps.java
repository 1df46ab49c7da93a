package io.coppice.supervisor.sandbox;

import io.coppice.supervisor.os.KernelGap;
import io.coppice.supervisor.os.Restriction;
import io.coppice.supervisor.plan.Isolation;
import java.util.Set;

/** What this kernel leaves open of a way to isolate workers. Any thread; some system calls, the first time a millisecond. */
public final class IsolationGaps {
    private IsolationGaps() {}

    /** Empty where it enforces all that there is. */
    public static Set<KernelGap> of(Isolation isolation) {
        return switch (isolation) {
            case MAPPING -> Set.of();
            case USER -> Restriction.IN_GROUP.gaps();
            case SANDBOX -> WorkerRules.gaps();
        };
    }
}
