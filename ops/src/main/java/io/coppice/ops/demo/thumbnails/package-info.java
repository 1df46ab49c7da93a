/**
 * {@code coppice demo thumbnails}: has the thumbnailer of {@code io.coppice.ops.demo.thumbnails.job} at work on a folder in which bad
 * files lie, kills it, its transactions and the root meanwhile, and checks the result.
 *
 * <p>Runs in the command's own process, on its main thread.
 */
@NullMarked
package io.coppice.ops.demo.thumbnails;

import org.jspecify.annotations.NullMarked;
