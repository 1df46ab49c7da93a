/**
 * The child JVMs' mains: the loop that calls a {@link io.coppice.worker.Daemon}, and the process that runs a {@link io.coppice.worker.Task}.
 *
 * <p>A {@link io.coppice.worker.runtime.RootLine} decides what a process is: a worker at once; a standby, which is warmed up
 * ({@link io.coppice.worker.runtime.WarmUp}) and parked until it is assigned; or one that only trains.
 *
 * <p>The root starts {@link io.coppice.worker.runtime.WorkerMain} and {@link io.coppice.worker.runtime.TransactionMain}; nobody else
 * calls anything here. The main thread is the loop thread, or the task's, and does everything; the shutdown hook's thread only asks it to
 * stop and waits.
 */
@NullMarked
package io.coppice.worker.runtime;

import org.jspecify.annotations.NullMarked;
