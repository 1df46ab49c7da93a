package io.coppice.state;

/**
 * An engine with one fault, made by changing what reaches its memory; for proving that the proofs notice. Each constant says
 * what the engine then does wrong.
 */
enum Mutant {
    /** Nothing keeps the word that changes below the stamp of its undo entry. */
    NO_FENCE_AFTER_AN_UNDO_STAMP {
        @Override
        boolean fence(Port port) {
            return !port.lastWasUndoStamp();
        }
    },
    /** The stamp may be in memory before the entry that it makes valid. */
    UNDO_STAMP_IS_A_PLAIN_STORE {
        @Override
        void putLongRelease(Port port, long offset, long value) {
            if (port.inUndoLog(offset)) {
                port.plain(offset, value);
            } else {
                port.release(offset, value);
            }
        }
    },
    /** What stands in the log after the newest entry may be taken for the next one. */
    NEXT_UNDO_STAMP_IS_NOT_ZEROED {
        @Override
        void putLong(Port port, long offset, long value) {
            port.flush();
            if (port.inUndoLog(offset)) {
                port.hold(offset, value, false);
            } else {
                port.plain(offset, value);
            }
        }

        @Override
        void putLongRelease(Port port, long offset, long value) {
            if (port.inUndoLog(offset)) {
                port.forget();
            }
            port.flush();
            port.release(offset, value);
        }
    },
    /** The word is changed before its entry counts. */
    WORD_BEFORE_ITS_UNDO_STAMP {
        @Override
        void putLong(Port port, long offset, long value) {
            port.plain(offset, value);
            if (port.inArena(offset)) {
                port.flush();
            }
        }

        @Override
        void putLongRelease(Port port, long offset, long value) {
            port.flush();
            if (port.inUndoLog(offset) && value != 0) {
                port.hold(offset, value, true);
            } else {
                port.release(offset, value);
            }
        }
    },
    /** Changes may be in memory after the commit. */
    COMMIT_IS_A_PLAIN_STORE {
        @Override
        void putLongRelease(Port port, long offset, long value) {
            if (offset == HeaderLayout.COMMIT_SEQUENCE_OFFSET) {
                port.plain(offset, value);
            } else {
                port.release(offset, value);
            }
        }
    },
    /** The next commit's first entry may overwrite the log before it is worthless. */
    NO_FENCE_AFTER_THE_COMMIT {
        @Override
        boolean fence(Port port) {
            return port.lastOffset() != HeaderLayout.COMMIT_SEQUENCE_OFFSET;
        }
    },
    /** The commit is stored before the last word that belongs to it. */
    COMMIT_BEFORE_THE_LAST_WORD {
        @Override
        void putLong(Port port, long offset, long value) {
            port.flush();
            if (port.inArena(offset)) {
                port.hold(offset, value, false);
            } else {
                port.plain(offset, value);
            }
        }

        @Override
        void putLongRelease(Port port, long offset, long value) {
            if (offset != HeaderLayout.COMMIT_SEQUENCE_OFFSET) {
                port.flush();
            }
            port.release(offset, value);
            port.flush();
        }

        @Override
        void beforeRead(Port port) {
            port.flush();
        }
    },
    /** A log that was undone still counts. */
    ENTRY_0_IS_NOT_ERASED {
        @Override
        void putLongRelease(Port port, long offset, long value) {
            if (!port.inUndoLog(offset) || value != 0) {
                port.release(offset, value);
            }
        }
    },
    /** The log ends before what it holds is undone. */
    ENTRY_0_IS_ERASED_FIRST {
        @Override
        void putLong(Port port, long offset, long value) {
            if (port.inArena(offset) && port.undoing()) {
                port.release(port.undoStart(), 0);
            }
            port.plain(offset, value);
        }
    },
    /** What a slot shows was rolled back, and will be taken for the commit that gets its number. */
    SLOTS_ARE_NOT_ERASED {
        @Override
        void putLongRelease(Port port, long offset, long value) {
            if (!port.inPublishSlots(offset) || value != PublishLayout.ERASED) {
                port.release(offset, value);
            }
        }
    },
    /** The end of a ring is that of a commit that was rolled back. */
    STAMPED_PLACES_ARE_NOT_ERASED {
        @Override
        void putLongRelease(Port port, long offset, long value) {
            if (!port.inArena(offset) || value != PlaceLayout.ERASED) {
                port.release(offset, value);
            }
        }
    },
    /** A checkpoint that is half overwritten looks whole. */
    CHECKPOINT_KEEPS_ITS_NUMBER_WHILE_IT_IS_OVERWRITTEN {
        @Override
        void putLongRelease(Port port, long offset, long value) {
            if (!port.inCheckpoints(offset) || value != CheckpointLayout.NONE) {
                port.release(offset, value);
            }
        }
    },
    /** The decision to step back may be in memory before where it leads. */
    STEP_BACK_IS_DECIDED_BY_A_PLAIN_STORE {
        @Override
        void putLongRelease(Port port, long offset, long value) {
            if (offset == HeaderLayout.STEP_BACK_OFFSET) {
                port.plain(offset, value);
            } else {
                port.release(offset, value);
            }
        }
    },
    /** A step back is forgotten while its contents are being replaced. */
    STEP_BACK_ENDS_BEFORE_ITS_COMMIT_IS_STORED {
        @Override
        void putLong(Port port, long offset, long value) {
            if (offset == HeaderLayout.COMMIT_SEQUENCE_OFFSET) {
                port.release(HeaderLayout.STEP_BACK_OFFSET, StepBack.NONE);
            }
            port.plain(offset, value);
        }
    },
    /** The hash of a commit is stored once it counts. */
    CHECKSUM_AFTER_THE_COMMIT {
        @Override
        void putLong(Port port, long offset, long value) {
            if (port.isArenaHash(offset)) {
                port.hold(offset, value, false);
            } else {
                port.plain(offset, value);
            }
        }
    },
    /** The next commit's hash replaces that of the last one, which still counts. */
    CHECKSUM_REPLACES_THAT_OF_THE_LAST_COMMIT {
        @Override
        void putLong(Port port, long offset, long value) {
            port.plain(offset, value);
            if (port.isArenaHash(offset)) {
                port.plain(ArenaChecksum.pair(0) + HeaderLayout.ARENA_HASH_OFFSET, value);
                port.plain(ArenaChecksum.pair(1) + HeaderLayout.ARENA_HASH_OFFSET, value);
            }
        }
    },
    /** A step back leaves the hash of what it stepped back from. */
    CHECKSUM_SURVIVES_A_STEP_BACK {
        @Override
        void putLong(Port port, long offset, long value) {
            if (!port.isArenaHash(offset) || !port.stepsBack()) {
                port.plain(offset, value);
            }
        }
    },
    /** The segment may say that it has a checksum before it has one. */
    CHECKSUM_IS_TURNED_ON_BY_A_PLAIN_STORE {
        @Override
        void putLongRelease(Port port, long offset, long value) {
            if (offset == HeaderLayout.ARENA_CHECKSUM_OFFSET) {
                port.plain(offset, value);
            } else {
                port.release(offset, value);
            }
        }
    },
    /** The stamp of a result that was never committed stays, and counts for the next commit. */
    RESULT_IS_NOT_ERASED {
        @Override
        void putLongRelease(Port port, long offset, long value) {
            if (offset != HeaderLayout.RESULT_STAMP_OFFSET || value != 0) {
                port.release(offset, value);
            }
        }
    },
    /** The result may be said to be committed with the commit before its own. */
    RESULT_IS_STAMPED_FOR_THE_LAST_COMMIT {
        @Override
        void putLongRelease(Port port, long offset, long value) {
            port.release(offset, offset == HeaderLayout.RESULT_STAMP_OFFSET && value > 1 ? value - 1 : value);
        }
    },
    /** The contents of one request are still there when they already are said to be another's. */
    REQUEST_BEGINS_BEFORE_ITS_CONTENTS_ARE_EMPTY {
        @Override
        void putLongRelease(Port port, long offset, long value) {
            if (offset == HeaderLayout.STEP_BACK_OFFSET && value != StepBack.NONE) {
                port.release(HeaderLayout.REQUEST_ID_OFFSET, port.requestId() + 1);
            }
            port.release(offset, value);
        }
    },
    /** A reader that begins in the middle of a rollback sees the same count before and after. */
    ROLLBACK_IS_COUNTED_ONCE {
        @Override
        void putLongRelease(Port port, long offset, long value) {
            if (offset != HeaderLayout.ROLLBACK_COUNT_OFFSET || port.countsFirst()) {
                port.release(offset, value);
            }
        }
    };

