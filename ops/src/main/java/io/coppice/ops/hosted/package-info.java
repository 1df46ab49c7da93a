/**
 * An instance that a command runs for itself and takes away again, as the demo and the torture do: its root as a child
 * process, a folder, what watches it and kills in it, and the cleaning, however the command's own process ends.
 *
 * <p>In the command's process, on its main thread and its shutdown hook; {@code hosted-cleanup} is a process of its own.
 */
@NullMarked
package io.coppice.ops.hosted;

import org.jspecify.annotations.NullMarked;
