package io.coppice.state;

/**
 * One line of history of a segment's contents. Commit numbers grow within a timeline; a step back beyond the last commit
 * (to a checkpoint, to abandoned contents, to nothing, by a migration) starts the next one.
 *
 * @param number 1 at the segment's creation, one more for each step back
 * @param startCommit the commit sequence at which it began: its first own commit is one higher
 */
public record Timeline(long number, long startCommit) {}
