package io.coppice.state;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Data of a channel or broadcast: header, end, receivers, ring; native byte order, layout version 4.
 *
 * <pre>
 *  header, 128 bytes
 *  offset bytes field
 *       0     8 previousTimeline  of the segment when it left the timeline of the end; 0 none. Under the undo log
 *       8     8 startPosition     where the timeline of the end begins. Under the undo log
 *      16     8 startNumber       messages before that. Under the undo log
 *      24    40 padding
 *      64     8 intactFrom        release, then a release fence; messages below this position may be overwritten
 *      72     8 checkedFrom       all messages from this position on have checksums; 1 is added, 0 none. Under the undo log
 *      80    48 padding
 *
 *  end, 512 bytes: a place, see {@link PlaceLayout}; the messages below it are committed
 *
 *  receivers, 32 bytes each, padded to 64: names of daemons, UTF-8, zero padded; none in a broadcast
 *
 *  ring, a power of two of bytes; position p is at p modulo its size
 *  message, at a multiple of 8, never across the end of the ring
 *       0     4 length            bytes of what follows the header
 *       4     4 kind              1 message; 2 padding, up to the end of the ring; "chkd" read as a number: message with a checksum
 *       8     n bytes             padded to 8
 *       .     8 checksum          of the message at that position, header included ({@link ArenaHash}); only if the kind says so
 * </pre>
 *
 * <p><b>Why a message is never seen before its commit, nor torn.</b> A message is stored beyond the committed end, and only
 * the end, a stamped place, makes it count. So nothing in the ring itself needs to be undone or erased: a rollback takes
 * back the end, and what is sent next is stored over what was taken back, which no reader ever looked at as a message. A
 * reader that has taken commitSequence c, and then the end that counts as of c, finds all below that end stored before c.
 *
 * <p><b>Why no reader takes bytes that are being overwritten.</b> Storing a message at position p overwrites position p minus
 * the ring's size. Before it does, the writer raises intactFrom beyond that (release, then a release fence). A reader
 * copies, fences, and then reads intactFrom: if it saw one overwritten word, it sees intactFrom above the position that it
 * copied from. A channel raises intactFrom only up to what every receiver has committed as read, so there this never
 * happens to a receiver whose own state does not step back. A crash between the two stores leaves intactFrom too high, which
 * loses nothing that was not about to be overwritten. Rollback and recovery lower it to the committed end at most, where
 * nothing counts yet.
 *
 * <p><b>Why no reader takes bytes of other contents.</b> A step back ({@link StepBack}) replaces ring, end and intactFrom without
 * regard to readers, but rollbackCount is odd meanwhile, and has risen before the first of these stores. A reader reads it before
 * the end, and again after it has copied. If it is odd, or then another one, the reader looks at marker and timeline, and drops
 * what it has if they tell of a step back; if they do not, all that happened is a rollback, which changes nothing that counts.
 *
 * <p><b>Why damage never hands over what was not sent,</b> where the segment keeps a checksum of its arena. Each message then
 * has one of its own, for its very position, so that no message of an earlier round passes for it. What one damaged word can
 * do: in a message, in its length or in its checksum it makes the two disagree. In a kind it makes a message without checksum
 * where all have one, or padding whose length does not reach the ring's end, as no message's does. In checkedFrom it makes a
 * reader refuse messages without checksum, or take them. In intactFrom it tells of lost messages, or lets bytes be taken
 * that are overwritten, which is noticed as in a message. The end counts in the checksum of the arena; a reader that finds it
 * damaged before the writer's successor does lacks messages, or finds none where it says that there is one. Messages from
 * before the checksum was turned on have none until they are overwritten.
 */
final class RingLayout {
    static final int PREVIOUS_TIMELINE_OFFSET = 0;
    static final int START_POSITION_OFFSET = PREVIOUS_TIMELINE_OFFSET + Long.BYTES;
    static final int START_NUMBER_OFFSET = START_POSITION_OFFSET + Long.BYTES;
    static final int INTACT_FROM_OFFSET = 64;
    static final int CHECKED_FROM_OFFSET = INTACT_FROM_OFFSET + Long.BYTES;
    static final int END_OFFSET = 128;
    static final int RECEIVERS_OFFSET = END_OFFSET + PlaceLayout.LENGTH;
    static final int RECEIVER_LENGTH = HeaderLayout.NAME_LENGTH;

    static final int LENGTH_OFFSET = 0;
    static final int KIND_OFFSET = LENGTH_OFFSET + Integer.BYTES;
    static final int MESSAGE_OFFSET = KIND_OFFSET + Integer.BYTES;
    static final int MESSAGE = 1;
    static final int PADDING = 2;

    /** The bytes "chkd" on a little-endian machine: far from the other two, for damage. */
    static final int CHECKED_MESSAGE = 0x646b6863;

    /** Of the word behind such a message. */
    static final int CHECKSUM_LENGTH = Long.BYTES;

    static final int MAX_RECEIVERS = 16;
    static final int MIN_CAPACITY = 512;
    static final int MAX_CAPACITY = 1 << 30;

    private RingLayout() {}

    /** Where the ring starts, from the start of the data. */
    static int ringOffset(int receivers) {
        return Align.up(RECEIVERS_OFFSET + receivers * RECEIVER_LENGTH, ArenaLayout.ALIGNMENT);
    }

    static long dataLength(int capacityBytes, int receivers) {
        return (long) ringOffset(receivers) + capacityBytes;
    }

    static boolean isCapacity(long bytes) {
        return bytes >= MIN_CAPACITY && bytes <= MAX_CAPACITY && Long.bitCount(bytes) == 1;
    }

    /** Longest message: with its header and the padding before it, it takes half of the ring at most, and 16 bytes if it is checked. */
    static int maxMessageBytes(int capacityBytes) {
        return capacityBytes / 4 - MESSAGE_OFFSET;
    }

    /** The word at the start of a message: its length (0 or more), and its kind. */
    static long header(int lengthBytes, int kind) {
        return NativeWords.LITTLE_ENDIAN ? (long) kind << 32 | lengthBytes : (long) lengthBytes << 32 | kind;
    }

    /** Bytes of the ring that a message takes, without a checksum. */
    static int taken(int lengthBytes) {
        return (lengthBytes + MESSAGE_OFFSET + 7) & -8;
    }

    /** The block of the receivers' names, as stored. */
    static byte[] receiverBlock(List<String> receivers) {
        byte[] block = new byte[ringOffset(receivers.size()) - RECEIVERS_OFFSET];
        for (int i = 0; i < receivers.size(); i++) {
            byte[] name = receivers.get(i).getBytes(StandardCharsets.UTF_8);
            System.arraycopy(name, 0, block, i * RECEIVER_LENGTH, name.length);
        }
        return block;
    }

    /** Tells rings apart, for cursors: a hash of the ring's name and that of the daemon which writes it. */
    static long key(String writer, String ring) {
        return hash((writer + '/' + ring).getBytes(StandardCharsets.UTF_8));
    }

    /** FNV-1a, 64 bits. */
    static long hash(byte[] bytes) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : bytes) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }
}
