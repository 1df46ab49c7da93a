package io.coppice.supervisor.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether work waits for the CPU here, by the kernel's pressure stall information: of this process's control group, which knows of its
 * quota, and of the machine. A kernel without it (before 4.20, or switched off) tells nothing, which counts as no pressure.
 *
 * <p>Any thread. Reads files of the kernel, which do not block.
 */
public final class CpuPressure {
    /**
     * Percent of the last ten seconds in which something was ready to run and had to wait. A machine that is well used shows 20 to 50;
     * above this, what starts takes from what runs.
     */
    static final int STARVED_PERCENT = 80;

    /** {@code COPPICE_ROOT_OPTIONS=-Dcoppice.refill.starved.percent=100} has a root of tests not wait for the tests beside it. */
    static final String STARVED_PROPERTY = "coppice.refill.starved.percent";

    private final List<Path> files;
    private final int starvedPercent;

    private CpuPressure(List<Path> files, int starvedPercent) {
        this.files = files;
        this.starvedPercent = starvedPercent;
    }

    /** Of this machine and this process. */
    public static CpuPressure ofThisProcess() {
        List<Path> files = new ArrayList<>();
        files.add(Path.of("/proc/pressure/cpu"));
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
                if (line.startsWith("0::/")) {
                    files.add(Path.of("/sys/fs/cgroup", line.substring(3), "cpu.pressure"));
                }
            }
        } catch (IOException e) {
            // Without control groups the machine's is all there is.
        }
        return new CpuPressure(files, Integer.getInteger(STARVED_PROPERTY, STARVED_PERCENT));
    }

    /** @param starvedPercent from 0 to 100, which is never exceeded */
    static CpuPressure of(List<Path> files, int starvedPercent) {
        return new CpuPressure(List.copyOf(files), starvedPercent);
    }

    /** Whether what is started now would take from what runs. Allocates. */
    public boolean isStarved() {
        for (Path file : files) {
            if (someOfLastTenSeconds(file) > starvedPercent) {
                return true;
            }
        }
        return false;
    }

    private static double someOfLastTenSeconds(Path file) {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith("some avg10=")) {
                    int end = line.indexOf(' ', "some avg10=".length());
                    return Double.parseDouble(line.substring("some avg10=".length(), end < 0 ? line.length() : end));
                }
            }
            return 0;
        } catch (IOException | NumberFormatException e) {
            return 0; // Not told: EOPNOTSUPP where it is switched off, ENOENT where it is not built in.
        }
    }
}
