/**
 * {@code coppice bench state}: the same work done by coppice and by what a Java user would pick instead. Compiled by the Maven profile
 * {@code bench} into {@code ops/target/coppice/bench-lib}; on no class path of the product or of its tests. JMH forks JVMs that
 * run {@link io.coppice.ops.bench.peers.UpdateBenchmark} and {@link io.coppice.ops.bench.peers.RecoveryBenchmark}; the rest runs
 * in the JVM of the command, or in those of {@link io.coppice.ops.bench.peers.RingProcess}.
 */
@NullMarked
package io.coppice.ops.bench.peers;

import org.jspecify.annotations.NullMarked;
