/** The {@code coppice} command's entry point. Runs on the main thread of the process that the launcher execs. */
@NullMarked
package io.coppice.ops;

import org.jspecify.annotations.NullMarked;
