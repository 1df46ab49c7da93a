/**
 * {@code coppice torture}: kills daemons of an instance at random instants, again and again, and checks that nothing they
 * committed is lost or torn, and that nothing they did not commit is there.
 *
 * <p>Runs in the command's own process: its main thread kills, one thread looks into the segments, and one for each
 * connection records what the daemons acknowledge. What runs inside the daemons is in {@code io.coppice.ops.torture.job}.
 */
@NullMarked
package io.coppice.ops.torture;

import org.jspecify.annotations.NullMarked;