    /** Whether a fence is done. */
    boolean fence(Port port) {
        return true;
    }

    void putLong(Port port, long offset, long value) {
        port.plain(offset, value);
    }

    void putLongRelease(Port port, long offset, long value) {
        port.release(offset, value);
    }

    /** What is held back must not be missed by the engine itself. */
    void beforeRead(Port port) {
        // Only those that hold words of the arena back.
    }

    /** The memory that the faulty engine's stores come to. */
    Memory over(Memory memory) {
        return new Port(this, memory);
    }

    /** Lets a mutant leave stores out, put them off, or do them without their order. */
    static final class Port implements Memory {
        private final Mutant mutant;
        private final Memory memory;
        private final SegmentGeometry geometry;
        private long lastOffset = -1;
        private boolean lastWasRelease;
        private boolean counting;
        private boolean undoing;
        private long heldOffset = -1;
        private long heldValue;
        private boolean heldRelease;

        private Port(Mutant mutant, Memory memory) {
            this.mutant = mutant;
            this.memory = memory;
            long state = memory.getLong(HeaderLayout.STATE_BYTES_OFFSET);
            this.geometry = SegmentGeometry.of(state, (int) memory.getLong(HeaderLayout.CHECKPOINTS_OFFSET));
        }

        boolean inUndoLog(long offset) {
            return offset >= geometry.undoOffset() && offset < geometry.publishOffset();
        }

