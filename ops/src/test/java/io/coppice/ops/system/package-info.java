/**
 * System tests: the launcher, a real root, real worker JVMs, real kills. Each makes an instance in a directory of its own
 * and removes every process and file that it made, unless it failed.
 */
@NullMarked
package io.coppice.ops.system;

import org.jspecify.annotations.NullMarked;
