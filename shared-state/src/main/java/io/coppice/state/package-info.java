/** Segments. */
@NullMarked
package io.coppice.state;

import org.jspecify.annotations.NullMarked;
