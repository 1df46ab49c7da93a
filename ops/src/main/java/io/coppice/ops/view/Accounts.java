package io.coppice.ops.view;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The machine's users and groups, wherever it keeps them: asked through {@code getent}, as the JDK tells no ids. Blocks. */
public final class Accounts {
    private static final long TIMEOUT_SECONDS = 10;
    private static final int MAX_LINE_BYTES = 64 << 10;

    private final Path getent;

    /** @param getent the program */
    public Accounts(Path getent) {
        this.getent = getent;
    }

    /**
     * A user.
     *
     * @param name of the account
     * @param home its directory; may be empty
     */
    public record User(String name, long uid, long gid, String home) {}

    /**
     * The user of this name or number; null if there is none.
     *
     * @throws IOException if nobody can tell
     */
    public @Nullable User user(String nameOrUid) throws IOException {
        List<String> fields = ask("passwd", nameOrUid, 7);
        return fields == null
                ? null
                : new User(fields.get(0), Long.parseLong(fields.get(2)), Long.parseLong(fields.get(3)), fields.get(5));
    }

    /** The number of the group of this name; null if there is none. */
    public @Nullable Long gid(String name) throws IOException {
        List<String> fields = ask("group", name, 4);
        return fields == null ? null : Long.valueOf(fields.get(2));
    }

    /** The numbers of all groups that a user is in; empty if nobody tells. */
    public Set<Long> groupsOf(User user) throws IOException {
        Set<Long> ids = new LinkedHashSet<>();
        for (String word : answer("initgroups", user.name()).strip().split("\\s+", -1)) {
            if (word.matches("[0-9]{1,10}")) {
                ids.add(Long.valueOf(word));
            }
        }
        ids.add(user.gid());
        return ids;
    }

    /** The names in a database, {@code passwd} or {@code group}, as far as they are told without being asked for. */
    public List<String> names(String database) throws IOException {
        return answer(database)
                .lines()
                .map(line -> line.substring(0, Math.max(0, line.indexOf(':'))))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private @Nullable List<String> ask(String database, String key, int fieldCount) throws IOException {
        List<String> fields = List.of(answer(database, key).stripTrailing().split(":", -1));
        return fields.size() == fieldCount ? fields : null;
    }

    /** What it says, up to a bound; empty if it has nothing to say. */
    private String answer(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(getent.toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readNBytes(MAX_LINE_BYTES), StandardCharsets.UTF_8);
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(getent + " gave no answer within " + TIMEOUT_SECONDS + " s");
            }
            return process.exitValue() == 0 ? text : "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking " + getent, e);
        } finally {
            process.destroyForcibly();
        }
    }
}
