package io.coppice.state;

/**
 * The changes since the last commit no longer fit the undo log. The operation that threw changed nothing; what was
 * changed before it since the last commit is still there and can be committed or rolled back.
 */
public final class UndoLogFullException extends StateException {
    UndoLogFullException(String message) {
        super(message);
    }
}
