package io.coppice.ops.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.supervisor.plan.Isolation;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class DemoManifestTest {
    @Test
    void shouldBeReadAsItIsMeantWhateverThePathsAre() {
        String odd = "/tmp/a \"b\" \\ : #{[é\t\uD83C\uDF32";
        String text = DemoManifest.text(
                "demo-2",
                Isolation.USER,
                "com.example.Main",
                List.of(Path.of(odd)),
                "16MiB",
                "24MiB",
                2,
                List.of("--input", odd));

        Object manifest = new Load(LoadSettings.builder().build()).loadFromString(text);

        assertEquals(
                java.util.Map.of(
                        "instance",
                        "demo-2",
                        "isolation",
                        "user",
                        "daemons",
                        java.util.Map.of(
                                "words",
                                java.util.Map.of(
                                        "main", "com.example.Main",
                                        "classpath", List.of(odd),
                                        "jvm", java.util.Map.of("heap", "16MiB"),
                                        "state", "24MiB",
                                        "standby", 2,
                                        "restart", "always",
                                        "max_restarts", "unlimited",
                                        "backoff", "none",
                                        "args", List.of("--input", odd)))),
                manifest);
        assertTrue(text.chars().allMatch(c -> c < 0x7f), "ASCII whatever the locale");
    }
}
