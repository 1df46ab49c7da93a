package io.coppice.supervisor.archive;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where the archives of a user's instances are.
 *
 * @param directory absolute
 * @param why one clause that says why it is there
 */
public record ArchivePlace(Path directory, String why) {
    /** The base directory of instances, where somebody has chosen one: its archives go with it, in no instance's place. */
    private static final String BASE_VARIABLE = "COPPICE_HOME_DIR";

    private static final String BELOW_BASE = ".archives";
    private static final String OURS = "coppice";

    /** Of this process's user. */
    public static ArchivePlace ofThis(long uid) {
        String home = System.getenv().getOrDefault("HOME", "");
        return of(System.getenv(), uid, Path.of(home.startsWith("/") ? home : System.getProperty("user.home", "/")));
    }

    /**
     * Of whoever has these variables.
     *
     * @param home the user's home directory
     */
    public static ArchivePlace of(Map<String, String> environment, long uid, Path home) {
        String base = environment.getOrDefault(BASE_VARIABLE, "");
        if (!base.isEmpty()) {
            return new ArchivePlace(
                    Path.of(base).toAbsolutePath().normalize().resolve(BELOW_BASE), BASE_VARIABLE + " says so");
        }
        // systemd gives a list, of one here.
        String service = environment.getOrDefault("CACHE_DIRECTORY", "").split(":", 2)[0];
        if (service.startsWith("/")) {
            return new ArchivePlace(Path.of(service), "CACHE_DIRECTORY says so");
        }
        if (uid == 0) {
            return new ArchivePlace(Path.of("/var/cache", OURS), "the user is root");
        }
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        return cache.startsWith("/")
                ? new ArchivePlace(Path.of(cache, OURS), "XDG_CACHE_HOME says so")
                : new ArchivePlace(home.resolve(".cache").resolve(OURS), "the user's own");
    }
}
