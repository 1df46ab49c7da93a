/**
 * What a daemon's author writes against: one class that implements {@link io.coppice.worker.Daemon}.
 *
 * <p>Everything here is called by or from the worker's loop thread, the only application thread of the child JVM,
 * unless a method says otherwise. Nothing here starts a thread.
 */
@NullMarked
package io.coppice.worker;

import org.jspecify.annotations.NullMarked;
