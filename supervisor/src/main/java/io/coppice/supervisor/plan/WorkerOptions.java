package io.coppice.supervisor.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line of a worker of ours tells it: pairs of an option and its value, after the name of the worker's class, up to
 * {@code --}, behind which is what the manifest says. A program under the agent has none, whatever its own arguments look like. Pure.
 */
public final class WorkerOptions {
    /** The JVM's option before the class path of a worker. */
    public static final String CLASS_PATH = "-cp";

    /** The class that such a command line names. */
    public static final String MAIN_CLASS = "io.coppice.worker.runtime.WorkerMain";

    /** The class that a transaction's command line names. What it runs it is told later. */
    public static final String TRANSACTION_MAIN_CLASS = "io.coppice.worker.runtime.TransactionMain";

    private WorkerOptions() {}

    /** Where the first option is; {@link #end} if there is none. */
    static int begin(List<String> argv) {
        int main = 0;
        while (main < argv.size()
                && !argv.get(main).equals(MAIN_CLASS)
                && !argv.get(main).equals(TRANSACTION_MAIN_CLASS)) {
            main++;
        }
        return Math.min(argv.size(), main + 1);
    }

    /** Where the options are over. */
    static int end(List<String> argv) {
        int begin = begin(argv);
        int at = begin;
        while (at + 1 < argv.size() && !argv.get(at).equals("--")) {
            at += 2;
        }
        return at;
    }

    /**
     * The value of the first such option.
     *
     * @param argv with a {@link StartPrefix} or without
     * @return null if it is not there, or this is no worker's command line
     */
    public static @Nullable String value(List<String> argv, String option) {
        List<String> values = values(argv, option);
        return values.isEmpty() ? null : values.get(0);
    }

    /** The values of all such options, in their order; as {@link #value} else. */
    public static List<String> values(List<String> argv, String option) {
        List<String> values = new ArrayList<>();
        int main = argv.indexOf(MAIN_CLASS);
        for (int i = main + 1; main >= 0 && i + 1 < argv.size() && !argv.get(i).equals("--"); i += 2) {
            if (argv.get(i).equals(option)) {
                values.add(argv.get(i + 1));
            }
        }
        return values;
    }
}
