package io.coppice.ops.torture.job;

/**
 * What a script does to a writer's contents. There are two of each: one on a segment, one on plain Java collections, which
 * know nothing of each other; the same operations in the same order must lead to the same contents.
 *
 * <p>Every operation says what it does when something is full, so that the outcome depends on the earlier ones only.
 */
public interface Operations {
    /** First half of a step: it is step {@code n} from now on. */
    void begin(long step);

    /** Last half of a step: what is published becomes consistent with the step again. */
    void end(long step);

    /** Sets the fields of the record. */
    void record(long number, double fraction, byte[] bytes);

    /** Adds to the number and sets the bytes of a row. */
    void tableAdd(int row, long delta, byte[] bytes);

    /** Puts a value; nothing if the key is new and the map full. */
    void stringPut(String key, long value);

    /** Removes a key, if it is there. */
    void stringRemove(String key);

    /** Adds to a value that may be missing, which counts as zero; nothing if the key is new and the map full. */
    void longAdd(long key, long delta);

    /** Removes a key, if it is there. */
    void longRemove(long key);

    /** Puts a record; nothing if the key is new and the map full. */
    void longRecordPut(long key, long number, byte[] bytes);

    /** Removes a key, if it is there. */
    void longRecordRemove(long key);

    /** Puts a record; nothing if the key is new and the map full. */
    void stringRecordPut(String key, long number, byte[] bytes);

    /** Removes a key, if it is there. */
    void stringRecordRemove(String key);

    /** Adds at the tail; nothing if the queue is full. */
    void queueAdd(long number, byte[] bytes);

    /** Takes the oldest out, if there is one. */
    void queuePoll();

    /** Appends, after dropping as many of the oldest entries as that takes. */
    void logAppend(byte[] entry);

    /** Takes a record into use for an id that was never used before; nothing if all are in use. */
    void poolAcquire(long id, byte[] bytes);

    /** Gives back the record in use with the smallest id, if there is one. */
    void poolRelease();

    /** Adds to a counter. */
    void count(String label, long delta);

    /** Sends the next message to the receivers. */
    void send(int payloadWords);

    /** Sends the next message to whoever cares. */
    void broadcast(int payloadWords);
}
