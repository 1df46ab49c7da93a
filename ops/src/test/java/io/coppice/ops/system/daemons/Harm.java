package io.coppice.ops.system.daemons;

import static io.coppice.ops.system.daemons.Libc.C;
import static io.coppice.ops.system.daemons.Libc.done;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The worst that a process can do to the segment that is its own. */
enum Harm {
    LIES,
    NONSENSE,
    SHORTENS,
    LENGTHENS,
    PUNCHES,
    CLOSES;

    private static final int KEEP_SIZE = 1;
    private static final int PUNCH_HOLE = 2;
    private static final int READ_WRITE = 2;
    private static final int PAGE = 4096;

    /** @param ring after each lie, so that others look */
    void to(Path segment, long seed, Runnable ring) throws Exception {
        switch (this) {
            case LIES -> Lies.oneByOne(segment, seed, ring);
            case NONSENSE -> Lies.everywhere(segment, seed);
            case SHORTENS -> {
                try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
                    file.truncate(PAGE);
                }
            }
            case LENGTHENS -> Files.write(segment, new byte[1], StandardOpenOption.APPEND);
            case PUNCHES -> {
                int fd = done("open", C.open(segment.toString(), READ_WRITE, 0));
                done("fallocate", C.fallocate(fd, PUNCH_HOLE | KEEP_SIZE, 0, Files.size(segment)));
                C.close(fd);
            }
            case CLOSES -> {
                done("chmod", C.chmod(segment.toString(), 0));
                String name = String.valueOf(segment.getFileName());
                done(
                        "chmod",
                        C.chmod(
                                segment.resolveSibling(name.replace(".seg", ".lock"))
                                        .toString(),
                                0));
            }
        }
    }
}
