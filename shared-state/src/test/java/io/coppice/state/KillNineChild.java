package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;

/** Commits in a loop until it is killed. What each commit holds is a function of its number. */
final class KillNineChild {
    private static final int KEYS = 60;

    private static final RecordLayout.Builder BUILDER = RecordLayout.named("r");
    private static final LongField NUMBER = BUILDER.int64("number");
    private static final LongField SQUARE = BUILDER.int64("square");
    private static final BytesField TEXT = BUILDER.bytes("text", 128);
    private static final RecordLayout LAYOUT = BUILDER.build();

    private KillNineChild() {}

    public static void main(String[] args) throws IOException, SegmentException {
        try (OwnedSegment owner = SegmentFile.openOwned(
                Path.of(args[0]), Path.of(args[1]), ProcessHandle.current().pid(), Integer.parseInt(args[2]))) {
            owner.recover();
            State state = owner.state();
            Record record = state.record("r", LAYOUT);
            Record published = state.published("p", LAYOUT);
            StringLongMap map = state.stringLongMap("m", KEYS, 40, KEYS * 64);
            byte[] text = new byte[128];
            byte[] key = new byte[40];
            while (true) {
                long next = state.commitSequence() + 1;
                record.set(NUMBER, next);
                int length = (int) (next % 128);
                java.util.Arrays.fill(text, (byte) next);
                record.set(TEXT, text, 0, length);
                change(map, key, next);
                record.set(SQUARE, next * next);
                if (next % 3 == 0) {
                    published.set(NUMBER, next);
                    published.set(SQUARE, next * next);
                }
                state.commit();
                owner.heartbeat().beat();
            }
        }
    }

    /** Key k is present at commit n if n visited k more often with an even round than not; see {@link #expected}. */
    private static void change(StringLongMap map, byte[] key, long next) {
        int index = (int) (next % KEYS);
        int length = key(key, index);
        if (next / KEYS % 2 == 0) {
            map.put(key, 0, length, next);
        } else {
            map.remove(key, 0, length);
        }
    }

    private static int key(byte[] key, int index) {
        java.util.Arrays.fill(key, (byte) index);
        return 2 + index % 38;
    }

    private static long expected(int index, long committed) {
        long last = committed - Math.floorMod(committed - index, (long) KEYS);
        return last > 0 && last / KEYS % 2 == 0 ? last : -1;
    }

    static void assertContents(State state, String where) {
        long committed = state.commitSequence();
        Record record = state.record("r", LAYOUT);
        assertEquals(committed, record.get(NUMBER), where);
        assertEquals(committed * committed, record.get(SQUARE), where);
        assertEquals(committed % 128, record.length(TEXT), where);
        Record published = state.published("p", LAYOUT);
        assertEquals(committed - committed % 3, published.get(NUMBER), where);
        StringLongMap map = state.stringLongMap("m", KEYS, 40, KEYS * 64);
        byte[] key = new byte[40];
        int present = 0;
        for (int i = 0; i < KEYS; i++) {
            int length = key(key, i);
            long expected = expected(i, committed);
            assertEquals(expected, map.get(key, 0, length, -1), where + ", key " + i);
            present += expected < 0 ? 0 : 1;
        }
        assertEquals(present, map.size(), where);
    }

    static void assertContents(StateView view, String where) {
        long committed = view.commitSequence();
        RecordView record = view.record("r", LAYOUT);
        assertEquals(committed, record.get(NUMBER), where);
        assertEquals(committed * committed, record.get(SQUARE), where);
        StringLongMapView map = view.stringLongMap("m");
        byte[] key = new byte[40];
        for (int i = 0; i < KEYS; i++) {
            int length = key(key, i);
            assertEquals(expected(i, committed), map.get(key, 0, length, -1), where + ", key " + i);
        }
    }
}
