package io.coppice.state;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * One thing that a writer does as fast as it can, and what readers of other threads may see of it. Each value that a commit
 * holds is that commit's sequence, and each that is rolled back is negative, so that a reader can tell one from the other, and
 * which.
 */
enum Litmus {
    /** Published records, of eight cache lines, changed by every commit. */
    PUBLISHED {
        @Override
        void write(OwnedSegment owner, SplittableRandom random) {
            Record record = owner.state().published("published", WIDE);
            endTurn(owner.state(), random, value -> fill(record, value));
        }

        @Override
        Reader reader(ReadOnlySegment segment) {
            PublishedView view = segment.published("published", WIDE);
            long[] newest = {-1, -1};
            return () -> {
                if (!view.refresh()) {
                    return view.problem().isEmpty() || newest[0] < 0 ? Outcome.NOTHING_NEW : Outcome.DAMAGED;
                }
                for (LongField field : FIELDS) {
                    if (view.get(field) != view.get(FIELDS[0])) {
                        return Outcome.TORN;
                    }
                }
                return order(newest, view.timeline(), view.sequence(), view.get(FIELDS[0]));
            };
        }
    },

    /** A snapshot of a record and of a map, with rollbacks, so that the copy has to be undone. */
    SNAPSHOT {
        @Override
        void write(OwnedSegment owner, SplittableRandom random) {
            Record record = owner.state().record("plain", WIDE);
            LongLongMap map = owner.state().longLongMap("map", 64);
            endTurn(owner.state(), random, value -> {
                fill(record, value);
                map.put(random.nextInt(8), value);
                map.put(100, value);
            });
        }

        @Override
        Reader reader(ReadOnlySegment segment) {
            return snapshots(segment);
        }
    },

    /** The same, beside a writer that keeps checkpoints and steps back to them. */
    STEP_BACK {
        @Override
        void write(OwnedSegment owner, SplittableRandom random) {
            SNAPSHOT.write(owner, random);
            int what = random.nextInt(200);
            if (owner.state().dirty()) {
                owner.state().rollback();
            }
            try {
                if (what == 0) {
                    owner.checkpoint();
                } else if (what == 1 && !owner.checkpoints().isEmpty()) {
                    owner.restore(owner.checkpoints().get(0));
                } else if (what == 2 && random.nextInt(8) == 0) {
                    owner.empty(false);
                }
            } catch (SegmentException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        Reader reader(ReadOnlySegment segment) {
            return snapshots(segment);
        }
    },

    /** What an owner leaves to be told of its end. */
    LAST_WORDS {
        @Override
        void write(OwnedSegment owner, SplittableRandom random) {
            char[] text = new char[1 + random.nextInt(1000)];
            Arrays.fill(text, (char) ('a' + random.nextInt(26)));
            owner.lastWords(new String(text));
        }

        @Override
        Reader reader(ReadOnlySegment segment) {
            return () -> segment.lastWords()
                    .map(text -> text.chars().allMatch(c -> c == text.charAt(0)) ? Outcome.COMMIT : Outcome.TORN)
                    .orElse(Outcome.BUSY);
        }
    },

    /** The writer's words without any protocol: the control, which must be seen torn. */
    UNPROTECTED {
        @Override
        void write(OwnedSegment owner, SplittableRandom random) {
            PUBLISHED.write(owner, random);
        }

        @Override
        Reader reader(ReadOnlySegment segment) {
            return () -> {
                long at = segment.geometry().arenaOffset()
                        + ArenaLayout.FIRST_BLOCK_OFFSET
                        + Directory.dataOffset(FIELDS.length);
                long first = segment.memory().getLong(at);
                for (int i = 0; i < FIELDS.length; i++) {
                    if (segment.memory().getLong(at + (long) i * Long.BYTES) != first) {
                        return Outcome.TORN;
                    }
                }
                return Outcome.COMMIT;
            };
        }
    };

    /** What a look of a reader led to. */
    enum Outcome {
        /** One commit, whole, no older than the one before. */
        COMMIT,
        /** The same commit as before, or none yet. */
        NOTHING_NEW,
        /** The writer was too fast, or is stepping back. */
        BUSY,
        /** Messages were overwritten before they were read, and that was told. */
        OVERRUN,
        /** Words of more than one commit. */
        TORN,
        /** What was rolled back, or what is not committed yet. */
        UNCOMMITTED,
        /** Contents of another commit than the one they are said to be of. */
        WRONG_COMMIT,
        /** An older commit than the one before. */
        BACKWARDS,
        /** A message came twice, or one that was never overrun did not come. */
        OUT_OF_SEQUENCE,
        /** Sound contents were taken for damaged. */
        DAMAGED;

        boolean isForbidden() {
            return compareTo(TORN) >= 0;
        }
    }

    /** What one reading thread does. */
    @FunctionalInterface
    interface Reader {
        Outcome look();
    }

    /** Stores a value in all that a commit holds. */
    @FunctionalInterface
    private interface Change {
        void to(long value);
    }

    private static final RecordLayout.Builder BUILDER = RecordLayout.named("wide");
    private static final LongField[] FIELDS = new LongField[64];

    static {
        for (int i = 0; i < FIELDS.length; i++) {
            FIELDS[i] = BUILDER.int64("f" + i);
        }
    }

    private static final RecordLayout WIDE = BUILDER.build();

    /** One turn of the writer's loop. */
    abstract void write(OwnedSegment owner, SplittableRandom random);

    abstract Reader reader(ReadOnlySegment segment);

    private static void fill(Record record, long value) {
        for (LongField field : FIELDS) {
            record.set(field, value);
        }
    }

    private static void endTurn(State state, SplittableRandom random, Change change) {
        if (random.nextInt(5) == 0) {
            change.to(-1 - random.nextInt(1000));
            state.rollback();
        } else {
            change.to(state.commitSequence() + 1);
            state.commit();
        }
    }

    private static Reader snapshots(ReadOnlySegment segment) {
        long[] newest = {-1, -1};
        return () -> {
            SnapshotResult result = segment.snapshot();
            if (!(result instanceof SnapshotResult.Snapshot snapshot)) {
                return result instanceof SnapshotResult.Damaged ? Outcome.DAMAGED : Outcome.BUSY;
            }
            StateView view = snapshot.view();
            if (view.commitSequence() == 0) {
                return order(newest, view.timeline(), 0, 0);
            }
            RecordView record = view.record("plain", WIDE);
            long value = record.get(FIELDS[0]);
            for (LongField field : FIELDS) {
                if (record.get(field) != value) {
                    return Outcome.TORN;
                }
            }
            if (view.longLongMap("map").get(100, 0) != value) {
                return Outcome.TORN;
            }
            return order(newest, view.timeline(), view.commitSequence(), value);
        };
    }

    /** @param newest timeline and commit of the look before; becomes those of this one */
    private static Outcome order(long[] newest, long timeline, long commit, long value) {
        if (value < 0) {
            return Outcome.UNCOMMITTED;
        }
        if (value != commit) {
            return Outcome.WRONG_COMMIT;
        }
        if (timeline < newest[0] || (timeline == newest[0] && commit < newest[1])) {
            return Outcome.BACKWARDS;
        }
        boolean same = timeline == newest[0] && commit == newest[1];
        newest[0] = timeline;
        newest[1] = commit;
        return same ? Outcome.NOTHING_NEW : Outcome.COMMIT;
    }
}
