package io.coppice.ops.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.Opcodes;

/** Which classes can be daemons, by class files alone. */
class DaemonClassesTest {
    private static final int PUBLIC = Opcodes.ACC_PUBLIC;

    @TempDir
    private Path temporary;

    private Path worker;

    @BeforeEach
    void makeWorker() throws IOException {
        worker = new ClassJar()
                .interfaceOf(ClassJar.DAEMON)
                .add(
                        "io/coppice/worker/Skeleton",
                        Opcodes.V17,
                        PUBLIC | Opcodes.ACC_ABSTRACT,
                        "java/lang/Object",
                        PUBLIC,
                        "()V",
                        ClassJar.DAEMON)
                .writeTo(temporary.resolve("worker.jar"));
    }

    @Test
    void shouldTakeAClassThatImplementsTheInterface() throws IOException {
        Path jar = new ClassJar().daemon("a/Good").writeTo(temporary.resolve("a.jar"));
        assertNull(faultOf("a.Good", jar));
    }

    @Test
    void shouldFollowSuperClassesAndInterfacesThroughJars() throws IOException {
        Path lower = new ClassJar()
                .add("a/Leaf", Opcodes.V17, PUBLIC, "b/Middle", PUBLIC, "()V")
                .add("a/ViaInterface", Opcodes.V17, PUBLIC, "java/util/ArrayList", PUBLIC, "()V", "b/Wide")
                .add("a/ViaWorker", Opcodes.V17, PUBLIC, "io/coppice/worker/Skeleton", PUBLIC, "()V")
                .writeTo(temporary.resolve("a.jar"));
        Path upper = new ClassJar()
                .add(
                        "b/Middle",
                        Opcodes.V17,
                        PUBLIC | Opcodes.ACC_ABSTRACT,
                        "java/lang/Object",
                        PUBLIC,
                        "()V",
                        "b/Wide")
                .interfaceOf("b/Wide", "java/lang/Runnable", "b/Narrow")
                .interfaceOf("b/Narrow", ClassJar.DAEMON)
                .writeTo(temporary.resolve("b.jar"));
        assertNull(faultOf("a.Leaf", lower, upper));
        assertNull(faultOf("a.ViaInterface", lower, upper));
        assertNull(faultOf("a.ViaWorker", lower));
    }

    @Test
    void shouldNameASuperTypeThatIsMissing() throws IOException {
        Path jar = new ClassJar()
                .add("a/Leaf", Opcodes.V17, PUBLIC, "b/Middle", PUBLIC, "()V")
                .add("a/Both", Opcodes.V17, PUBLIC, "b/Middle", PUBLIC, "()V", ClassJar.DAEMON)
                .writeTo(temporary.resolve("a.jar"));
        DaemonClasses.Fault leaf = faultOf("a.Leaf", jar);
        assertNotNull(leaf);
        assertEquals("class `a.Leaf` does not implement io.coppice.worker.Daemon", leaf.what());
        assertTrue(leaf.hint().startsWith("its super type b.Middle is not on the class path"), leaf.hint());
        DaemonClasses.Fault both = faultOf("a.Both", jar);
        assertNotNull(both);
        assertEquals("super type `b.Middle` of `a.Both` is not on the class path", both.what());
    }

    @Test
    void shouldFollowTheClassPathOfAManifest() throws IOException {
        new ClassJar()
                .add("b/Base", Opcodes.V17, PUBLIC, "java/lang/Object", PUBLIC, "()V", ClassJar.DAEMON)
                .writeTo(temporary.resolve("deps/b.jar"));
        Path jar = new ClassJar()
                .add("a/Leaf", Opcodes.V17, PUBLIC, "b/Base", PUBLIC, "()V")
                .attribute(Attributes.Name.CLASS_PATH, "gone.jar http://example.com/x.jar deps/b.jar a.jar")
                .writeTo(temporary.resolve("a.jar"));
        assertNull(faultOf("a.Leaf", jar));
    }

    @Test
    void shouldReadAMultiReleaseJarAsTheWorkersJdkDoes() throws IOException {
        byte[] good = ClassJar.bytes("a/Late", Opcodes.V17, PUBLIC, "java/lang/Object", PUBLIC, "()V", ClassJar.DAEMON);
        Path jar = new ClassJar()
                .add("a/Late", Opcodes.V17, PUBLIC, "java/lang/Object", PUBLIC, "()V")
                .entry("META-INF/versions/17/a/Late.class", good)
                .attribute(new Attributes.Name("Multi-Release"), "true")
                .writeTo(temporary.resolve("a.jar"));
        assertNull(faultOf("a.Late", jar));
    }

    @Test
    void shouldReadDirectoriesOfClasses() throws IOException {
        Path classes = Files.createDirectories(temporary.resolve("classes"));
        new ClassJar().daemon("a/b/Good").explodeInto(classes);
        assertNull(faultOf("a.b.Good", classes));
        DaemonClasses.Fault fault = faultOf("a.b.Godo", classes);
        assertNotNull(fault);
        assertEquals("did you mean `a.b.Good`?", fault.hint());
    }

