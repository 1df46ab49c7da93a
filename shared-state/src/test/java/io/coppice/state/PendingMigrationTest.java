package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.CrashError;
import io.coppice.state.testing.RecordingMemory;
import org.junit.jupiter.api.Test;

/** An owner died in a migration; its successor steps back instead of migrating again, and dies at each store of that. */
class PendingMigrationTest {
    private static final int STATE_BYTES = 64 << 10;

    private final RecordingMemory memory = TestSegments.formatted(STATE_BYTES);
    private final HeapAside aside = new HeapAside(memory);

    private void dieInAMigration() throws Exception {
        OwnedSegment owner = TestSegments.own(memory, 1, aside);
        owner.recover();
        for (long value = 1; value <= 3; value++) {
            total(owner).set(RecordPlayer.TOTAL, value);
            owner.state().commit();
        }
        assertThrows(CrashError.class, () -> owner.migrate((old, state) -> {
            memory.crashAfter(0);
            state.record("counters", RecordPlayer.COUNTERS);
        }));
        memory.surviveFromNow();
    }

    private static Record total(OwnedSegment owner) {
        return owner.state().record("counters", RecordPlayer.COUNTERS);
    }

    private static OwnedSegment takeOver(RecordingMemory disk, HeapAside kept) {
        OwnedSegment owner = TestSegments.own(disk, 2, kept);
        owner.recover();
        return owner;
    }

    @Test
    void shouldMigrateInTheEndAfterADeathAnywhereInAStepBackFromIt() throws Exception {
        dieInAMigration();
        boolean died = true;
        for (int stores = 0; died; stores++) {
            RecordingMemory disk = new RecordingMemory(memory.copy());
            HeapAside kept = aside.of(disk);
            OwnedSegment second = takeOver(disk, kept);
            assertTrue(second.migrationPending());
            disk.crashAfter(stores);
            died = false;
            try {
                second.empty(true);
            } catch (CrashError e) {
                died = true;
            }
            disk.surviveFromNow();
            OwnedSegment third = takeOver(disk, kept);
            boolean pending = third.migrationPending();
            if (pending) {
                third.migrate((old, state) -> state.record("counters", RecordPlayer.COUNTERS)
                        .set(RecordPlayer.TOTAL, old.commitSequence()));
            }
            OwnedSegment fourth = takeOver(disk, kept);
            assertFalse(fourth.migrationPending());
            assertEquals(pending ? 3 : 0, total(fourth).get(RecordPlayer.TOTAL), "died after " + stores);
            assertEquals(third.timeline(), fourth.timeline());
        }
    }
}
