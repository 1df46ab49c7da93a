package io.coppice.supervisor.limits;

import io.coppice.supervisor.plan.ChildPlan;

/** By what a declared limit is enforced. {@link #word} is what {@code status --json} says. */
public enum Enforcement {
    /** A control group of version 2. */
    CGROUP2("cgroup2"),
    /** A control group of version 1. */
    CGROUP1("cgroup1"),
    /** By what each process may take by itself: it holds for one process, and not for all together. */
    RLIMIT("rlimit"),
    /** By nothing. */
    NONE("none");

    private final String word;

    Enforcement(String word) {
        this.word = word;
    }

    /** The word for tools. */
    public String word() {
        return word;
    }

    /** Whether it holds for the process and all that comes of it. */
    public boolean isWhole() {
        return this == CGROUP2 || this == CGROUP1;
    }

    /**
     * How a limit of a child is enforced where no control group does it. Memory of a plain command by what each of its processes may
     * have of private data; that of a JVM of ours not at all: it would be refused memory at any instant, which it takes for a fault. The
     * number of tasks that the kernel limits without a group is that of all processes of a user, whoever started them.
     */
    static Enforcement withoutGroup(Controller controller, ChildPlan.Kind kind) {
        return controller == Controller.MEMORY && kind == ChildPlan.Kind.COMMAND ? RLIMIT : NONE;
    }
}
