package io.coppice.state;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Names as segments store them: 1 to {@value RecordLayout#MAX_NAME_BYTES} bytes of UTF-8 without control characters. */
final class StoredName {
    private StoredName() {}

    /** Why the bytes are no name, or null. */
    static @Nullable String problem(byte[] bytes, int offset, long length) {
        if (length < 1 || length > RecordLayout.MAX_NAME_BYTES) {
            return "name of " + length + " bytes";
        }
        try {
            String name = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, offset, (int) length))
                    .toString();
            return hasControls(name) ? "name with control characters" : null;
        } catch (CharacterCodingException e) {
            return "name is not UTF-8";
        }
    }

    /** Not by a stream: each worker checks names when it starts. */
    static boolean hasControls(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (Character.isISOControl(name.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** The name, once {@link #problem} has found none. */
    static String read(byte[] bytes, int offset, long length) {
        return new String(bytes, offset, (int) length, StandardCharsets.UTF_8);
    }
}
