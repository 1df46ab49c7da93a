package io.coppice.ops.cli;

import java.util.SortedMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What other packages put behind commands. Suppliers, because a {@code status} must not load a YAML reader.
 *
 * @param compiler behind {@code check} and {@code run}
 * @param commands further commands by name; each function gets the common options and returns an object with picocli's
 *     annotations that is a {@code Callable<Integer>}
 */
public record CommandLineParts(
        Supplier<PlanCompiler> compiler, SortedMap<String, Function<CoppiceCommand, Object>> commands) {}
