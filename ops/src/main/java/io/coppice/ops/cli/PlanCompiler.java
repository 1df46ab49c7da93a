package io.coppice.ops.cli;

import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.ReplicaSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads a manifest and makes a plan of it, without starting anything. */
@FunctionalInterface
public interface PlanCompiler {
    /**
     * Compiles.
     *
     * @param manifest as the user named it, relative to the process's directory; errors name it so
     * @param instance overrides the manifest's; a valid name
     * @param environment that the children inherit, and that says where the instance lives
     * @param javaHome the JDK that the workers run on; empty: the one of this process
     * @param scaled how many replicas operators want; each counts as long as the manifest declares the number that it did then
     */
    Compilation compile(
            Path manifest,
            Optional<String> instance,
            Map<String, String> environment,
            Optional<Path> javaHome,
            List<ReplicaSet> scaled);

    /**
     * Before a plan of this compiler's is run: writes down whom it gives which of the machine's users, so that nobody else is given them.
     *
     * @param environment what it was compiled with
     * @throws IOException if that cannot be, or somebody else was given one since the plan was made; it must be made anew then
     */
    default void reserve(Plan plan, Map<String, String> environment) throws IOException {}

    /**
     * Whether {@link #reserve} would be done now; nothing is written.
     *
     * @throws IOException as that
     */
    default void requireReservable(Plan plan, Map<String, String> environment) throws IOException {}

    /**
     * What a machine lacks so that this compiler's plan of a manifest can be run on it, and what can be had once for all; empty if nothing, also where a
     * manifest has other errors.
     *
     * @param manifest as of {@link #compile}
     * @param environment likewise
     * @throws IOException if it cannot be told
     */
    default Optional<Provision> missing(Path manifest, Map<String, String> environment) throws IOException {
        return Optional.empty();
    }

    /** Something that a machine is to have; it takes root. */
    interface Provision {
        /** What is going to be made, for people: the end of a sentence that begins with "would". */
        String intent();

        /**
         * Makes it.
         *
         * @return what was made, a line for people
         * @throws IOException with nothing, or a part of it, made
         */
        String make() throws IOException;
    }

    /** A plan, or all that is wrong. */
    sealed interface Compilation {
        /**
         * The manifest is good.
         *
         * @param planText what the root reads
         * @param summary what {@code check} prints: where the instance lives and why, what it reserves. Found out when it is asked for, which blocks on
         *     files for longer than the plan
         * @param warnings lines for standard error; they keep nothing from running
         */
        record Compiled(String planText, Supplier<List<String>> summary, List<String> warnings)
                implements Compilation {}

        /**
         * The manifest is not good.
         *
         * @param errors each {@code file:line:column: key: what, expected what}, in the order of the file; at least one
         */
        record Rejected(List<String> errors) implements Compilation {}
    }
}
