package io.coppice.ops.bench;

import io.coppice.ops.bench.job.Idle;
import io.coppice.ops.bench.job.Steps;
import io.coppice.ops.hosted.ManifestText;
import java.util.List;
import java.util.Locale;

/** The daemons of {@code bench recovery}, as a manifest. Pure. */
final class RecoveryManifest {
    /** Of each heap there is one of each. */
    enum Role {
        /** Has a process in reserve. */
        STANDBY("", ", standby: 1"),
        /** Started cold after a kill. */
        COLD(NO_ARCHIVE, ""),
        /** As {@link #COLD}, with an archive of what a worker's JVM loads. */
        ARCHIVED("", ""),
        /** As {@link #COLD}, its heap touched at the start, in small pages: what makes a death slow. */
        SMALL_PAGES(NO_ARCHIVE + TOUCHED_SMALL_PAGES, ""),
        /** Has a process in reserve that goes on at the death word; its heap is as slow to die as can be. */
        WORD(NO_ARCHIVE + TOUCHED_SMALL_PAGES, ", standby: 1, fence: word"),
        /** Stopped, and then run by {@code runsv}. */
        RUNSV(NO_ARCHIVE, ""),
        /** Does nothing; stopped, and then started by the bench. */
        EMPTY(NO_ARCHIVE, ""),
        /** As {@link #EMPTY}, with an archive. */
        ARCHIVED_EMPTY("", "");

        private final String jvm;
        private final String more;

        /**
         * @param jvm more keys of {@code jvm}
         * @param more keys of the daemon
         */
        Role(String jvm, String more) {
            this.jvm = jvm;
            this.more = more;
        }

        boolean isEmpty() {
            return this == EMPTY || this == ARCHIVED_EMPTY;
        }

        /** Whether it is to be started with an archive. */
        boolean isArchived() {
            return jvm.isEmpty();
        }

        String daemon(int heapMib) {
            return name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + heapMib;
        }
    }

    private static final String TOUCHED_SMALL_PAGES =
            ", options: [\"-XX:-UseTransparentHugePages\", \"-XX:+AlwaysPreTouch\"]";
    private static final String NO_ARCHIVE = ", archive: none";
    private static final long SMALLEST = 64L << 10;

    private RecoveryManifest() {}

    /**
     * @param instance its name
     * @param jar with the daemons' classes
     * @param stateBytes that a daemon touches
     */
    static String text(String instance, String jar, List<Integer> heapsMib, long stateBytes) {
        StringBuilder text = new StringBuilder("instance: " + instance + "\n"
                + "defaults: {restart: always, max_restarts: unlimited, backoff: none, log: file}\n"
                + "daemons:\n");
        for (int heapMib : heapsMib) {
            for (Role role : Role.values()) {
                text.append("  %s: {main: %s, classpath: [%s], state: %dB, jvm: {heap: %dMiB%s}, args: [\"%d\"]%s}%n"
                        .formatted(
                                role.daemon(heapMib),
                                role.isEmpty() ? Idle.class.getName() : Steps.class.getName(),
                                ManifestText.quoted(jar),
                                role.isEmpty() ? SMALLEST : roomFor(stateBytes),
                                heapMib,
                                role.jvm,
                                stateBytes,
                                role.more));
            }
        }
        return text.toString();
    }

    /** The arena, and an eighth of it for the undo log; the directory and the publish slots take less than a MiB. */
    private static long roomFor(long stateBytes) {
        return stateBytes + stateBytes / 4 + (1L << 20);
    }
}
