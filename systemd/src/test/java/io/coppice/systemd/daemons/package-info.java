/** Daemons that run in the box. */
@NullMarked
package io.coppice.systemd.daemons;

import org.jspecify.annotations.NullMarked;
