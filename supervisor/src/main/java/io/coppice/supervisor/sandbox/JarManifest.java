package io.coppice.supervisor.sandbox;

import io.coppice.supervisor.os.RegularFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Class-Path} of a jar's manifest, by which a JVM loads further jars. Reads as much of a jar as that takes, with {@link #BLOCK} bytes at
 * a time, whatever is in it: the root has a small heap. Numbers and names of the format are those of PKWARE's APPNOTE, sections 4.3.7, 4.3.12 and
 * 4.3.16. Any thread that may block.
 */
public final class JarManifest {
    private static final int BLOCK = 64 << 10;
    private static final byte[] NAME = "META-INF/MANIFEST.MF".getBytes(StandardCharsets.US_ASCII);

    private static final String CLASS_PATH = "Class-Path:";

    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int END_DIRECTORY_SIZE_OFFSET = 12;
    private static final int END_DIRECTORY_OFFSET_OFFSET = 16;
    private static final int MOST_COMMENT = 0xffff;
    private static final int ENTRY_SIGNATURE = 0x02014b50;
    private static final int ENTRY_BYTES = 46;
    private static final int ENTRY_METHOD_OFFSET = 10;
    private static final int ENTRY_PACKED_SIZE_OFFSET = 20;
    private static final int ENTRY_NAME_LENGTH_OFFSET = 28;
    private static final int ENTRY_EXTRA_LENGTH_OFFSET = 30;
    private static final int ENTRY_COMMENT_LENGTH_OFFSET = 32;
    private static final int ENTRY_LOCAL_OFFSET = 42;
    private static final int LOCAL_SIGNATURE = 0x04034b50;
    private static final int LOCAL_BYTES = 30;
    private static final int LOCAL_NAME_LENGTH_OFFSET = 26;
    private static final int LOCAL_EXTRA_LENGTH_OFFSET = 28;
    private static final int STORED = 0;
    private static final long UNSIGNED = 0xffffffffL;

    private final FileChannel channel;
    private final Path jar;

    private JarManifest(FileChannel channel, Path jar) {
        this.channel = channel;
        this.jar = jar;
    }

    /**
     * What it names.
     *
     * @param jar absolute
     * @return absolute paths of files and directories, which need not be there; none without a manifest
     * @throws IOException if it is no jar, or a damaged one, or has more than 4 GiB
     */
    public static List<Path> classPathOf(Path jar) throws IOException {
        try (RegularFile held = RegularFile.open(jar);
                FileChannel channel = FileChannel.open(held.path(), StandardOpenOption.READ)) {
            String names = new JarManifest(channel, jar).classPath();
            List<Path> paths = new ArrayList<>();
            for (String name : names.strip().split(" +", -1)) {
                Path path = name.isEmpty() ? null : resolved(jar, name);
                if (path != null) {
                    paths.add(path);
                }
            }
            return paths;
        }
    }

    private static @Nullable Path resolved(Path jar, String relative) {
        try {
            URI uri = jar.toUri().resolve(relative);
            return "file".equals(uri.getScheme()) ? Path.of(uri).normalize() : null;
        } catch (IllegalArgumentException e) {
            return null; // The JVM ignores what is no file, too.
        }
    }

    /** Empty if there is none. */
    private String classPath() throws IOException {
        long end = end();
        ByteBuffer record = read(end, END_BYTES);
        long at = end - (record.getInt(END_DIRECTORY_SIZE_OFFSET) & UNSIGNED);
        // Before a jar there may be a script that runs it.
        long start = at - (record.getInt(END_DIRECTORY_OFFSET_OFFSET) & UNSIGNED);
        while (at < end) {
            ByteBuffer block = read(at, (int) Math.min(BLOCK, end - at));
            int offset = 0;
            while (block.limit() - offset >= ENTRY_BYTES) {
                int nameLength = number(block, offset + ENTRY_NAME_LENGTH_OFFSET);
                if (block.getInt(offset) != ENTRY_SIGNATURE) {
                    throw damaged();
                }
                if (nameLength == NAME.length && block.limit() - offset < ENTRY_BYTES + nameLength) {
                    break; // The next block has all of it.
                }
                if (nameLength == NAME.length && isManifest(block, offset + ENTRY_BYTES)) {
                    return classPath(
                            start + (block.getInt(offset + ENTRY_LOCAL_OFFSET) & UNSIGNED),
                            block.getInt(offset + ENTRY_PACKED_SIZE_OFFSET) & UNSIGNED,
                            number(block, offset + ENTRY_METHOD_OFFSET));
                }
                offset += ENTRY_BYTES
                        + nameLength
                        + number(block, offset + ENTRY_EXTRA_LENGTH_OFFSET)
                        + number(block, offset + ENTRY_COMMENT_LENGTH_OFFSET);
            }
            if (offset == 0) {
                throw damaged();
            }
            at += offset;
        }
        return "";
    }

    private static boolean isManifest(ByteBuffer block, int offset) {
        byte[] name = new byte[NAME.length];
        block.get(offset, name);
        return new String(name, StandardCharsets.ISO_8859_1)
                .equalsIgnoreCase(new String(NAME, StandardCharsets.US_ASCII));
    }

    private String classPath(long local, long packedSize, int method) throws IOException {
        ByteBuffer header = read(local, LOCAL_BYTES);
        if (header.getInt(0) != LOCAL_SIGNATURE) {
            throw damaged();
        }
        channel.position(local
                + LOCAL_BYTES
                + number(header, LOCAL_NAME_LENGTH_OFFSET)
                + number(header, LOCAL_EXTRA_LENGTH_OFFSET));
        InputStream packed = Channels.newInputStream(channel);
        if (method == STORED) {
            return classPath(packed.readNBytes((int) Math.min(packedSize, BLOCK)));
        }
        Inflater inflater = new Inflater(true);
        try {
            return classPath(new InflaterInputStream(packed, inflater).readNBytes(BLOCK));
        } finally {
            inflater.end();
        }
    }

    /** Of the main section, which ends with an empty line; what follows is of single files. */
    private static String classPath(byte[] manifest) {
        String text = new String(manifest, StandardCharsets.UTF_8)
                .replace("\r\n", "\n")
                .replace('\r', '\n');
        int empty = text.indexOf("\n\n");
        // A line that begins with a blank continues the one before.
        for (String line :
                (empty < 0 ? text : text.substring(0, empty)).replace("\n ", "").split("\n", -1)) {
            if (line.regionMatches(true, 0, CLASS_PATH, 0, CLASS_PATH.length())) {
                return line.substring(CLASS_PATH.length());
            }
        }
        return "";
    }

    /** Where the record at the end of the jar is, behind which there may be a comment. */
    private long end() throws IOException {
        long size = channel.size();
        long from = Math.max(0, size - END_BYTES - MOST_COMMENT);
        ByteBuffer tail = read(from, (int) (size - from));
        for (int offset = tail.limit() - END_BYTES; offset >= 0; offset--) {
            if (tail.getInt(offset) == END_SIGNATURE) {
                return from + offset;
            }
        }
        throw damaged();
    }

    private ByteBuffer read(long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (position < 0 || channel.read(bytes, position + bytes.position()) <= 0) {
                throw damaged();
            }
        }
        return bytes.flip();
    }

    private static int number(ByteBuffer bytes, int offset) {
        return Short.toUnsignedInt(bytes.getShort(offset));
    }

    private ZipException damaged() {
        return new ZipException(jar + " is no jar, or a damaged one");
    }
}
