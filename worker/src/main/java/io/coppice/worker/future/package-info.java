/**
 * Values that are not there yet, for code that must not wait: a {@link io.coppice.worker.future.Promise} is the side that will
 * know, a {@link io.coppice.worker.future.Future} the side that wants to. Their semantics are those of libprocess: a request to
 * discard is only that, it travels up a chain of futures, and whoever provides the value decides.
 *
 * <p>All of it belongs to one thread, the daemon's loop: who completes a future runs what was to be done then, at once and in
 * the order in which it was asked for. Nothing here blocks, starts a thread, or outlives the process.
 */
@NullMarked
package io.coppice.worker.future;

import org.jspecify.annotations.NullMarked;
