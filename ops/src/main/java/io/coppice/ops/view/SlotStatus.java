package io.coppice.ops.view;

import io.coppice.state.RequestId;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One slot of a daemon's transactions, as it is now.
 *
 * @param slot its number, from 1
 * @param request what it works on: the id, negative if that is to be discarded; 0 for nothing
 * @param attempts how often a process was launched for that
 * @param process the child that it is; its name is {@code DAEMON@SLOT}
 */
public record SlotStatus(int slot, long request, long attempts, DaemonStatus process) {
    /** Whether it works on a request. */
    public boolean isBusy() {
        return request != 0;
    }

    /** Whether what it works on is no longer wanted. */
    public boolean isDiscarded() {
        return request < 0;
    }

    /** The request as people name it; empty if there is none. */
    public Optional<String> requestText() {
        return isBusy() ? Optional.of(RequestId.text(Math.abs(request))) : Optional.empty();
    }

    /** Which attempt at its request this is, from 1; empty if there is none. */
    public OptionalLong attempt() {
        return isBusy() ? OptionalLong.of(Math.max(1, attempts)) : OptionalLong.empty();
    }

    /** State in words for people, and what it works on: {@code ready, 1-17}. */
    public String stateWords() {
        return process.stateWords()
                + requestText().map(text -> ", " + text).orElse("")
                + (isDiscarded() ? ", discarded" : "");
    }
}
