/** Programs that know nothing of Coppice, for tests of what runs under the agent. They need the JDK alone. */
@NullMarked
package io.coppice.ops.system.programs;

import org.jspecify.annotations.NullMarked;
