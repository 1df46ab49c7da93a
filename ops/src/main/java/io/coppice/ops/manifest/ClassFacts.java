package io.coppice.ops.manifest;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * What a class file says about itself, read without loading the class.
 *
 * @param supertypes internal names of its super class and its interfaces
 * @param publicConstructor whether a public constructor takes no arguments
 * @param anyConstructor whether a constructor of any visibility takes none
 */
record ClassFacts(
        String internalName, int access, List<String> supertypes, boolean publicConstructor, boolean anyConstructor) {
    private static final int MAGIC = 0xCAFEBABE;

    /** Java 1 had class file version 45, and each release since then one more. */
    private static final int VERSION_OF_JAVA_0 = 44;

    /** The Java release that a class file was compiled for; 0 if the bytes are no class file. */
    static int javaRelease(byte[] bytes) {
        ByteBuffer header = ByteBuffer.wrap(bytes); // Class files are big-endian, and so is a new buffer.
        if (bytes.length < 10 || header.getInt(0) != MAGIC) {
            return 0;
        }
        return Short.toUnsignedInt(header.getShort(6)) - VERSION_OF_JAVA_0;
    }

    /** What the class says; null if the bytes are damaged. */
    static @Nullable ClassFacts of(byte[] bytes) {
        Visitor visitor = new Visitor();
        try {
            new ClassReader(bytes)
                    .accept(visitor, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        } catch (RuntimeException e) {
            return null; // ASM reads without checking: a damaged file ends in whatever exception comes first.
        }
        return new ClassFacts(
                visitor.name,
                visitor.access,
                List.copyOf(visitor.supertypes),
                visitor.publicConstructor,
                visitor.anyConstructor);
    }

    boolean isInterface() {
        return (access & Opcodes.ACC_INTERFACE) != 0;
    }

    boolean isAbstract() {
        return (access & Opcodes.ACC_ABSTRACT) != 0;
    }

    /** The name as manifests write it. */
    String binaryName() {
        return internalName.replace('/', '.');
    }

    private static final class Visitor extends ClassVisitor {
        private String name = "";
        private int access;
        private final List<String> supertypes = new ArrayList<>();
        private boolean publicConstructor;
        private boolean anyConstructor;

        Visitor() {
            super(Opcodes.ASM9);
        }

        @Override
        public void visit(
                int version,
                int access,
                String name,
                @Nullable String signature,
                @Nullable String superName,
                String @Nullable [] interfaces) {
            this.name = name;
            this.access = access;
            if (superName != null) {
                supertypes.add(superName);
            }
            if (interfaces != null) {
                supertypes.addAll(List.of(interfaces));
            }
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access,
                String name,
                String descriptor,
                @Nullable String signature,
                String @Nullable [] exceptions) {
            if (name.equals("<init>") && descriptor.equals("()V")) {
                anyConstructor = true;
                publicConstructor = (access & Opcodes.ACC_PUBLIC) != 0;
            }
            return null;
        }
    }
}
