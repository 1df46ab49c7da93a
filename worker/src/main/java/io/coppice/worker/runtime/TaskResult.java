package io.coppice.worker.runtime;

import io.coppice.state.AppendLog;
import io.coppice.state.CapacityExceededException;
import io.coppice.state.OwnedSegment;
import io.coppice.state.ReservedNames;
import io.coppice.state.State;
import io.coppice.state.StructureInfo;

/**
 * Writes what a task returned where its daemon reads it: the entries of one log in the slot's segment, in order. What the undo log
 * holds at once is one commit; more is several, of which the last one makes them count. The task's thread, after the task.
 *
 * <p>A predecessor that died between two of them has left a log of the size of <em>its</em> result. Where that is too small, there is no
 * way but to empty the segment, since structures are never removed one by one. Should this process die after that, too, the task begins
 * without its checkpoints: that takes two deaths within the few milliseconds of two such results of different lengths.
 */
final class TaskResult {
    private static final int WORD = Long.BYTES;

    private final OwnedSegment segment;
    private final long request;

    /** @param request whose result it is, and whose contents the segment has */
    TaskResult(OwnedSegment segment, long request) {
        this.segment = segment;
        this.request = request;
    }

    /**
     * Takes back what was not committed, and the structures that were handed out; then writes and commits.
     *
     * @throws TooLargeException if the segment has no room for it
     */
    void commit(byte[] result) throws TooLargeException {
        State state = segment.renewState();
        // Half of what is free, so that the log's creation and one piece are one commit.
        int pieceBytes = (int) Math.max(WORD, state.undoFreeBytes() / 2 / WORD * WORD);
        int pieces = Math.max(1, (int) (((long) result.length + pieceBytes - 1) / pieceBytes));
        AppendLog log = log(state, pieces, Math.max(WORD, AppendLog.entryBytes(result.length)), result.length);
        log.truncateBefore(log.nextSequence());
        for (int piece = 1; piece < pieces; piece++) {
            log.append(result, (piece - 1) * pieceBytes, pieceBytes);
            segment.state().commit();
        }
        int last = (pieces - 1) * pieceBytes;
        log.append(result, last, result.length - last);
        segment.stampResult();
        segment.state().commit();
    }

    private AppendLog log(State state, int pieces, long bytes, int resultBytes) throws TooLargeException {
        for (StructureInfo structure : state.structures()) {
            if (structure.name().equals(ReservedNames.RESULT)) {
                if (structure.capacity() >= pieces && structure.parameter2() >= bytes) {
                    return segment.result(structure.capacity(), structure.parameter2());
                }
                segment.beginRequest(request);
                return create(pieces, bytes, resultBytes);
            }
        }
        return create(pieces, bytes, resultBytes);
    }

    private AppendLog create(int pieces, long bytes, int resultBytes) throws TooLargeException {
        try {
            return segment.result(pieces, bytes);
        } catch (CapacityExceededException e) {
            throw new TooLargeException(
                    "The result of " + resultBytes + " bytes does not fit: it takes "
                            + AppendLog.sizeBytes(pieces, bytes) + " bytes of the slot's state, and "
                            + segment.state().freeBytes() + " of "
                            + segment.header().stateBytes()
                            + " are free beside what the task keeps there. Raise the manifest key `transactions.state`, keep less"
                            + " in the state, or return the name of a file",
                    e);
        }
    }

    /** The slot's segment has no room for a result; the message says what to do. */
    static final class TooLargeException extends Exception {
        private static final long serialVersionUID = 1;

        TooLargeException(String message, CapacityExceededException cause) {
            super(message, cause);
        }
    }
}