        boolean inPublishSlots(long offset) {
            return offset >= geometry.publishOffset() && offset < geometry.arenaOffset();
        }

        boolean inArena(long offset) {
            return offset >= geometry.arenaOffset() && offset < geometry.arenaOffset() + geometry.arenaLength();
        }

        boolean inCheckpoints(long offset) {
            return geometry.checkpoints() > 0 && offset >= geometry.checkpointOffset(0);
        }

        boolean isArenaHash(long offset) {
            return offset == ArenaChecksum.pair(0) + HeaderLayout.ARENA_HASH_OFFSET
                    || offset == ArenaChecksum.pair(1) + HeaderLayout.ARENA_HASH_OFFSET;
        }

        boolean stepsBack() {
            return memory.getLong(HeaderLayout.STEP_BACK_OFFSET) != StepBack.NONE;
        }

        long requestId() {
            return memory.getLong(HeaderLayout.REQUEST_ID_OFFSET);
        }

        long undoStart() {
            return geometry.undoOffset();
        }

        long lastOffset() {
            return lastOffset;
        }

        boolean lastWasUndoStamp() {
            return lastWasRelease && inUndoLog(lastOffset);
        }

        /** Whether old words are being put back: the log was read last, and by whole entries. */
        boolean undoing() {
            return undoing;
        }

        /** Every second time. */
        boolean countsFirst() {
            counting = !counting;
            return counting;
        }

        void plain(long offset, long value) {
            memory.putLong(offset, value);
            lastOffset = offset;
            lastWasRelease = false;
        }

        void release(long offset, long value) {
            memory.putLongRelease(offset, value);
            lastOffset = offset;
            lastWasRelease = true;
        }

        void hold(long offset, long value, boolean release) {
            heldOffset = offset;
            heldValue = value;
            heldRelease = release;
        }

        void forget() {
            heldOffset = -1;
        }

        /** Does what was put off. */
        void flush() {
            long offset = heldOffset;
            if (offset >= 0) {
                heldOffset = -1;
                if (heldRelease) {
                    release(offset, heldValue);
                } else {
                    plain(offset, heldValue);
                }
            }
        }

        @Override
        public long lengthBytes() {
            return memory.lengthBytes();
        }

        @Override
        public long getLong(long offset) {
            mutant.beforeRead(this);
            undoing = inUndoLog(offset);
            return memory.getLong(offset);
        }

        @Override
        public void putLong(long offset, long value) {
            mutant.putLong(this, offset, value);
        }

        @Override
        public long getLongAcquire(long offset) {
            mutant.beforeRead(this);
            return memory.getLongAcquire(offset);
        }

        @Override
        public void putLongRelease(long offset, long value) {
            mutant.putLongRelease(this, offset, value);
        }

        @Override
        public int getInt(long offset) {
            mutant.beforeRead(this);
            return memory.getInt(offset);
        }

        @Override
        public void putInt(long offset, int value) {
            flush();
            memory.putInt(offset, value);
            lastOffset = -1;
        }

        @Override
        public byte getByte(long offset) {
            mutant.beforeRead(this);
            return memory.getByte(offset);
        }

        @Override
        public void putByte(long offset, byte value) {
            flush();
            memory.putByte(offset, value);
            lastOffset = -1;
        }

        @Override
        public void getBytes(long offset, byte[] target, int from, int length) {
            mutant.beforeRead(this);
            memory.getBytes(offset, target, from, length);
        }

        @Override
        public void putBytes(long offset, byte[] source, int from, int length) {
            memory.putBytes(offset, source, from, length);
            flush();
            lastOffset = -1;
        }

        @Override
        public void releaseFence() {
            if (heldRelease && heldOffset >= 0) {
                return; // What was put off is done after the store that the fence stands before.
            }
            flush();
            if (mutant.fence(this)) {
                memory.releaseFence();
            }
            lastOffset = -1;
            lastWasRelease = false;
        }

        @Override
        public void loadFence() {
            memory.loadFence();
        }
    }
}
