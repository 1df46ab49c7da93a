/**
 * The root's shell: start-up, the duty cycle over epoll, and everything that carries out what the pure core decides.
 *
 * <p>One thread, the duty-cycle thread, runs all of it and is the only writer of the root segment. Two helpers exist
 * beside it because their calls may block: the {@link io.coppice.supervisor.os.Spawner}'s thread and the
 * {@link io.coppice.supervisor.root.Console}'s. Neither decides anything.
 */
@NullMarked
package io.coppice.supervisor.root;

import org.jspecify.annotations.NullMarked;
