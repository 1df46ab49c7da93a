/**
 * The demo's daemon: an example of what a user writes, on the worker's API and the JDK alone.
 *
 * <p>{@link io.coppice.ops.demo.job.WordCountDaemon} runs on the loop thread of a worker; {@link
 * io.coppice.ops.demo.job.WordCountProgress} is also read by whoever watches it.
 */
@NullMarked
package io.coppice.ops.demo.job;

import org.jspecify.annotations.NullMarked;
