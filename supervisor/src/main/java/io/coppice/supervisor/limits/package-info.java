/**
 * What keeps a process within its declared limits: a control group of its own where this process may make some, else what the kernel
 * limits of each process by itself. What there is, {@link io.coppice.supervisor.limits.ControlGroups} finds out, for the root and for
 * {@code coppice check}; all else is the root's.
 */
@NullMarked
package io.coppice.supervisor.limits;

import org.jspecify.annotations.NullMarked;
