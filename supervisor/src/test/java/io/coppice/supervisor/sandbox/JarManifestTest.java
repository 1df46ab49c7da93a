package io.coppice.supervisor.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarManifestTest {
    private static final String MANIFEST =
            "Manifest-Version: 1.0\r\nClass-Path: a.jar lib/b\r\n .jar  http://c/d.jar\r\n\r\n";

    @TempDir
    Path directory;

    private Path jar = Path.of("/");

    @BeforeEach
    void nameIt() {
        jar = directory.resolve("x.jar");
    }

    /** With so many entries before the manifest. */
    private static byte[] zip(int before, int method, String manifest) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < before; i++) {
                zip.putNextEntry(new ZipEntry("com/example/" + "x".repeat(i % 50) + i));
            }
            byte[] content = manifest.getBytes(StandardCharsets.UTF_8);
            ZipEntry entry = new ZipEntry("META-INF/MANIFEST.MF");
            entry.setMethod(method);
            if (method == ZipEntry.STORED) {
                CRC32 sum = new CRC32();
                sum.update(content);
                entry.setCrc(sum.getValue());
                entry.setSize(content.length);
            }
            zip.putNextEntry(entry);
            zip.write(content);
            zip.setComment("so it ends");
        }
        return bytes.toByteArray();
    }

    private List<Path> read(byte[] content) throws IOException {
        Files.write(jar, content);
        return JarManifest.classPathOf(jar);
    }

    private List<Path> expected() {
        return List.of(directory.resolve("a.jar"), directory.resolve("lib/b.jar"));
    }

    @Test
    void shouldReadTheClassPathWhereverTheManifestIs() throws IOException {
        for (int before : new int[] {0, 1, 700, 5000}) {
            assertEquals(expected(), read(zip(before, ZipEntry.DEFLATED, MANIFEST)), before + " before");
        }
        assertEquals(expected(), read(zip(3, ZipEntry.STORED, MANIFEST)));
        assertEquals(List.of(), read(zip(3, ZipEntry.DEFLATED, "Manifest-Version: 1.0\n")));
    }

    @Test
    void shouldReadBehindAScriptThatRunsTheJar() throws IOException {
        byte[] zip = zip(3, ZipEntry.DEFLATED, MANIFEST);
        try (OutputStream out = Files.newOutputStream(jar)) {
            out.write("#!/bin/sh\nexec java -jar $0\n".getBytes(StandardCharsets.UTF_8));
            out.write(zip);
        }
        assertEquals(expected(), JarManifest.classPathOf(jar));
    }

    @Test
    void shouldReadTheFirstSectionOfALongManifestOnly() throws IOException {
        String files = "Name: a/b/c.class\r\nSHA-256-Digest: x\r\n\r\n".repeat(100_000);
        assertEquals(expected(), read(zip(0, ZipEntry.DEFLATED, MANIFEST + files)));
    }

    @Test
    void shouldRefuseWhatIsNoJarOrNotWhole() throws IOException {
        byte[] zip = zip(3, ZipEntry.DEFLATED, MANIFEST);
        assertThrows(ZipException.class, () -> read(new byte[0]));
        assertThrows(ZipException.class, () -> read(new byte[1000]));
        assertThrows(ZipException.class, () -> read(Arrays.copyOfRange(zip, zip.length - 60, zip.length)));
    }

    /** Nothing but what callers expect, whatever is in there. */
    @Test
    void shouldEndWithAnAnswerOrAnErrorWhateverIsDamaged() throws IOException {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        byte[] zip = zip(3, ZipEntry.DEFLATED, MANIFEST);
        int errors = 0;
        for (int i = 0; i < 500; i++) {
            byte[] damaged = zip.clone();
            for (int j = 0; j < 3; j++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                read(damaged);
            } catch (IOException e) {
                errors++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertTrue(errors > 0, "seed " + seed);
    }
}
