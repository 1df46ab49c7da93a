/**
 * What clients see of an instance: who lives, in which state, what happened, what a segment holds.
 *
 * <p>Called by {@code io.coppice.ops.cli}, on the thread of the command, in a process that is never the root. Everything
 * here only reads, and trusts nothing that it reads: files of other processes may be missing, torn, truncated or hostile.
 * Nothing here takes a lock, so looking never disturbs a root or a daemon.
 */
@NullMarked
package io.coppice.ops.view;

import org.jspecify.annotations.NullMarked;
