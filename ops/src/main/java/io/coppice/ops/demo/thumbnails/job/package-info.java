/**
 * The thumbnailer: an example of what a user writes, on the worker's API and the JDK alone.
 *
 * <p>{@link io.coppice.ops.demo.thumbnails.job.ThumbnailDaemon} runs on the loop thread of a worker, {@link
 * io.coppice.ops.demo.thumbnails.job.Thumbnail} in a transaction; {@link io.coppice.ops.demo.thumbnails.job.ThumbnailProgress} is
 * also read by whoever watches them.
 */
@NullMarked
package io.coppice.ops.demo.thumbnails.job;

import org.jspecify.annotations.NullMarked;
