package io.coppice.worker.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The command line the root gives a worker.
 *
 * <pre>
 *  --instance I --name N --segment FILE --lock FILE --main CLASS --heartbeat-timeout-ms T [--peer NAME=FILE]… -- USERARGS…
 * </pre>
 *
 * @param heartbeatTimeoutMs zero for none
 * @param peers the segments of the daemons this one may read, by name, in the order given
 * @param userArgs what the manifest says in {@code args}
 */
record WorkerArguments(
        String instance,
        String name,
        Path segment,
        Path lock,
        String mainClass,
        long heartbeatTimeoutMs,
        Map<String, Path> peers,
        List<String> userArgs) {

    WorkerArguments {
        peers = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(peers));
        userArgs = List.copyOf(userArgs);
    }

    /**
     * @throws IllegalArgumentException naming the argument at fault
     */
    static WorkerArguments parse(String[] args) {
        Map<String, String> options = new LinkedHashMap<>();
        Map<String, Path> peers = new LinkedHashMap<>();
        int at = 0;
        while (at < args.length && !args[at].equals("--")) {
            String option = args[at];
            if (at + 1 == args.length) {
                throw new IllegalArgumentException(option + ": expected a value after it");
            }
            String value = args[at + 1];
            if (option.equals("--peer")) {
                int equals = value.indexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException("--peer " + value + ": expected NAME=FILE");
                }
                peers.put(value.substring(0, equals), Path.of(value.substring(equals + 1)));
            } else if (!OPTIONS.contains(option)) {
                throw new IllegalArgumentException(option + ": unknown; expected one of " + OPTIONS + ", --peer");
            } else if (options.put(option, value) != null) {
                throw new IllegalArgumentException(option + ": given twice");
            }
            at += 2;
        }
        List<String> userArgs = new ArrayList<>();
        for (int i = at + 1; i < args.length; i++) {
            userArgs.add(args[i]);
        }
        return new WorkerArguments(
                required(options, "--instance"),
                required(options, "--name"),
                Path.of(required(options, "--segment")),
                Path.of(required(options, "--lock")),
                required(options, "--main"),
                milliseconds(required(options, "--heartbeat-timeout-ms")),
                peers,
                userArgs);
    }

    private static final List<String> OPTIONS =
            List.of("--instance", "--name", "--segment", "--lock", "--main", "--heartbeat-timeout-ms");

    private static String required(Map<String, String> options, String option) {
        @Nullable String value = options.get(option);
        if (value == null) {
            throw new IllegalArgumentException(option + ": missing");
        }
        return value;
    }

    private static long milliseconds(String text) {
        long ms;
        try {
            ms = Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "--heartbeat-timeout-ms " + text + ": expected a number of milliseconds", e);
        }
        if (ms < 0 || ms > Long.MAX_VALUE / 1_000_000) {
            throw new IllegalArgumentException("--heartbeat-timeout-ms " + text + ": expected zero or more");
        }
        return ms;
    }
}
