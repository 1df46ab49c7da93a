package io.coppice.ops.system.daemons;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where an attacker is, and whom it can get at: told by the test in a file {@code told/facts} of lines {@code NAME=VALUE}, once all are there.
 *
 * @param home the directory of all instances
 * @param facts of whom there is a process, its pid, by name; and what else the test has made or found, by the names here
 */
record Scene(Path home, Path instance, Map<String, String> facts) {
    /** A daemon that runs, and that the attacker may read. */
    static final String PEER = "peer";

    /** One that has been stopped, and that the attacker may not read. */
    static final String IDLE = "idle";

    static final String ROOT = "root";

    /** Where a second /proc is mounted. */
    static final String PROC = "proc";

    /** A terminal of the user who runs the root. */
    static final String TERMINAL = "terminal";

    /** The program {@code coppice}. */
    static final String LAUNCHER = "launcher";

    /** The number of a piece of shared memory of the user who runs the root, his alone. */
    static final String MEMORY = "memory";

    static Scene read(Path home, Path told) throws IOException {
        Map<String, String> facts = new TreeMap<>();
        for (String line : Files.readAllLines(told.resolve("facts"))) {
            String[] parts = line.split("=", 2);
            facts.put(parts[0], parts[1]);
        }
        return new Scene(home, home.resolve("shop"), facts);
    }

    int pid(String who) {
        return Integer.parseInt(Objects.requireNonNull(facts.get(who), who));
    }

    /** Empty for what is not here. */
    Optional<Path> place(String what) {
        return Optional.ofNullable(facts.get(what)).map(Path::of);
    }

    Path segment(String who) {
        return instance.resolve(who + ".seg");
    }
}
