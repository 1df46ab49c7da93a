package io.coppice.supervisor.limits;

import io.coppice.supervisor.plan.Limits;

/** What of a process the kernel limits in a control group. */
public enum Controller {
    MEMORY("memory", "memory"),
    CPU("cpu", "cpu"),
    /** Processes and threads. */
    TASKS("tasks", "pids");

    private final String key;
    private final String kernelName;

    Controller(String key, String kernelName) {
        this.key = key;
        this.kernelName = kernelName;
    }

    /** The manifest's word. */
    public String key() {
        return key;
    }

    /** The kernel's word. */
    String kernelName() {
        return kernelName;
    }

    /** The limit that it enforces, in the unit of {@link Limits}; 0 for none. */
    public long of(Limits limits) {
        return switch (this) {
            case MEMORY -> limits.memoryBytes();
            case CPU -> limits.cpuThousandths();
            case TASKS -> limits.tasks();
        };
    }
}
