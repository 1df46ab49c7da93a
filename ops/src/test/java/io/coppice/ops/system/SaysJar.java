package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.ops.system.daemons.Says;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Jars of the daemon {@link Says} in versions of 1 to 9, all of one size and one date. */
final class SaysJar {
    private static final FileTime LONG_AGO = FileTime.from(1_500_000_000, TimeUnit.SECONDS);

    private SaysJar() {}

    /** Into the file that is there, if one is. */
    static void write(Path jar, int version) throws IOException {
        byte[] type;
        try (var in = Objects.requireNonNull(Says.class.getResourceAsStream("Says.class"))) {
            // The text stands in the constant pool as it is.
            String latin = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            assertTrue(latin.contains(Says.VERSION));
            type = latin.replace(Says.VERSION, "this is version " + version).getBytes(StandardCharsets.ISO_8859_1);
        }
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream entries = new ZipOutputStream(out)) {
            CRC32 crc = new CRC32();
            crc.update(type);
            ZipEntry entry = new ZipEntry(Says.class.getName().replace('.', '/') + ".class");
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(type.length);
            entry.setCrc(crc.getValue());
            entry.setLastModifiedTime(LONG_AGO);
            entries.putNextEntry(entry);
            entries.write(type);
            entries.closeEntry();
        }
        Files.setLastModifiedTime(jar, LONG_AGO);
    }
}
