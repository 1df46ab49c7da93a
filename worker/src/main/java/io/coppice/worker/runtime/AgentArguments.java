package io.coppice.worker.runtime;

import io.coppice.worker.jvm.OwnPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the root's command line gives the agent.
 *
 * <pre>
 *  lib=JAR,… instance=I,name=N,segment=FILE,lock=FILE,heartbeat-ms=T[,pool=GLOB]…[,tcp=HOST:PORT][,http=HOST:PORT/PATH]
 * </pre>
 *
 * In a value {@code %2C} is a comma and {@code %25} a per cent sign.
 *
 * @param heartbeatMs how long it may be silent, 1 or more
 * @param pools globs of thread names, each of them a pool's
 * @param ports of its own, which must answer
 */
record AgentArguments(
        String instance,
        String name,
        Path segment,
        Path lock,
        long heartbeatMs,
        List<String> pools,
        List<OwnPort> ports) {

    AgentArguments {
        pools = List.copyOf(pools);
        ports = List.copyOf(ports);
    }

    /**
     * @throws IllegalArgumentException naming the argument at fault
     */
    static AgentArguments parse(String text) {
        Draft draft = new Draft();
        for (String argument : text.split(",", -1)) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("agent argument '" + argument + "': expected key=value");
            }
            draft.take(
                    argument.substring(0, equals),
                    argument.substring(equals + 1).replace("%2C", ",").replace("%25", "%"));
        }
        return new AgentArguments(
                given("instance", draft.instance),
                given("name", draft.name),
                Path.of(given("segment", draft.segment)),
                Path.of(given("lock", draft.lock)),
                number(given("heartbeat-ms", draft.heartbeatMs)),
                draft.pools,
                draft.ports.stream()
                        .map(port -> OwnPort.of(port, number(given("heartbeat-ms", draft.heartbeatMs))))
                        .toList());
    }

    private static String given(String key, @Nullable String value) {
        if (value == null) {
            throw new IllegalArgumentException("agent argument " + key + ": missing");
        }
        return value;
    }

    private static long number(String value) {
        try {
            long number = Long.parseLong(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("agent argument heartbeat-ms=" + value + ": expected a number", e);
        }
        throw new IllegalArgumentException("agent argument heartbeat-ms=" + value + ": expected 1 or more");
    }

    private static final class Draft {
        private @Nullable String instance;
        private @Nullable String name;
        private @Nullable String segment;
        private @Nullable String lock;
        private @Nullable String heartbeatMs;
        private final List<String> pools = new ArrayList<>();
        private final List<String> ports = new ArrayList<>();

        void take(String key, String value) {
            switch (key) {
                case "lib" -> {} // Told to who has loaded this.
                case "instance" -> instance = value;
                case "name" -> name = value;
                case "segment" -> segment = value;
                case "lock" -> lock = value;
                case "heartbeat-ms" -> heartbeatMs = value;
                case "pool" -> pools.add(value);
                case "tcp", "http" -> ports.add(value);
                default -> throw new IllegalArgumentException("agent argument " + key + ": unknown");
            }
        }
    }
}
