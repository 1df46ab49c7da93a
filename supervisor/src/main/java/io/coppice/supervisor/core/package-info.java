/**
 * The pure core of the supervisor: {@link io.coppice.supervisor.core.Supervisor#step} takes a state and an event and
 * gives the next state and the commands that follow from it.
 *
 * <p>No clock, no input or output, no threads, no iteration in hash order, no mutable statics: the same inputs always
 * give equal outputs. The root's duty cycle calls it in production, on its one application thread; the simulator calls
 * the same code in tests. All values are immutable and may be read from any thread.
 *
 * <p>The shell's contract: gather events, step, publish the new state and commit it, and only then carry out the
 * commands, in order.
 */
@NullMarked
package io.coppice.supervisor.core;

import org.jspecify.annotations.NullMarked;
