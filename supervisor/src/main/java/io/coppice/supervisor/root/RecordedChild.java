package io.coppice.supervisor.root;

import io.coppice.supervisor.core.ChildState;

/**
 * A child as a root that died had recorded it.
 *
 * @param state of the core, under the new plan's spec
 * @param session that its process was launched in
 * @param pidfdInode of that process, 0 where the kernel did not tell
 * @param lastExitEpochMs when it last ended, milliseconds since 1970
 */
record RecordedChild(ChildState state, long session, long pidfdInode, long lastExitEpochMs) {}
