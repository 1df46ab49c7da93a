package io.coppice.supervisor.root;

import io.coppice.state.root.RequestOrder;
import io.coppice.supervisor.core.SupervisorState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a root begins: from its plan, or where a root that died had left off.
 *
 * @param state the core's, before its first event
 * @param recorded by child index; null for a child that is not gone on with
 * @param samePids whether the pids on record are numbers in our own pid namespace; else they name nobody here
 * @param orders by child index, the last that was given to a daemon about its transactions, whoever gave it; null if none was
 */
record StartingPoint(
        SupervisorState state,
        List<@Nullable RecordedChild> recorded,
        boolean samePids,
        List<@Nullable RequestOrder> orders) {}
