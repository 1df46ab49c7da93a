/**
 * All of Coppice that a supervised program's own class loader ever sees: one class that calls the rest, which is loaded apart.
 *
 * <p>In a jar of its own. Called by the JVM of a {@code command} with {@code agent: true}, on its main thread, before the program's main.
 */
@NullMarked
package io.coppice.agent;

import org.jspecify.annotations.NullMarked;
