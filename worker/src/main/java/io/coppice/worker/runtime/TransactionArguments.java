package io.coppice.worker.runtime;

import io.coppice.state.SegmentSize;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The command line the root gives a transaction's JVM. The same for all slots of a daemon, so that a standby serves any of them: which
 * one, the release line says.
 *
 * <pre>
 *  --instance I --daemon NAME --requests FILE --segments PREFIX --locks PREFIX [--root FILE] [--main CLASS] [--size STATEBYTES] --
 * </pre>
 *
 * @param daemon whose transactions these are
 * @param requests the daemon's segment, which holds what is submitted
 * @param segments how the file names of the slots' segments begin; the slot's number and {@value #SEGMENT_SUFFIX} follow
 * @param locks how those of their lock files begin; the slot's number and {@value #LOCK_SUFFIX} follow
 * @param root the root's segment, which tells why an attempt was killed; empty if that is not told
 * @param mainClass the daemon's class, by which a standby finds the tasks that it may be given; empty if that is not told
 * @param size that each slot's segment is to have; null if any will do
 */
record TransactionArguments(
        String instance,
        String daemon,
        Path requests,
        String segments,
        String locks,
        Optional<Path> root,
        Optional<String> mainClass,
        @Nullable SegmentSize size) {
    static final String SEGMENT_SUFFIX = ".seg";
    static final String LOCK_SUFFIX = ".lock";

    private static final List<String> REQUIRED =
            List.of("--instance", "--daemon", "--requests", "--segments", "--locks");

    private static final String ROOT = "--root";
    private static final String MAIN = "--main";
    private static final String SIZE = "--size";
    private static final List<String> OPTIONAL = List.of(ROOT, MAIN, SIZE);

    /**
     * @throws IllegalArgumentException naming the argument at fault
     */
    static TransactionArguments parse(String[] args) {
        Map<String, String> options = new LinkedHashMap<>();
        int at = 0;
        while (at < args.length && !args[at].equals("--")) {
            String option = args[at];
            if (!REQUIRED.contains(option) && !OPTIONAL.contains(option)) {
                throw new IllegalArgumentException(
                        option + ": unknown; expected one of " + REQUIRED + " or " + OPTIONAL);
            }
            if (at + 1 == args.length) {
                throw new IllegalArgumentException(option + ": expected a value after it");
            }
            if (options.put(option, args[at + 1]) != null) {
                throw new IllegalArgumentException(option + ": given twice");
            }
            at += 2;
        }
        if (at + 1 < args.length) {
            throw new IllegalArgumentException(
                    args[at + 1] + ": expected nothing behind --; a task is given its input");
        }
        for (String option : REQUIRED) {
            if (!options.containsKey(option)) {
                throw new IllegalArgumentException(option + ": missing");
            }
        }
        return new TransactionArguments(
                options.getOrDefault("--instance", ""),
                options.getOrDefault("--daemon", ""),
                Path.of(options.getOrDefault("--requests", "")),
                options.getOrDefault("--segments", ""),
                options.getOrDefault("--locks", ""),
                Optional.ofNullable(options.get(ROOT)).map(Path::of),
                Optional.ofNullable(options.get(MAIN)),
                size(options.get(SIZE)));
    }

    private static @Nullable SegmentSize size(@Nullable String text) {
        try {
            return text == null ? null : new SegmentSize(Long.parseLong(text), 0);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(SIZE + " " + text + ": expected a number of bytes", e);
        }
    }

    /** The name of a slot, which its segment has too. */
    String name(int slot) {
        return daemon + "@" + slot;
    }

    Path segment(int slot) {
        return Path.of(segments + slot + SEGMENT_SUFFIX);
    }

    Path lock(int slot) {
        return Path.of(locks + slot + LOCK_SUFFIX);
    }
}
