package io.coppice.ops.manifest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a root of this user may do beyond what any process may: capabilities(7) by the kernel's numbers. Blocks. */
final class Capabilities {
    /** To give files to any user and group. */
    static final int CHOWN = 0;

    /** What it takes to run, and to end, processes of other users. */
    static final Map<Integer, String> OTHER_USERS =
            Map.of(5, "CAP_KILL", 6, "CAP_SETGID", 7, "CAP_SETUID", 19, "CAP_SYS_PTRACE");

    /** What it takes beside to give files to other users, and to work with these files. */
    static final Map<Integer, String> THEIR_FILES = Map.of(CHOWN, "CAP_CHOWN", 1, "CAP_DAC_OVERRIDE", 3, "CAP_FOWNER");

    private static final Pattern EFFECTIVE = Pattern.compile("(?m)^CapEff:\\s*([0-9a-f]{1,16})$");

    private Capabilities() {}

    /**
     * What a root would lack of these, as the end of a sentence that begins with "this"; null if nothing.
     *
     * @param needed by the kernel's numbers
     */
    static @Nullable String lacking(Surroundings surroundings, Map<Integer, String> needed) {
        if (surroundings.uid() != 0) {
            return "is user " + surroundings.uid();
        }
        Path status = surroundings.system("/proc/self/status");
        try {
            String text = Files.isReadable(status) ? Files.readString(status) : "";
            if (EFFECTIVE.matcher(text).find()) {
                List<String> missing = needed.entrySet().stream()
                        .filter(entry -> !isHeld(text, entry.getKey()))
                        .map(Map.Entry::getValue)
                        .sorted()
                        .toList();
                return missing.isEmpty()
                        ? null
                        : "root has no " + String.join(", ", missing) + " (CapabilityBoundingSet= of its unit)";
            }
        } catch (IOException e) {
            return "system does not tell what root may do (" + e.getMessage() + ")";
        }
        return null;
    }

    /**
     * Whether a process has one.
     *
     * @param status of it, as the kernel writes it; where it says nothing, the answer is no
     * @param capability by the kernel's number
     */
    static boolean isHeld(String status, int capability) {
        Matcher effective = EFFECTIVE.matcher(status);
        return effective.find() && (Long.parseUnsignedLong(effective.group(1), 16) >> capability & 1) != 0;
    }
}
