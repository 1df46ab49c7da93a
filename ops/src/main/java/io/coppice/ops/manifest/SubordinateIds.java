package io.coppice.ops.manifest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The range of numbers that this machine has set aside for us: what {@code /etc/subuid} and {@code /etc/subgid} (subuid(5)) give to the
 * user {@value #OWNER}, who need not exist. Who else wants numbers of their own looks there, too. Blocks.
 */
final class SubordinateIds {
    static final String OWNER = "coppice";

    static final String UIDS = "/etc/subuid";
    static final String GIDS = "/etc/subgid";

    /** What is wrong where there are none. */
    static final String NONE = "this machine has set no users aside for workers";

    private SubordinateIds() {}

    /**
     * The numbers that both files give us; null if there are none, as the files of most machines say nothing of us.
     *
     * @throws IOException if one of them is there and cannot be read
     */
    static @Nullable IdRange of(Surroundings surroundings) throws IOException {
        IdRange uids = rangeIn(surroundings.system(UIDS));
        IdRange gids = rangeIn(surroundings.system(GIDS));
        return uids == null || gids == null ? null : uids.common(gids);
    }

    /** What to do where there are none, for people. */
    static String advice() {
        return "a range for `" + OWNER + "` in " + UIDS + " and " + GIDS
                + ": `coppice install` sets one aside, or `for f in " + UIDS + " " + GIDS
                + "; do echo " + OWNER + ":FIRST:65536 >>$f; done`, with a FIRST of which no other line has anything;"
                + " or `isolation: {mode: user, ids: FIRST-LAST}`";
    }

    /** Of the first line that is ours and right. */
    private static @Nullable IdRange rangeIn(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            String[] fields = line.strip().split(":", -1);
            if (fields.length == 3
                    && fields[0].equals(OWNER)
                    && fields[1].matches("[0-9]{1,10}")
                    && fields[2].matches("[0-9]{1,10}")) {
                long first = Math.max(IdRange.LEAST, Long.parseLong(fields[1]));
                long last = Math.min(IdRange.MOST, Long.parseLong(fields[1]) + Long.parseLong(fields[2]) - 1);
                if (first <= last) {
                    return new IdRange((int) first, (int) last);
                }
            }
        }
        return null;
    }
}