    @Test
    void shouldRefuseWhatCannotBeInstantiated() throws IOException {
        Path jar = new ClassJar()
                .daemon("a/Good")
                .interfaceOf("a/Face", ClassJar.DAEMON)
                .add(
                        "a/Half",
                        Opcodes.V17,
                        PUBLIC | Opcodes.ACC_ABSTRACT,
                        "java/lang/Object",
                        PUBLIC,
                        "()V",
                        ClassJar.DAEMON)
                .add("a/Closed", Opcodes.V17, PUBLIC, "java/lang/Object", 0, "()V", ClassJar.DAEMON)
                .add("a/Outer$Inner", Opcodes.V17, PUBLIC, "java/lang/Object", PUBLIC, "(La/Outer;)V", ClassJar.DAEMON)
                .writeTo(temporary.resolve("a.jar"));
        assertWhat("`a.Face` is an interface", "a.Face", jar);
        assertWhat("`a.Half` is abstract", "a.Half", jar);
        assertWhat("class `a.Closed` has a constructor without parameters that is not public", "a.Closed", jar);
        assertWhat("class `a.Outer$Inner` has no constructor without parameters", "a.Outer$Inner", jar);
        DaemonClasses.Fault inner = faultOf("a.Outer$Inner", jar);
        assertNotNull(inner);
        assertEquals("a nested class must be static", inner.hint());
    }

    @Test
    void shouldRefuseAClassOfANewerJava() throws IOException {
        int newer = Runtime.version().feature() + 1;
        Path jar = new ClassJar()
                .add("a/Future", 44 + newer, PUBLIC, "java/lang/Object", PUBLIC, "()V", ClassJar.DAEMON)
                .add("a/FarFuture", 999, PUBLIC, "java/lang/Object", PUBLIC, "()V", ClassJar.DAEMON)
                .writeTo(temporary.resolve("a.jar"));
        assertWhat("class `a.Future` was compiled for Java " + newer, "a.Future", jar);
        assertWhat("class `a.FarFuture` was compiled for Java 955", "a.FarFuture", jar);
    }

    @Test
    void shouldRefuseADamagedClassFile() throws IOException {
        byte[] good = ClassJar.bytes("a/Cut", Opcodes.V17, PUBLIC, "java/lang/Object", PUBLIC, "()V", ClassJar.DAEMON);
        Path jar = new ClassJar()
                .entry("a/Cut.class", java.util.Arrays.copyOf(good, good.length / 2))
                .entry("a/Text.class", "hello, this is text".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .entry("a/Empty.class", new byte[0])
                .entry("a/Moved.class", good)
                .writeTo(temporary.resolve("a.jar"));
        for (String name : List.of("Cut", "Text", "Empty", "Moved")) {
            assertWhat("class `a." + name + "` in " + jar + " is damaged", "a." + name, jar);
        }
    }

    @Test
    void shouldSurviveCyclicSuperTypes() throws IOException {
        Path jar = new ClassJar()
                .add("a/One", Opcodes.V17, PUBLIC, "a/Two", PUBLIC, "()V")
                .add("a/Two", Opcodes.V17, PUBLIC, "a/One", PUBLIC, "()V")
                .writeTo(temporary.resolve("a.jar"));
        assertWhat("class `a.One` does not implement io.coppice.worker.Daemon", "a.One", jar);
    }

    @Test
    void shouldSuggestByNestedAndSimpleNames() throws IOException {
        Path jar = new ClassJar()
                .daemon("com/shop/Outer$Ingest")
                .daemon("com/shop/Other")
                .writeTo(temporary.resolve("a.jar"));
        assertHint("did you mean `com.shop.Outer$Ingest`?", "com.shop.Outer.Ingest", jar);
        assertHint("did you mean `com.shop.Outer$Ingest`?", "ingest", jar);
        assertHint("did you mean `com.shop.Other`?", "org.elsewhere.Othre", jar);
        assertHint("the class path holds `com.shop.Outer$Ingest`, `com.shop.Other`", "x.Quite", jar);
        Path empty = new ClassJar().entry("a.txt", new byte[1]).writeTo(temporary.resolve("b.jar"));
        assertHint("no class of this class path implements it", "x.Quite", empty);
    }

    @Test
    void shouldNotLookOutsideADirectory() throws IOException {
        Path classes = Files.createDirectories(temporary.resolve("classes"));
        for (String name : List.of("..a.Good", "a..b", "a/b", "/etc/passwd", "a b", "", "a.Good.class", "1a")) {
            assertThrows(IllegalArgumentException.class, () -> faultOf(name, classes));
        }
    }

    private void assertWhat(String what, String className, Path... entries) throws IOException {
        DaemonClasses.Fault fault = faultOf(className, entries);
        assertNotNull(fault);
        assertEquals(what, fault.what());
    }

    private void assertHint(String hint, String className, Path... entries) throws IOException {
        DaemonClasses.Fault fault = faultOf(className, entries);
        assertNotNull(fault);
        assertEquals(hint, fault.hint());
    }

    private DaemonClasses.Fault faultOf(String className, Path... entries) throws IOException {
        try (DaemonClasses classes = new DaemonClasses(
                List.of(worker), List.of(entries), Runtime.version().feature())) {
            return classes.faultOf(className);
        }
    }
}
