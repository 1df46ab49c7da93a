package io.coppice.ops.manifest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Makes jars of classes that exist nowhere else. */
final class ClassJar {
    static final String DAEMON = "io/coppice/worker/Daemon";

    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final Manifest manifest = new Manifest();

    ClassJar() {
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    }

    /** A public class with a public constructor that implements Daemon. */
    ClassJar daemon(String name) {
        return add(name, Opcodes.V17, Opcodes.ACC_PUBLIC, "java/lang/Object", Opcodes.ACC_PUBLIC, "()V", DAEMON);
    }

    ClassJar add(
            String name,
            int version,
            int access,
            String superName,
            int constructorAccess,
            String constructor,
            String... interfaces) {
        entries.put(
                name + ".class", bytes(name, version, access, superName, constructorAccess, constructor, interfaces));
        return this;
    }

    ClassJar interfaceOf(String name, String... superInterfaces) {
        return add(
                name,
                Opcodes.V17,
                Opcodes.ACC_PUBLIC | Opcodes.ACC_INTERFACE | Opcodes.ACC_ABSTRACT,
                "java/lang/Object",
                0,
                "",
                superInterfaces);
    }

    ClassJar entry(String name, byte[] bytes) {
        entries.put(name, bytes);
        return this;
    }

    ClassJar attribute(Attributes.Name name, String value) {
        manifest.getMainAttributes().put(name, value);
        return this;
    }

    Path writeTo(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                jar.putNextEntry(new ZipEntry(entry.getKey()));
                jar.write(entry.getValue());
                jar.closeEntry();
            }
        }
        return file;
    }

    void explodeInto(Path directory) throws IOException {
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            Path file = directory.resolve(entry.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, entry.getValue());
        }
    }

    static byte[] bytes(
            String name,
            int version,
            int access,
            String superName,
            int constructorAccess,
            String constructor,
            String... interfaces) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(version, access, name, null, superName, interfaces);
        if (!constructor.isEmpty()) {
            MethodVisitor method = writer.visitMethod(constructorAccess, "<init>", constructor, null, null);
            method.visitCode();
            method.visitVarInsn(Opcodes.ALOAD, 0);
            method.visitMethodInsn(Opcodes.INVOKESPECIAL, superName, "<init>", "()V", false);
            method.visitInsn(Opcodes.RETURN);
            method.visitMaxs(0, 0);
            method.visitEnd();
        }
        writer.visitEnd();
        return writer.toByteArray();
    }
}
