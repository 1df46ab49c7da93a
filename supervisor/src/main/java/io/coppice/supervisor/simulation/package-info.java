/**
 * The production core, unchanged, against a simulated operating system: clock, processes, segments, operators, and the
 * root's own death. It finds what breaks an invariant, and answers what a plan will do under which faults.
 *
 * <p>A run is one thread and no real time: the same seed always gives the same run. Nothing here blocks, opens a file or reads
 * a clock. Called by {@code coppice simulate} and by tests; the root does not know of it.
 */
@NullMarked
package io.coppice.supervisor.simulation;

import org.jspecify.annotations.NullMarked;
