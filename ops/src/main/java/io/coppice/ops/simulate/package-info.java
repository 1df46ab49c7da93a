/** {@code coppice simulate}: asks the simulator about a manifest, and shows what it answers. Runs on the command's main thread. */
@NullMarked
package io.coppice.ops.simulate;

import org.jspecify.annotations.NullMarked;
