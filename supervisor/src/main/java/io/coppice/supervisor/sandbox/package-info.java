/**
 * What a process in a sandbox may do: rules for the kernel, made of a plan and of what there is on the machine. {@link
 * io.coppice.supervisor.sandbox.Outside} is for the root's spawner thread and for {@code coppice check}; nothing here decides when a process
 * starts, which is the root's.
 */
@NullMarked
package io.coppice.supervisor.sandbox;

import org.jspecify.annotations.NullMarked;
