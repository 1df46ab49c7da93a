package io.coppice.ops.system.daemons;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Where an attacker is, and whom it can get at: told by the test in a file {@code told/facts} of lines {@code NAME=VALUE}, once all are there.
 *
 * @param home the directory of all instances
 * @param pids of whom there is a process, by name
 */
record Scene(Path home, Path instance, Map<String, Integer> pids) {
    /** A daemon that runs, and that the attacker may read. */
    static final String PEER = "peer";

    /** One that has been stopped, and that the attacker may not read. */
    static final String IDLE = "idle";

    static final String ROOT = "root";

    static Scene read(Path home, Path told) throws IOException {
        Map<String, Integer> pids = new TreeMap<>();
        for (String line : Files.readAllLines(told.resolve("facts"))) {
            String[] parts = line.split("=", 2);
            pids.put(parts[0], Integer.valueOf(parts[1]));
        }
        return new Scene(home, home.resolve("shop"), pids);
    }

    int pid(String who) {
        return Objects.requireNonNull(pids.get(who), who);
    }

    Path segment(String who) {
        return instance.resolve(who + ".seg");
    }
}
