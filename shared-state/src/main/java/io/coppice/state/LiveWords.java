package io.coppice.state;

/**
 * Checks the words on page 0 that change as the segment is used against whatever else the segment says of them. They have no
 * checksum, as each commit would have to store it. To be asked before recovery, which goes by them; the owner's thread.
 *
 * <p>What always holds while no step back is under way, in every state that a crash leaves:
 *
 * <ul>
 *   <li>the newest of the timelines on record is the present one, and began where timelineStart says;
 *   <li>commitSequence is that or more;
 *   <li>nothing is stamped higher than commitSequence + 1: neither the start of the undo log, nor a published image, nor a
 *       result;
 *   <li>with a checksum of the arena, there is a hash of commitSequence.
 * </ul>
 *
 * So damage of timeline or timelineStart is always noticed. Of commitSequence it is if it makes the number smaller than what
 * the last commit stamped allows, and with a checksum of the arena in all cases but one, the number less one: together with
 * the undo log that is, word for word, what a death just before the last commit leaves, and it is taken for that.
 */
final class LiveWords {
    private LiveWords() {}

    /**
     * @param hashed whether to go by the checksum of the arena, if there is one
     * @throws SegmentDamagedException if they contradict each other, or what is stamped; nothing was changed
     */
    static void check(Memory memory, SegmentGeometry geometry, boolean hashed) {
        if (memory.getLongAcquire(HeaderLayout.STEP_BACK_OFFSET) != StepBack.NONE) {
            return; // They are about to be replaced by those of the decision, which has a checksum.
        }
        long timeline = memory.getLong(HeaderLayout.TIMELINE_OFFSET);
        long start = memory.getLong(HeaderLayout.TIMELINE_START_OFFSET);
        if (!Timelines.isRecorded(memory, timeline, start)) {
            throw damaged("timeline " + timeline + " that began at commit " + start
                    + ", which is not the newest of the timelines on record");
        }
        long committed = memory.getLong(HeaderLayout.COMMIT_SEQUENCE_OFFSET);
        if (start < 0 || committed < start) {
            throw damaged("commit " + committed + " on a timeline that began at commit " + start);
        }
        requireStamp(memory.getLong(geometry.undoOffset()), committed, "the undo log");
        for (int slot = 0; slot < PublishLayout.SLOTS; slot++) {
            requireStamp(
                    memory.getLong(PublishLayout.slotOffset(geometry.publishOffset(), slot)),
                    committed,
                    "a published image");
        }
        requireStamp(memory.getLong(HeaderLayout.RESULT_STAMP_OFFSET), committed, "the result");
        boolean on = memory.getLong(HeaderLayout.ARENA_CHECKSUM_OFFSET) == Checksum.ARENA.code();
        long hashOf = memory.getLong(ArenaChecksum.pair(committed));
        if (hashed && on && hashOf != committed) {
            throw damaged("commit " + committed + ", and has the checksum of commit " + hashOf + " in its place");
        }
    }

    private static void requireStamp(long stamp, long committed, String where) {
        if (stamp > committed + 1) {
            throw damaged("commit " + committed + ", and commit " + stamp + " in " + where);
        }
    }

    private static SegmentDamagedException damaged(String found) {
        return new SegmentDamagedException(
                "The header is damaged: it says " + found + ". " + SegmentDamagedException.WAYS_OUT);
    }
}
