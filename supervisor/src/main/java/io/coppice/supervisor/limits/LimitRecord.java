package io.coppice.supervisor.limits;

import io.coppice.supervisor.plan.ChildPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A file in the instance's directory by which a root tells clients how limits are enforced, and its successor where the groups are. There
 * only where a plan has had limits. Lines: {@code CONTROLLER WORD} with the word of an {@link Enforcement}, and {@code base PATH}.
 */
public final class LimitRecord {
    /** Its name. */
    public static final String FILE_NAME = "limits";

    private static final String BASE = "base ";
    private static final int MOST_BASES = 16;

    private final Path file;

    /** @param directory of the instance */
    public LimitRecord(Path directory) {
        this.file = directory.resolve(FILE_NAME);
    }

    /** By what the root enforces a limit of such a child; {@link Enforcement#NONE} also where no root has said so. */
    public Enforcement enforcement(Controller controller, ChildPlan.Kind kind) {
        for (Enforcement each : Enforcement.values()) {
            if (each.isWhole() && lines().contains(controller.key() + " " + each.word())) {
                return each;
            }
        }
        return Files.exists(file) ? Enforcement.withoutGroup(controller, kind) : Enforcement.NONE;
    }

    /** Where a root has made groups. */
    List<Path> bases() {
        return lines().stream()
                .filter(line -> line.startsWith(BASE + "/"))
                .limit(MOST_BASES)
                .map(line -> Path.of(line.substring(BASE.length())))
                .toList();
    }

    /** Whole or not at all. */
    void write(GroupTree tree) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Controller controller : Controller.values()) {
            lines.add(controller.key() + " "
                    + tree.enforcement(controller, ChildPlan.Kind.DAEMON).word());
        }
        tree.allBases().stream().limit(MOST_BASES).forEach(base -> lines.add(BASE + base));
        Path unfinished = file.resolveSibling(FILE_NAME + ".new");
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(unfinished, String.join("\n", lines) + "\n");
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private List<String> lines() {
        return ControlGroups.read(file).lines().toList();
    }
}
