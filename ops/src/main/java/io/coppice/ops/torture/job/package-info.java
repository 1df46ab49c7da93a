/**
 * What runs inside the daemons of {@code coppice torture}: writers that change all structures by a script, and readers that
 * check what they see of them. Loads nothing but the worker's classes. Loop thread of a worker, unless a class says more.
 */
@NullMarked
package io.coppice.ops.torture.job;

import org.jspecify.annotations.NullMarked;
