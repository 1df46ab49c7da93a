package io.coppice.supervisor.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArchivePlaceTest {
    private static final Path HOME = Path.of("/home/ann");

    private static String place(Map<String, String> environment, long uid) {
        return ArchivePlace.of(environment, uid, HOME).directory().toString();
    }

    @Test
    void shouldGoByWhatTheUserTheServiceManagerOrTheSystemSays() {
        assertEquals("/home/ann/.cache/coppice", place(Map.of(), 1000));
        assertEquals("/home/ann/.cache/coppice", place(Map.of("XDG_CACHE_HOME", "relative"), 1000));
        assertEquals("/fast/coppice", place(Map.of("XDG_CACHE_HOME", "/fast"), 1000));
        assertEquals("/var/cache/coppice", place(Map.of("XDG_CACHE_HOME", "/fast"), 0));
        Map<String, String> service = Map.of("CACHE_DIRECTORY", "/var/cache/shop:/other", "XDG_CACHE_HOME", "/fast");
        assertEquals("/var/cache/shop", place(service, 1000));
        assertEquals("/var/cache/shop", place(service, 0));
        assertEquals("/t/.archives", place(Map.of("COPPICE_HOME_DIR", "/t/x/..", "CACHE_DIRECTORY", "/c"), 0));
    }
}
