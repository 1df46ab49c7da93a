package io.coppice.supervisor.archive;

import io.coppice.supervisor.os.RegularFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 of parts, each with its length before it: no two lists of parts are written the same. */
final class Digest {
    private static final int BLOCK = 1 << 16;

    private final MessageDigest sha;

    Digest() {
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    Digest add(String part) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        return add(bytes.length).bytes(bytes, bytes.length);
    }

    Digest add(List<String> parts) {
        add(parts.size());
        parts.forEach(this::add);
        return this;
    }

    Digest add(long number) {
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            sha.update((byte) (number >>> shift));
        }
        return this;
    }

    /** All that a regular file holds. */
    Digest addContents(Path file) throws IOException {
        byte[] block = new byte[BLOCK];
        long length = 0;
        try (RegularFile held = RegularFile.open(file);
                InputStream in = Files.newInputStream(held.path())) {
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                bytes(block, read);
                length += read;
            }
        }
        return add(length);
    }

    /** @param digits hexadecimal ones, at most 64; two to a byte */
    String hex(int digits) {
        return HexFormat.of().formatHex(sha.digest()).substring(0, digits);
    }

    private Digest bytes(byte[] bytes, int length) {
        sha.update(bytes, 0, length);
        return this;
    }
}
