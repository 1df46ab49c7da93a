/**
 * Stand-ins for mapped memory, for tests of this module and of those above it: the production engine runs on them
 * unchanged. In the test-jar only.
 */
@NullMarked
package io.coppice.state.testing;

import org.jspecify.annotations.NullMarked;
