package io.coppice.worker.runtime;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The constant pool of a class file (Java Virtual Machine Specification, 4.4), as far as it names classes. */
final class ConstantPool {
    private static final int MAGIC = 0xcafebabe;
    private static final int UTF8 = 1;
    private static final int INTEGER = 3;
    private static final int FLOAT = 4;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int STRING = 8;
    private static final int FIELD = 9;
    private static final int METHOD = 10;
    private static final int INTERFACE_METHOD = 11;
    private static final int NAME_AND_TYPE = 12;
    private static final int METHOD_HANDLE = 15;
    private static final int METHOD_TYPE = 16;
    private static final int DYNAMIC = 17;
    private static final int INVOKE_DYNAMIC = 18;
    private static final int MODULE = 19;
    private static final int PACKAGE = 20;

    private ConstantPool() {}

    /**
     * Names as {@link Class#getName}, without arrays; those of arrays' elements instead. Each may occur several times.
     *
     * @throws IOException if it is no class file, or has constants of a kind unknown to this release
     */
    static List<String> classesNamedIn(InputStream classFile) throws IOException {
        DataInputStream in = new DataInputStream(new java.io.BufferedInputStream(classFile));
        if (in.readInt() != MAGIC) {
            throw new IOException("found no class file");
        }
        in.readInt(); // The version.
        int count = in.readUnsignedShort();
        @Nullable String[] texts = new String[count];
        int[] classes = new int[count];
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case UTF8 -> texts[i] = in.readUTF();
                case CLASS -> classes[i] = in.readUnsignedShort();
                case STRING, METHOD_TYPE, MODULE, PACKAGE -> in.readUnsignedShort();
                case METHOD_HANDLE -> in.skipNBytes(3);
                case INTEGER, FLOAT, FIELD, METHOD, INTERFACE_METHOD, NAME_AND_TYPE, DYNAMIC, INVOKE_DYNAMIC ->
                    in.readInt();
                case LONG, DOUBLE -> {
                    in.readLong();
                    i++; // Takes the place of two.
                }
                default -> throw new IOException("found a constant of kind " + tag);
            }
        }
        List<String> names = new ArrayList<>();
        for (int index : classes) {
            String text = index > 0 && index < count ? texts[index] : null;
            String name = text == null ? "" : elementOf(text);
            if (!name.isEmpty()) {
                names.add(name.replace('/', '.'));
            }
        }
        return names;
    }

    /** The class of an array's elements; empty for primitive ones. */
    private static String elementOf(String internalName) {
        int dimensions = 0;
        while (dimensions < internalName.length() && internalName.charAt(dimensions) == '[') {
            dimensions++;
        }
        if (dimensions == 0) {
            return internalName;
        }
        return internalName.startsWith("L", dimensions) && internalName.endsWith(";")
                ? internalName.substring(dimensions + 1, internalName.length() - 1)
                : "";
    }
}
