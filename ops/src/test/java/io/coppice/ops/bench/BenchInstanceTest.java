package io.coppice.ops.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BenchInstanceTest {
    /** A checkout may lie anywhere: a quote would end the text, and a variable's name would become its value. */
    @Test
    void shouldNameItsClassesAlsoByAnOddPath() {
        String manifest = BenchInstance.manifestOf(4, Path.of("/a \"b\" \\c/$HOME/x y.jar"));
        assertTrue(manifest.contains("classpath: [\"/a \\\"b\\\" \\\\c/$$HOME/x y.jar\"], jvm:"), manifest);
    }
}
