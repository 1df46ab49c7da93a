/** Checks of the unit files; the modules' classes are not needed for them. */
@NullMarked
package io.coppice.systemd;

import org.jspecify.annotations.NullMarked;
