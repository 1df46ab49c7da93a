package io.coppice.ops.torture.job;

import java.nio.ByteBuffer;

/**
 * A message of a channel or broadcast: the words number, step, incarnation of the sender, payload, and a checksum over all of
 * them. The payload follows from the number and the length. Pure.
 *
 * @param number of the message in its ring, from 1 on
 * @param step of the writer that sent it
 * @param incarnation of the writer that sent it
 */
public record Message(long number, long step, long incarnation) {
    private static final int HEAD_WORDS = 3;

    /** Its bytes. */
    public byte[] encode(int payloadWords) {
        ByteBuffer bytes = ByteBuffer.allocate((HEAD_WORDS + payloadWords + 1) * Long.BYTES);
        bytes.putLong(number).putLong(step).putLong(incarnation);
        for (int i = 0; i < payloadWords; i++) {
            bytes.putLong(Mix.of(number, i));
        }
        return bytes.putLong(checksum(bytes.array(), 0, bytes.position())).array();
    }

    /**
     * Reads one back.
     *
     * @throws TornMessageException if the bytes are not those of one message
     */
    public static Message decode(byte[] buffer, int offset, int length) throws TornMessageException {
        if (length % Long.BYTES != 0 || length < (HEAD_WORDS + 1) * Long.BYTES) {
            throw new TornMessageException("a message of " + length + " bytes");
        }
        ByteBuffer bytes = ByteBuffer.wrap(buffer, offset, length);
        Message message = new Message(bytes.getLong(), bytes.getLong(), bytes.getLong());
        for (int i = 0; bytes.remaining() > Long.BYTES; i++) {
            if (bytes.getLong() != Mix.of(message.number, i)) {
                throw new TornMessageException("word " + i + " of the payload of " + message + " is wrong");
            }
        }
        if (bytes.getLong() != checksum(buffer, offset, length - Long.BYTES)) {
            throw new TornMessageException("the checksum of " + message + " is wrong");
        }
        return message;
    }

    /** What a receiver's digest becomes by a message. */
    public static long digest(long before, long number, long step) {
        return Mix.of(before, Mix.of(number, step));
    }

    private static long checksum(byte[] buffer, int offset, int length) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, offset, length);
        long sum = length;
        while (bytes.hasRemaining()) {
            sum = Mix.of(sum, bytes.getLong());
        }
        return sum;
    }
}
