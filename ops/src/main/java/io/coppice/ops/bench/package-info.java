/**
 * {@code coppice bench}: figures of this machine that anyone can have again. Each bench is a command of its own process; it
 * judges nothing.
 */
@NullMarked
package io.coppice.ops.bench;

import org.jspecify.annotations.NullMarked;
