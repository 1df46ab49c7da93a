package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class DaemonClassesTest {
    /** What a class file can name: a superclass, a type of an array, a class literal, an owner of a static field. */
    private static class Naming extends Super {
        private static final long LONG = 0x1234_5678_9abcL;
        private static final double DOUBLE = 0.1;

        Object all() {
            System.setProperty("coppice.test", LONG + " " + DOUBLE);
            return new Object[] {new Element[3][2], Literal.class, new int[2][2], (Runnable) () -> Static.value++};
        }
    }

    private static class Super {}

    private static class Element {}

    private static class Literal {}

    private static class Static {
        private static int value = initialised();

        private static int initialised() {
            System.setProperty(INITIALISED, "yes");
            return 1;
        }
    }

    private static final String INITIALISED = "coppice.test.classes.initialised";

    @Test
    void shouldFindEachClassThatAClassFileNames() throws IOException {
        try (InputStream file = DaemonClassesTest.class.getResourceAsStream(
                "DaemonClassesTest$" + Naming.class.getSimpleName() + ".class")) {
            List<String> named = ConstantPool.classesNamedIn(file);
            for (Class<?> type : List.of(Super.class, Element.class, Literal.class, Static.class, Object.class)) {
                assertTrue(named.contains(type.getName()), type + " is not in " + named);
            }
            assertTrue(named.stream().noneMatch(name -> name.contains("[") || name.contains("/")), named.toString());
        }
    }

    @Test
    void shouldRefuseWhatIsNoClassFile() {
        byte[] other = new byte[64];

        assertThrows(IOException.class, () -> ConstantPool.classesNamedIn(new ByteArrayInputStream(other)));
    }

    @Test
    void shouldLoadWhatIsNamedAndInitialiseNothing() throws IOException {
        int loaded = DaemonClasses.load(Naming.class.getName());

        assertTrue(loaded >= 5 && loaded <= DaemonClasses.MOST, loaded + " classes");
        assertEquals(null, System.getProperty(INITIALISED));
    }

    @Test
    void shouldPassByAClassThatIsNotThere() throws IOException {
        assertEquals(0, DaemonClasses.load("com.example.Gone"));
    }
}
