package io.coppice.ops.manifest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The machine's users and groups, wherever it keeps them: asked through {@code getent}, as the JDK tells no ids. Blocks. */
final class Accounts {
    private static final long TIMEOUT_SECONDS = 10;
    private static final int MAX_LINE_BYTES = 64 << 10;

    private final Path getent;

    /** @param getent the program */
    Accounts(Path getent) {
        this.getent = getent;
    }

    /**
     * A user.
     *
     * @param name of the account
     * @param home its directory; may be empty
     */
    record User(String name, long uid, long gid, String home) {}

    /**
     * The user of this name or number; null if there is none.
     *
     * @throws IOException if nobody can tell
     */
    @Nullable
    User user(String nameOrUid) throws IOException {
        List<String> fields = ask("passwd", nameOrUid, 7);
        return fields == null
                ? null
                : new User(fields.get(0), Long.parseLong(fields.get(2)), Long.parseLong(fields.get(3)), fields.get(5));
    }

    /** The number of the group of this name; null if there is none. */
    @Nullable
    Long gid(String name) throws IOException {
        List<String> fields = ask("group", name, 4);
        return fields == null ? null : Long.valueOf(fields.get(2));
    }

    private @Nullable List<String> ask(String database, String key, int fieldCount) throws IOException {
        Process process = new ProcessBuilder(getent.toString(), database, key)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            process.getOutputStream().close();
            String line = new String(process.getInputStream().readNBytes(MAX_LINE_BYTES), StandardCharsets.UTF_8);
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(getent + " gave no answer within " + TIMEOUT_SECONDS + " s");
            }
            List<String> fields = List.of(line.stripTrailing().split(":", -1));
            return process.exitValue() == 0 && fields.size() == fieldCount ? fields : null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking " + getent, e);
        } finally {
            process.destroyForcibly();
        }
    }
}
