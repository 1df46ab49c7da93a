package io.coppice.state;

import java.util.Map;
import java.util.SplittableRandom;

/** A published record; its tick grows, and {@code twice} is twice the tick in every commit. */
final class PricePlayer implements StructurePlayer {
    static final String NAME = "price";
    static final String TICK_KEY = "price.tick";

    private static final RecordLayout.Builder BUILDER = RecordLayout.named("price");
    static final LongField TICK = BUILDER.int64("tick");
    static final LongField TWICE = BUILDER.int64("twice");
    private static final DoubleField PRICE = BUILDER.float64("price");
    static final RecordLayout PRICES = BUILDER.build();

    private long tick;

    @Override
    public void play(State state, SplittableRandom random, Map<String, Long> model) {
        Record price = state.published(NAME, PRICES);
        tick++;
        price.set(TICK, tick);
        price.set(TWICE, 2 * tick);
        price.set(PRICE, tick / 4.0);
        model.put(TICK_KEY, tick);
    }

    @Override
    public void read(State state, Map<String, Long> found) {
        if (StructurePlayer.exists(state, NAME)) {
            StructurePlayer.putUnlessZero(
                    found, TICK_KEY, state.published(NAME, PRICES).get(TICK));
        }
    }
}
