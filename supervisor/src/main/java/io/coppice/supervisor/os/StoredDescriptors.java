package io.coppice.supervisor.os;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Descriptors that the service manager kept for a process that came before, by the protocol of sd_listen_fds(3): LISTEN_PID is ours,
 * LISTEN_FDS says how many there are, from descriptor 3 on, and LISTEN_FDNAMES how they are called.
 */
public final class StoredDescriptors {
    private static final int FIRST = 3;
    private static final int MOST = 4096;

    private StoredDescriptors() {}

    /** By name; of several of one name the first, and the others are closed. Empty if there are none, or they are not meant for us. */
    public static Map<String, Integer> fromEnvironment() {
        return of(
                System.getenv("LISTEN_PID"),
                System.getenv("LISTEN_FDS"),
                System.getenv("LISTEN_FDNAMES"),
                ProcessHandle.current().pid());
    }

    static Map<String, Integer> of(@Nullable String pid, @Nullable String count, @Nullable String names, long ownPid) {
        Map<String, Integer> stored = new HashMap<>();
        if (count == null
                || !count.matches("[0-9]{1,4}")
                || !String.valueOf(ownPid).equals(pid)) {
            return stored;
        }
        String[] words = names == null ? new String[0] : names.split(":", -1);
        for (int i = 0; i < Math.min(Integer.parseInt(count), MOST); i++) {
            if (i >= words.length || stored.putIfAbsent(words[i], FIRST + i) != null) {
                Fds.close(FIRST + i);
            }
        }
        return stored;
    }
}
