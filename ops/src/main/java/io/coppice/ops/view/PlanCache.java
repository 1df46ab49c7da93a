package io.coppice.ops.view;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the plan again only when its file changed. One thread. */
public final class PlanCache {
    private final InstanceDirectory directory;
    private @Nullable PlanFile latest;
    private List<Object> latestIdentity = List.of();

    /** Reads nothing yet. */
    public PlanCache(InstanceDirectory directory) {
        this.directory = directory;
    }

    /** The plan as it is now. */
    public PlanFile read() {
        List<Object> identity = identity();
        PlanFile known = latest;
        if (known == null || !identity.equals(latestIdentity)) {
            known = PlanFile.read(directory);
            latest = known;
            latestIdentity = identity;
        }
        return known;
    }

    private List<Object> identity() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(directory.plan(), BasicFileAttributes.class);
            return List.of(String.valueOf(attributes.fileKey()), attributes.size(), attributes.lastModifiedTime());
        } catch (IOException e) {
            return List.of(); // Reading the file itself will say what is wrong.
        }
    }
}
