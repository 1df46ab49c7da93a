/**
 * The commands of {@code coppice}: options, the choice of the instance, requests to the root, exit codes.
 *
 * <p>Called by {@code io.coppice.ops.Main}, on the main thread of a process of its own; nothing here runs in the root
 * except {@code run}'s option parsing. Commands say what they see through {@code io.coppice.ops.view}.
 */
@NullMarked
package io.coppice.ops.cli;

import org.jspecify.annotations.NullMarked;
