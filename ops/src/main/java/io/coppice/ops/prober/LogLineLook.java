package io.coppice.ops.prober;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Whether a line has been written since the launch. Goes on where the last look ended. Of a line that is longer than {@link
 * #MAX_LINE_BYTES} only the beginning is looked at. A file that has become shorter is another one, and read from its beginning.
 */
final class LogLineLook implements Look {
    static final int MAX_LINE_BYTES = 8192;

    /** One look reads no more: the next one goes on. */
    private static final long MOST_BYTES = 4L << 20;

    private final Path file;
    private final Pattern pattern;
    private final byte[] line = new byte[MAX_LINE_BYTES];
    private int length;
    private long positionBytes;
    private boolean found;

    /** @param fromBytes how long the file was at the launch */
    LogLineLook(Path file, long fromBytes, String pattern) {
        this.file = file;
        this.positionBytes = fromBytes;
        this.pattern = Pattern.compile(pattern);
    }

    @Override
    public LookResult look() {
        if (found) {
            return LookResult.well("");
        }
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            if (log.length() < positionBytes) {
                positionBytes = 0;
                length = 0;
            }
            log.seek(positionBytes);
            long end = Math.min(log.length(), positionBytes + MOST_BYTES);
            read(Channels.newInputStream(log.getChannel()), end);
        } catch (IOException e) {
            return LookResult.unwell(String.valueOf(e.getMessage()));
        }
        return found ? LookResult.well("") : LookResult.unwell("not yet");
    }

    private void read(InputStream in, long end) throws IOException {
        byte[] buffer = new byte[MAX_LINE_BYTES];
        while (!found && positionBytes < end) {
            int count = in.read(buffer, 0, (int) Math.min(buffer.length, end - positionBytes));
            if (count < 0) {
                break;
            }
            positionBytes += count;
            for (int i = 0; i < count && !found; i++) {
                if (buffer[i] == '\n') {
                    found = isIt();
                    length = 0;
                } else if (length < line.length) {
                    line[length++] = buffer[i];
                }
            }
        }
        // A last line without an end may be all that there will be.
        found |= length > 0 && isIt();
    }

    private boolean isIt() {
        return pattern.matcher(new String(line, 0, length, StandardCharsets.UTF_8))
                .find();
    }
}
