package io.coppice.ops.manifest;

import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether users that workers are may change what workers are started from: write to the file, or put another in its place, in its directory or in one above it. By
 * owners and modes; access control lists are not looked at. One thread; blocks.
 */
final class StartFileWriters {
    private static final int STICKY = 01000;
    private static final int WRITE_BY_OWNER = 0200;
    private static final int WRITE_BY_GROUP = 020;
    private static final int WRITE_BY_OTHERS = 02;

    private final Set<Integer> users = new HashSet<>();
    private final Set<Integer> groups = new HashSet<>();

    /**
     * Where somebody may.
     *
     * @param path the file itself, or a directory above it
     * @param words who may what there, and what to do
     */
    record Hole(Path path, String words) {}

    /** @param children those who have users of their own */
    StartFileWriters(List<ChildPlan> children) {
        for (ChildPlan child : children) {
            Identity identity = child.identity();
            if (identity != null) {
                for (int i = 0; i < identity.uids(); i++) {
                    users.add(identity.uid() + i);
                }
                users.add(identity.maker());
                groups.add(identity.gid());
                groups.addAll(identity.groups());
            }
        }
        users.remove(Identity.NO_MAKER);
    }

    /** The first one from the file upwards; null if there is none, or the file cannot be looked at, which others tell. */
    @Nullable
    Hole hole(Path file) {
        try {
            for (Path path = file.toRealPath(); path != null; path = path.getParent()) {
                String words = words(path, !Files.isDirectory(path));
                if (words != null) {
                    return new Hole(path, words);
                }
            }
            return null;
        } catch (IOException e) {
            return null;
        }
    }

    private @Nullable String words(Path path, boolean isFile) throws IOException {
        Map<String, Object> known = Files.readAttributes(path, "unix:uid,gid,mode");
        int uid = (Integer) Objects.requireNonNull(known.get("uid"));
        int gid = (Integer) Objects.requireNonNull(known.get("gid"));
        int mode = (Integer) Objects.requireNonNull(known.get("mode"));
        if (users.contains(uid) && (mode & WRITE_BY_OWNER) != 0) {
            return path + " belongs to user " + uid + ", who is one of them; `chown root " + path + "`";
        }
        if (!isFile && (mode & STICKY) != 0) {
            return null; // There each removes only what is its own.
        }
        if ((mode & WRITE_BY_OTHERS) != 0) {
            return path + " may be written by everybody; `chmod o-w " + path + "`";
        }
        return groups.contains(gid) && (mode & WRITE_BY_GROUP) != 0
                ? path + " may be written by group " + gid + ", which some of them are in; `chmod g-w " + path + "`"
                : null;
    }
}
