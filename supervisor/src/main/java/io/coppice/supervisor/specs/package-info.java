/**
 * What the core must know of a plan. The root asks for it, and the simulator, which knows nothing else of a plan. Pure: any
 * thread.
 */
@NullMarked
package io.coppice.supervisor.specs;

import org.jspecify.annotations.NullMarked;
