/**
 * The prober: the process, launched by the root as a child like others, that looks from outside whether children are up, ready and
 * alive, and tells the root. It knows from the root's segment what runs, and from the plan on record what to look at; nobody calls it.
 * {@code Prober} and what it holds belong to its main thread; each look runs on a thread of a pool.
 */
@NullMarked
package io.coppice.ops.prober;

import org.jspecify.annotations.NullMarked;
