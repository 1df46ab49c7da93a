/**
 * {@code coppice demo}: counts the words of a file with a daemon that is killed again and again, and checks the result.
 *
 * <p>Runs in the command's own process, on its main thread; the root and the daemon are processes of their own, watched
 * through read-only mappings of their segments. {@link io.coppice.ops.demo.Recount} is the main of one more process.
 * What runs inside the daemon is in {@code io.coppice.ops.demo.job}.
 */
@NullMarked
package io.coppice.ops.demo;

import org.jspecify.annotations.NullMarked;
