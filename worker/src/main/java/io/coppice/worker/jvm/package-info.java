/**
 * How one can tell from inside whether a JVM that runs somebody else's program does well: signs of life, and figures.
 *
 * <p>Called by the agent's thread only, {@link io.coppice.worker.runtime.AgentMain}. What judges ({@link
 * io.coppice.worker.jvm.PoolProgress}, {@link io.coppice.worker.jvm.Idleness}) is pure.
 */
@NullMarked
package io.coppice.worker.jvm;

import org.jspecify.annotations.NullMarked;
