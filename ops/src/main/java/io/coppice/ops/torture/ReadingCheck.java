package io.coppice.ops.torture;

import io.coppice.ops.torture.job.Reading;
import io.coppice.state.RecordView;
import io.coppice.state.StateView;

/** Compares what a reader's segment says it has received from a writer with what that writer has committed as sent. Pure. */
final class ReadingCheck {
    private ReadingCheck() {}

    /** Channel messages that a reader has committed as received from a writer; 0 before it has started. */
    static long received(StateView reader, String writerName) {
        return reader.structure(Reading.recordOf(writerName)).isEmpty()
                ? 0
                : reader.record(Reading.recordOf(writerName), Reading.LAYOUT).get(Reading.RECEIVED);
    }

    /**
     * Looks at one reader and one writer.
     *
     * @param reader a snapshot that is older than the writer's step
     * @param writer at a step that is committed
     */
    static void check(String readerName, StateView reader, String writerName, HeapModel writer, Findings findings) {
        if (reader.structure(Reading.recordOf(writerName)).isEmpty()) {
            return; // It has not started yet.
        }
        RecordView record = reader.record(Reading.recordOf(writerName), Reading.LAYOUT);
        long received = record.get(Reading.RECEIVED);
        long cursor = reader.cursor(Reading.channelCursorOf(writerName)).messages();
        String who = readerName + " has received " + received + " messages of " + writerName;
        if (cursor != received) {
            findings.add(Fault.TORN, who + ", and its cursor stands at " + cursor);
        } else if (received > writer.sent()) {
            findings.add(Fault.PHANTOM, who + ", which has committed " + writer.sent());
        } else if (record.get(Reading.DIGEST) != writer.digest(received)) {
            findings.add(Fault.TORN, who + ", and they are not those that were sent");
        }
    }
}
