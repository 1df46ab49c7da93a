package io.coppice.supervisor.os;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Pointer;

/** Strings as C takes them: UTF-8, zero-terminated, whatever the JVM's default charset is. Any thread; allocates. */
final class NativeStrings {
    private NativeStrings() {}

    static Pointer of(Path path) {
        return of(path.toString());
    }

    /** @throws IllegalArgumentException for a string with a NUL, which C would silently cut */
    static Pointer of(String text) {
        byte[] bytes = utf8(text);
        Pointer pointer = Kernel.allocate(bytes.length + 1);
        pointer.put(0, bytes, 0, bytes.length);
        return pointer;
    }

    /** A null-terminated vector of strings, such as argv; the strings are in the same block, behind the pointers. */
    static Pointer vector(List<String> texts) {
        List<byte[]> encoded = new ArrayList<>(texts.size());
        int tableBytes = (texts.size() + 1) * Long.BYTES;
        int totalBytes = tableBytes;
        for (String text : texts) {
            byte[] bytes = utf8(text);
            encoded.add(bytes);
            totalBytes = Math.addExact(totalBytes, bytes.length + 1);
        }
        Pointer block = Kernel.allocate(totalBytes);
        int at = tableBytes;
        int index = 0;
        for (byte[] bytes : encoded) {
            block.putLong((long) index * Long.BYTES, block.address() + at);
            block.put(at, bytes, 0, bytes.length);
            at += bytes.length + 1;
            index++;
        }
        return block;
    }

    private static byte[] utf8(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("A string for the system contains a NUL: " + text.replace("\0", "\\0")
                    + ". Expected none: C would cut it there.");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
