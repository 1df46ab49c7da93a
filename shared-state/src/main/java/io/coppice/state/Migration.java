package io.coppice.state;

/** User code that makes new contents of old ones; see {@link OwnedSegment#migrate}. Owner's thread. */
@FunctionalInterface
public interface Migration {
    /**
     * Fills the new state.
     *
     * @param old a private copy of the contents as of their last commit
     * @param state empty at first, also when an earlier attempt died in the middle
     * @throws Exception anything: the segment is then as it was before
     */
    void migrate(StateView old, State state) throws Exception;
}
