package io.coppice.supervisor.plan;

import java.util.List;

/** Children of tests, which execute {@code x} where they do not say what. */
public final class ChildPlans {
    private ChildPlans() {}

    /** A plain command. */
    public static ChildPlanBuilder command(String name) {
        return new ChildPlanBuilder(name, ChildPlan.Kind.COMMAND).argv(List.of("x"));
    }

    /** A daemon with a mebibyte of state, which may be silent for a minute. */
    public static ChildPlanBuilder daemon(String name) {
        return new ChildPlanBuilder(name, ChildPlan.Kind.DAEMON)
                .argv(List.of("x"))
                .stateBytes(1 << 20)
                .heartbeatTimeoutMs(60_000);
    }

    /** A slot of that daemon's transactions, each of which has half a minute and is tried again three times. */
    public static ChildPlanBuilder slot(String daemon, int slot) {
        return new ChildPlanBuilder(SlotName.of(daemon, slot), ChildPlan.Kind.TRANSACTION)
                .argv(List.of("x"))
                .stateBytes(1 << 20)
                .maxRestarts(3)
                .dependsOn(List.of(new Dependency(daemon, Dependency.Condition.STARTED)))
                .timeoutMs(30_000);
    }

    /** One that serves the others. */
    public static ChildPlanBuilder auxiliary(String name) {
        return new ChildPlanBuilder(name, ChildPlan.Kind.AUXILIARY)
                .argv(List.of("x"))
                .restart(RestartPolicy.ALWAYS);
    }
}
