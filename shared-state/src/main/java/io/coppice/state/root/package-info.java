/**
 * The root's own segment: status of every child, wanted states, events. Written by the root's duty-cycle thread through
 * {@link io.coppice.state.root.RootSegment}, one commit per duty cycle; read by everybody else through {@link
 * io.coppice.state.root.RootView}.
 *
 * <p>Codes stored in the segment stand beside the constants of the enums here; a released code is never reused.
 */
@NullMarked
package io.coppice.state.root;

import org.jspecify.annotations.NullMarked;
