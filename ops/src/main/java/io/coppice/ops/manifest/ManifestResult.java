package io.coppice.ops.manifest;

import io.coppice.supervisor.limits.ControlGroups;
import io.coppice.supervisor.plan.Plan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What became of a manifest. */
public sealed interface ManifestResult {
    /** Directories of this machine, which are looked for when they are asked for. */
    interface Directories {
        /**
         * As they are now.
         *
         * @throws IOException if they cannot be told; with a message for people
         */
        List<Path> find() throws IOException;
    }

    /**
     * It can be run.
     *
     * @param plan what the root is given
     * @param budget all memory declared, and the limits it stays below
     * @param directory where the instance lives and why there; nothing of it has been created
     * @param control who may ask the root, for people
     * @param groups where limits of processes could be enforced
     * @param gaps what sandboxes do not keep from workers on this kernel, for people; empty where nobody is in one
     * @param closed directories in which processes in sandboxes can make nothing, though their user may; looks at the machine
     * @param unlimitedReaders the daemons that may read every segment, isolated as they are, because they have no {@code reads}
     * @param warnings lines to print on stderr; they keep nothing from running
     */
    record Compiled(
            Plan plan,
            Budget budget,
            InstanceDirectory directory,
            String control,
            ControlGroups groups,
            List<String> gaps,
            Directories closed,
            List<String> unlimitedReaders,
            List<String> warnings)
            implements ManifestResult {
        public Compiled {
            gaps = List.copyOf(gaps);
            unlimitedReaders = List.copyOf(unlimitedReaders);
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * It cannot. Nothing was created.
     *
     * @param errors at least one, in the order of the file
     */
    record Refused(List<ManifestError> errors) implements ManifestResult {
        public Refused {
            errors = List.copyOf(errors);
        }
    }
}
