package io.coppice.ops.view;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** Bytes that a daemon stored, shown as the text that they probably are. */
final class Text {
    private static final int MAX_SHOWN_BYTES = 120;

    private Text() {}

    /** Quoted if UTF-8, else hexadecimal; cut with its length told. */
    static String shown(byte[] bytes) {
        byte[] start = bytes.length <= MAX_SHOWN_BYTES ? bytes : Arrays.copyOf(bytes, wholeCharacters(bytes));
        String shown = utf8(start)
                .map(text -> "\"" + Printable.of(text) + "\"")
                .orElseGet(() -> "0x" + HexFormat.of().formatHex(start));
        return bytes.length == start.length ? shown : shown + "… (" + bytes.length + " bytes)";
    }

    /** A string if UTF-8, else an object with one field {@code base64}. */
    static void writeJson(byte[] bytes, JsonGenerator json) throws IOException {
        Optional<String> text = utf8(bytes);
        if (text.isPresent()) {
            json.writeString(text.get());
        } else {
            json.writeStartObject();
            json.writeBinaryField("base64", bytes);
            json.writeEndObject();
        }
    }

    private static int wholeCharacters(byte[] bytes) {
        int end = MAX_SHOWN_BYTES;
        while (end > MAX_SHOWN_BYTES - 3 && (bytes[end] & 0xc0) == 0x80) {
            end--;
        }
        return end;
    }

    private static Optional<String> utf8(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
