package io.coppice.state;

/** Takes the messages that a {@link RingReader} finds. */
@FunctionalInterface
public interface MessageHandler {
    /**
     * One message. If this throws, the message counts as not read, and those before it as read.
     *
     * @param buffer holds it from {@code offset} on; valid and unchanged until this returns, not to be written
     * @param number of the message, 1 for the first that the ring ever carried
     */
    void onMessage(byte[] buffer, int offset, int length, long number);
}
