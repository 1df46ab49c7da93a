/**
 * The plan: everything the root needs to know about the daemons it supervises, and the text form in which it gets there.
 *
 * <p>The plan compiler (the command's own process) builds a {@link io.coppice.supervisor.plan.Plan} from the manifest and
 * writes it with {@link io.coppice.supervisor.plan.PlanText}; the root reads that text once, at start, and parses nothing
 * else. Records are immutable and validated, so whoever holds one holds a plan that can be carried out. Any thread may use
 * any of it: no I/O, no clock, no hidden state, and no order that depends on hashing.
 */
@NullMarked
package io.coppice.supervisor.plan;

import org.jspecify.annotations.NullMarked;
