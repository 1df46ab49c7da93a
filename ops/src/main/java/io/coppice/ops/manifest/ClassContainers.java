package io.coppice.ops.manifest;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The jars and directories of one class path, in the order in which the JVM searches them: each jar is followed by what
 * the {@code Class-Path} of its manifest names. Multi-release jars are read as the given release reads them.
 */
final class ClassContainers implements AutoCloseable {
    private static final String SUFFIX = ".class";

    /** No real class comes near; a compressed bomb would. */
    private static final int MAX_CLASS_BYTES = 16 << 20;

    private static final int MAX_CONTAINERS = 4096;

    private final Runtime.Version version;
    private final List<JarFile> jars = new ArrayList<>();
    private final List<Object> inOrder = new ArrayList<>();
    private final Set<Path> seen = new HashSet<>();

    ClassContainers(List<Path> entries, int javaFeature) {
        version = Runtime.Version.parse(String.valueOf(javaFeature));
        for (Path entry : entries) {
            add(entry);
        }
    }

    /** Where a class was found, and its bytes; without bytes, it could not be read. */
    static final class Found {
        private final String container;
        private final byte @Nullable [] bytes;

        Found(String container, byte @Nullable [] bytes) {
            this.container = container;
            this.bytes = bytes;
        }

        String container() {
            return container;
        }

        byte @Nullable [] bytes() {
            return bytes;
        }
    }

    /** The first class of that name; null if no container has it. */
    @Nullable
    Found find(String internalName) {
        String file = internalName + SUFFIX;
        for (Object container : inOrder) {
            if (container instanceof JarFile jar) {
                ZipEntry entry = jar.getEntry(file);
                if (entry != null) {
                    return new Found(jar.getName(), read(jar, entry));
                }
            } else if (container instanceof Path directory) {
                Path candidate = resolved(directory, file);
                if (candidate != null && Files.isRegularFile(candidate)) {
                    return new Found(directory.toString(), read(candidate));
                }
            }
        }
        return null;
    }

    /** Every class, at most so many. For suggestions: what cannot be read is left out. */
    void forEach(int most, Consumer<byte[]> consumer) {
        int[] left = {most};
        for (Object container : inOrder) {
            if (container instanceof JarFile jar) {
                jar.versionedStream().forEach(entry -> {
                    if (entry.getName().endsWith(SUFFIX) && left[0]-- > 0) {
                        accept(read(jar, entry), consumer);
                    }
                });
            } else if (container instanceof Path directory) {
                try (Stream<Path> files = Files.walk(directory, 64)) {
                    files.filter(file -> file.toString().endsWith(SUFFIX) && Files.isRegularFile(file))
                            .sorted()
                            .forEach(file -> {
                                if (left[0]-- > 0) {
                                    accept(read(file), consumer);
                                }
                            });
                } catch (IOException | java.io.UncheckedIOException e) {
                    left[0]--; // An unreadable directory has nothing to suggest.
                }
            }
        }
    }

    private void add(Path entry) {
        Path real = entry.toAbsolutePath().normalize();
        if (inOrder.size() >= MAX_CONTAINERS || !seen.add(real)) {
            return;
        }
        if (Files.isDirectory(real)) {
            inOrder.add(real);
            return;
        }
        try {
            JarFile jar = new JarFile(new File(real.toString()), false, ZipFile.OPEN_READ, version);
            jars.add(jar);
            inOrder.add(jar);
            Manifest manifest = jar.getManifest();
            String classPath =
                    manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            if (classPath != null) {
                for (String relative : classPath.trim().split(" +", -1)) {
                    Path next = fromManifest(real, relative);
                    if (next != null && Files.exists(next)) {
                        add(next);
                    }
                }
            }
        } catch (IOException | RuntimeException e) {
            // The JVM skips what it cannot open, too; an unreadable entry of the manifest itself has been told before.
            seen.add(real);
        }
    }

    private static @Nullable Path fromManifest(Path jar, String relative) {
        try {
            URI uri = jar.toUri().resolve(relative);
            return "file".equals(uri.getScheme()) ? Path.of(uri) : null;
        } catch (IllegalArgumentException e) {
            return null; // Not a file: the JVM ignores it.
        }
    }

    private static @Nullable Path resolved(Path directory, String file) {
        try {
            return directory.resolve(file);
        } catch (InvalidPathException e) {
            return null; // The platform cannot have a file of that name.
        }
    }

    private static void accept(byte @Nullable [] bytes, Consumer<byte[]> consumer) {
        if (bytes != null) {
            consumer.accept(bytes);
        }
    }

    private static byte @Nullable [] read(ZipFile jar, ZipEntry entry) {
        try (InputStream in = jar.getInputStream(entry)) {
            return bounded(in);
        } catch (IOException | RuntimeException e) {
            return null; // Told as a damaged class.
        }
    }

    private static byte @Nullable [] read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return bounded(in);
        } catch (IOException e) {
            return null; // Told as a damaged class.
        }
    }

    private static byte @Nullable [] bounded(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(MAX_CLASS_BYTES + 1);
        return bytes.length > MAX_CLASS_BYTES ? null : bytes;
    }

    @Override
    public void close() throws IOException {
        for (JarFile jar : jars) {
            jar.close();
        }
    }
}
