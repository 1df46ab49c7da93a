package io.coppice.supervisor.plan;

/**
 * What a child's process, with all that comes of it, may take at most. Pure.
 *
 * @param memoryBytes its whole memory, {@link #MIN_MEMORY_BYTES} to {@link #MAX_MEMORY_BYTES}; 0 for no limit, and so of the others
 * @param cpuThousandths thousandths of a processor, {@link #MIN_CPU_THOUSANDTHS} to {@link #MAX_CPU_THOUSANDTHS}
 * @param tasks processes and threads together, 1 to {@link #MAX_TASKS}
 */
public record Limits(long memoryBytes, long cpuThousandths, long tasks) {
    /** No limit at all. */
    public static final Limits NONE = new Limits(0, 0, 0);

    /** Below it not even a shell starts. */
    public static final long MIN_MEMORY_BYTES = 1L << 20;

    /** 16 TiB. */
    public static final long MAX_MEMORY_BYTES = 1L << 44;

    /** The kernel takes no quota below a millisecond, of a period of a tenth of a second. */
    public static final long MIN_CPU_THOUSANDTHS = 10;

    public static final long MAX_CPU_THOUSANDTHS = 1_000_000;

    /** As many as the kernel has numbers for. */
    public static final long MAX_TASKS = 4_194_304;

    public Limits {
        if (memoryBytes != 0) {
            PlanBounds.requireBetween("memory limit", memoryBytes, MIN_MEMORY_BYTES, MAX_MEMORY_BYTES);
        }
        if (cpuThousandths != 0) {
            PlanBounds.requireBetween(
                    "cpu limit (thousandths)", cpuThousandths, MIN_CPU_THOUSANDTHS, MAX_CPU_THOUSANDTHS);
        }
        PlanBounds.requireBetween("tasks limit", tasks, 0, MAX_TASKS);
    }

    public boolean isNone() {
        return memoryBytes == 0 && cpuThousandths == 0 && tasks == 0;
    }

    /** As the plan's text has them. */
    String text() {
        return memoryBytes + " " + cpuThousandths + " " + tasks;
    }
}
