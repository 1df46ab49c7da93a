package io.coppice.worker.runtime;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A slot as the root and a transaction's process make it: a segment, a row, and what runs. */
final class SimulatedSlot {
    /** What its segment holds. */
    long contents;

    boolean done;
    byte[] result = new byte[0];

    /** What the root's table says. */
    long request;

    boolean running;
    boolean failed;
    int attempts;

    Optional<SlotRow> row() {
        return Optional.of(new SlotRow(
                request,
                !running,
                failed,
                !running && request > 0 && done && contents == request,
                attempts,
                Optional.empty()));
    }

    /**
     * The root looks at the word, and the process does something.
     *
     * @param result what the task makes of the request
     * @param dies whether an attempt dies now
     * @return whether the root's table has changed
     */
    boolean turn(long word, byte[] result, int retries, BooleanSupplier dies, BooleanSupplier commits) {
        if (word != request) {
            // A process that still runs is ended first: that it commits its result before that is a matter of luck.
            if (running && word == -request && commits.getAsBoolean()) {
                commit();
            }
            running = false;
            request = word;
            failed = false;
            attempts = 0;
            if (word > 0) {
                launch(result);
            }
            return true;
        }
        if (!running) {
            return false;
        }
        if (contents == request && done) {
            running = false;
            return true;
        }
        if (dies.getAsBoolean()) {
            if (attempts > retries) {
                running = false;
                failed = true;
            } else {
                launch(result);
            }
            return true;
        }
        if (commits.getAsBoolean()) {
            commit();
        }
        return false;
    }

    private void launch(byte[] willBe) {
        running = true;
        attempts++;
        if (contents != request) {
            contents = request;
            done = false;
        }
        result = willBe;
    }

    private void commit() {
        contents = Math.abs(request);
        done = true;
    }
}
