package io.coppice.ops.demo.thumbnails;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.Isolation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class ThumbnailsManifestTest {
    @Test
    void shouldBeReadAsItIsMeantWhateverThePathsAre() {
        String odd = "/tmp/a \"b\" \\ : #{[é\t\uD83C\uDF32";
        String text = ThumbnailsManifest.text(
                "demo-2", Isolation.USER, List.of(Path.of(odd)), 7, Path.of(odd), Path.of("/to"));

        Map<?, ?> manifest = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(text);
        Map<?, ?> daemon = (Map<?, ?>) ((Map<?, ?>) manifest.get("daemons")).get("thumbs");

        assertEquals("demo-2", manifest.get("instance"));
        assertEquals("user", manifest.get("isolation"));
        assertEquals(List.of(odd), daemon.get("classpath"));
        assertEquals(List.of("--from", odd, "--to", "/to", "--edge", "160"), daemon.get("args"));
        assertEquals(7, ((Map<?, ?>) daemon.get("transactions")).get("quarantine"));
        assertTrue(text.chars().allMatch(c -> c < 0x7f), "ASCII whatever the locale");
    }
}
