package io.coppice.supervisor.os;

import java.io.IOException;
import java.util.List;

/**
 * Has the last word on the arguments of a program that is about to be started, on the spawner's thread: it may look at files, and block
 * for as long as that takes.
 */
@FunctionalInterface
public interface ArgvPreparation {
    /**
     * Called once for a request, before its program is looked for.
     *
     * @param argv as requested
     * @return what is executed; the program is that of {@code argv}
     * @throws IOException if it must not be started, with the reason as one line for people
     */
    List<String> prepare(List<String> argv) throws IOException;
}
