/** Daemons that the system tests run, each with one way of living or dying. */
@NullMarked
package io.coppice.ops.system.daemons;

import org.jspecify.annotations.NullMarked;
