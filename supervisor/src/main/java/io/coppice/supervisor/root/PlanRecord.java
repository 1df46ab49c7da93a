package io.coppice.supervisor.root;

import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.PlanBounds;
import io.coppice.supervisor.plan.PlanFormatException;
import io.coppice.supervisor.plan.PlanText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** The plan beside the root's segment: who looks at an instance finds there what it is meant to run. */
final class PlanRecord {
    private static final int EXIT_FAILED = 1;

    private PlanRecord() {}

    /** What the last root ran by; null if there is none, or it is of another release. */
    static @Nullable Plan read(Path directory) {
        try (InputStream in = Files.newInputStream(directory.resolve("plan"), LinkOption.NOFOLLOW_LINKS)) {
            byte[] text = in.readNBytes(PlanBounds.MAX_PLAN_BYTES + 1);
            return PlanText.read(new String(text, StandardCharsets.UTF_8));
        } catch (IOException | PlanFormatException e) {
            return null;
        }
    }

    /**
     * Writes it under another name, which may block.
     *
     * @throws StartupRefused with the record as it was
     */
    static void write(Path directory, Plan plan) throws StartupRefused {
        try {
            Path unfinished = unfinished(directory);
            Files.deleteIfExists(unfinished);
            Files.createFile(
                    unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(unfinished, PlanText.write(plan));
        } catch (IOException e) {
            throw new StartupRefused(EXIT_FAILED, "cannot record the plan in " + directory + ": " + e.getMessage());
        }
    }

    /** What was written last takes the record's place. */
    static void replace(Path directory) throws IOException {
        Files.move(unfinished(directory), file(directory), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Where it is. */
    static Path file(Path directory) {
        return directory.resolve("plan");
    }

    private static Path unfinished(Path directory) {
        return directory.resolve("plan.new");
    }
}
