package io.coppice.state.root;

/**
 * Who asked for a change by the control socket, in the kernel's words.
 *
 * @param uid the user that the process had when it connected, 0 or more
 * @param pid that process; its number may be another's by now. 0 when it is in a pid namespace out of the root's sight
 */
public record Asker(long uid, long pid) {
    /** Checks the numbers. */
    public Asker {
        if (uid < 0 || pid < 0) {
            throw new IllegalArgumentException("user " + uid + ", pid " + pid + "; neither is less than 0.");
        }
    }
}
