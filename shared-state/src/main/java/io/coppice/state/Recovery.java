package io.coppice.state;

/**
 * What a recovery or rollback found and did.
 *
 * @param commitSequence the commit whose contents the segment now has
 * @param undoneEntries undo entries applied; 0 if nothing was uncommitted
 * @param undoneWords eight-byte words put back
 * @param erasedSlots publish slots that belonged to no commit
 */
public record Recovery(long commitSequence, int undoneEntries, long undoneWords, int erasedSlots) {}
