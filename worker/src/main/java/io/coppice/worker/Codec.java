package io.coppice.worker;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * How a value becomes bytes, in one JVM, and the same value again in another one. Without state; any thread.
 *
 * @param <T> of the value; never null
 */
public interface Codec<T> {
    /** Bytes as they are; not copied. */
    Codec<byte[]> BYTES = new Codec<>() {
        @Override
        public byte[] encode(byte[] value) {
            return value;
        }

        @Override
        public byte[] decode(byte[] bytes) {
            return bytes;
        }
    };

    /** Text as UTF-8. Bytes that are none are refused. */
    Codec<String> UTF_8 = new Codec<>() {
        @Override
        public byte[] encode(String value) {
            return value.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decode(byte[] bytes) {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new IllegalArgumentException(bytes.length + " bytes: expected text in UTF-8: " + e, e);
            }
        }
    };

    /** A number as eight bytes, the highest first. Other lengths are refused. */
    Codec<Long> INT64 = new Codec<>() {
        @Override
        public byte[] encode(Long value) {
            return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
        }

        @Override
        public Long decode(byte[] bytes) {
            if (bytes.length != Long.BYTES) {
                throw new IllegalArgumentException(bytes.length + " bytes: expected a number in " + Long.BYTES);
            }
            return ByteBuffer.wrap(bytes).getLong();
        }
    };

    /**
     * The bytes of a value.
     *
     * @throws RuntimeException if it has none; nothing is submitted then, or the attempt has failed
     */
    byte[] encode(T value);

    /**
     * The value of bytes that {@link #encode} gave, perhaps of another release of the class.
     *
     * @throws RuntimeException if there is none; the attempt has failed then, or the future is
     */
    T decode(byte[] bytes);
}
