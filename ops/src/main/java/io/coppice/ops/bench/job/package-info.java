/** What the benches run in other JVMs. */
@NullMarked
package io.coppice.ops.bench.job;

import org.jspecify.annotations.NullMarked;
