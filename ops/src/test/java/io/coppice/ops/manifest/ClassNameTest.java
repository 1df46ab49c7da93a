package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassNameTest {
    private final Problems problems = new Problems("shop.yaml");

    @ParameterizedTest
    @ValueSource(strings = {"Ingest", "com.example.Ingest", "a.Outer$Inner", "a._1", "a.Zähler", "a.\ud835\udc9e"})
    void shouldTakeABinaryName(String name) {
        assertEquals(name, read(name, true));
        assertTrue(problems.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"..a.Good", "a..b", "a.", "a/b", "/etc/passwd", "a b", "a.Good.class", "Good.java", "1a", "3"})
    void shouldRefuseWhatIsNone(String name) {
        assertNull(read(name, false));
        assertTrue(problems.inFileOrder().get(0).message().contains("` is not the name of a class, expected "));
    }

    /** {@code true} would be a Java identifier as far as its letters go. */
    @ParameterizedTest
    @ValueSource(strings = {"3", "1e9", "true", "False"})
    void shouldRefuseANumberOrABoolean(String text) {
        assertNull(read(text, true));
        assertTrue(problems.inFileOrder().get(0).message().startsWith("the "));
    }

    private String read(String text, boolean plain) {
        return ClassName.read(new YamlNode.Scalar(new Position(1, 1), text, plain), "main", problems);
    }
}
