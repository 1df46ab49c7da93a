package io.coppice.state;

import java.util.Map;
import java.util.SplittableRandom;

/**
 * A broadcast and a cursor, under the same commits as everything else. The model has how many messages were sent, and how
 * many the cursor says were read. What the messages hold for a reader is tried by {@link RingCrashPointsTest}.
 */
final class RingPlayer implements StructurePlayer {
    private static final String RING = "ticks";
    private static final String CURSOR = "ticks-read";

    @Override
    public void play(State state, SplittableRandom random, Map<String, Long> model) {
        if (random.nextInt(4) == 0) {
            Cursor cursor = state.cursor(CURSOR, "unit", RING);
            long number = cursor.messages() + random.nextInt(5);
            cursor.move(1, 1, number * 16, number);
            if (number > 0) {
                model.put("ring.cursor", number);
            }
            return;
        }
        Broadcast ring = state.broadcast(RING, 512);
        if (random.nextInt(20) == 0) {
            try {
                ring.offer(new byte[ring.maxMessageBytes() + 1]);
                throw new AssertionError("a message that is too long was sent");
            } catch (CapacityExceededException e) {
                return;
            }
        }
        ring.offer(StructurePlayer.bytes(random, random.nextInt(ring.maxMessageBytes() + 1)));
        model.put("ring.sent", ring.messages());
    }

    @Override
    public void read(State state, Map<String, Long> found) {
        if (StructurePlayer.exists(state, CURSOR)) {
            StructurePlayer.putUnlessZero(
                    found, "ring.cursor", state.cursor(CURSOR, "unit", RING).messages());
        }
        if (!StructurePlayer.exists(state, RING)) {
            return;
        }
        StructurePlayer.putUnlessZero(
                found, "ring.sent", state.broadcast(RING, 512).messages());
    }
}
