/**
 * Segments: memory-mapped files with one writer each, changed only by atomic commits that survive the death of the
 * writer at any instruction.
 *
 * <p>What lives here: the drawn layouts ({@code *Layout}), the commit engine with its undo log, the structures that user
 * code keeps its state in (records, tables, maps), and the read-only views through which every other process sees
 * them. The root creates segments ({@link io.coppice.state.SegmentFile#create}); a worker owns one
 * ({@link io.coppice.state.OwnedSegment}, its loop thread only); anybody may read one
 * ({@link io.coppice.state.ReadOnlySegment}, one thread per instance). Nothing here starts a thread.
 */
@NullMarked
package io.coppice.state;

import org.jspecify.annotations.NullMarked;
