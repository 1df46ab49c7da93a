/**
 * The one place of a worker that calls the C library, by jffi itself: jnr-ffi, which generates code for what a single class says
 * here, would cost a start three times as much. Nothing of this is loaded by a worker that is not fenced by its loop word, nor on
 * the way of a cold start to its first commit; jffi is on the class path of those workers only, so any class here may be missing
 * what it needs.
 */
@NullMarked
package io.coppice.worker.libc;

import org.jspecify.annotations.NullMarked;
