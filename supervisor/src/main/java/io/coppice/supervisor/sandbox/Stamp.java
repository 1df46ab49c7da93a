package io.coppice.supervisor.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/** By what a file that took another's place can be told. */
record Stamp(@Nullable Object key, FileTime modified, long bytes) {
    static Stamp of(Path file, LinkOption... options) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class, options);
        return new Stamp(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
    }
}
