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
        String shown = shown(bytes, MAX_SHOWN_BYTES);
        return bytes.length <= MAX_SHOWN_BYTES ? shown : shown + " (" + bytes.length + " bytes)";
    }

    /** The same of at most so many bytes, 4 or more, without the length. */
    static String shown(byte[] bytes, int most) {
        byte[] start = beginning(bytes, most);
        String shown = utf8(start)
                .map(text -> "\"" + Printable.of(text) + "\"")
                .orElseGet(() -> "0x" + HexFormat.of().formatHex(start));
        return bytes.length == start.length ? shown : shown + "…";
    }

    /** As much of them as is shown; no character is cut in two. */
    static byte[] beginning(byte[] bytes) {
        return beginning(bytes, MAX_SHOWN_BYTES);
    }

    private static byte[] beginning(byte[] bytes, int most) {
        return bytes.length <= most ? bytes : Arrays.copyOf(bytes, wholeCharacters(bytes, most));
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

    private static int wholeCharacters(byte[] bytes, int most) {
        int end = most;
        while (end > most - 3 && (bytes[end] & 0xc0) == 0x80) {
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
