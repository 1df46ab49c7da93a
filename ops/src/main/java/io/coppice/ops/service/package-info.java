/**
 * A checkout as a systemd service: {@code install} and {@code uninstall}. They write one unit file and call {@code systemctl}. In
 * the command's process, on its main thread.
 */
@NullMarked
package io.coppice.ops.service;

import org.jspecify.annotations.NullMarked;
