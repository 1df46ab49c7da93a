package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/** A log of five entries and 80 bytes, so that now the one and now the other is full, and entries often meet the end. */
final class AppendLogPlayer implements StructurePlayer {
    private static final int ENTRIES = 5;
    private static final int BYTES = 80;
    private static final String FIRST = "log.first";
    private static final String NEXT = "log.next";

    @Override
    public void play(State state, SplittableRandom random, Map<String, Long> model) {
        AppendLog log = state.appendLog("log", ENTRIES, BYTES);
        long first = model.getOrDefault(FIRST, 0L);
        long next = model.getOrDefault(NEXT, 0L);
        if (random.nextInt(3) > 0) {
            byte[] entry = StructurePlayer.bytes(random, random.nextInt(random.nextInt(8) == 0 ? BYTES + 9 : 40));
            if (next - first == ENTRIES || entry.length > free(log, first, next)) {
                assertThrows(CapacityExceededException.class, () -> log.append(entry, 0, entry.length));
                return;
            }
            assertEquals(next, log.append(entry, 0, entry.length));
            model.put(key(next), (long) Arrays.hashCode(entry));
            model.put(NEXT, next + 1);
        } else {
            long before = first + random.nextInt((int) (next - first) + 1);
            log.truncateBefore(before);
            assertThrows(IndexOutOfBoundsException.class, () -> log.truncateBefore(next + 1));
            for (long dropped = first; dropped < before; dropped++) {
                model.remove(key(dropped));
            }
            StructurePlayer.putUnlessZero(model, FIRST, before);
        }
    }

    private static long free(AppendLog log, long first, long next) {
        long free = BYTES;
        for (long sequence = first; sequence < next; sequence++) {
            free -= AppendLog.entryBytes(log.length(sequence));
        }
        return free;
    }

    @Override
    public void read(State state, Map<String, Long> found) {
        if (StructurePlayer.exists(state, "log")) {
            AppendLog log = state.appendLog("log", ENTRIES, BYTES);
            StructurePlayer.putUnlessZero(found, FIRST, log.firstSequence());
            StructurePlayer.putUnlessZero(found, NEXT, log.nextSequence());
            for (long sequence = log.firstSequence(); sequence < log.nextSequence(); sequence++) {
                byte[] entry = new byte[log.length(sequence)];
                log.read(sequence, entry, 0);
                found.put(key(sequence), (long) Arrays.hashCode(entry));
            }
        }
    }

    private static String key(long sequence) {
        return "log." + sequence;
    }
}
