package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.CrashError;
import io.coppice.state.testing.RecordingMemory;
import org.junit.jupiter.api.Test;

/** Owners that die in what follows a migration that came to no end: at each store of it. */
class PendingMigrationTest {
    private static final int STATE_BYTES = 64 << 10;

    private final RecordingMemory memory = TestSegments.formatted(STATE_BYTES);
    private final HeapAside aside = new HeapAside(memory);

    private static OwnedSegment filled(RecordingMemory disk, HeapAside kept) {
        OwnedSegment owner = takeOver(disk, kept);
        for (long value = 1; value <= 3; value++) {
            total(owner).set(RecordPlayer.TOTAL, 10 * value);
            owner.state().commit();
        }
        return owner;
    }

    private void dieInAMigration() {
        OwnedSegment owner = filled(memory, aside);
        assertThrows(
                CrashError.class,
                () -> owner.migrate((old, state) -> {
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
                migrate(third);
            }
            OwnedSegment fourth = takeOver(disk, kept);
            assertFalse(fourth.migrationPending());
            assertEquals(pending ? 3 : 0, total(fourth).get(RecordPlayer.TOTAL), "died after " + stores);
            assertEquals(third.timeline(), fourth.timeline());
        }
    }

    @Test
    void shouldHoldTheOldContentsAfterADeathAnywhereInTheEndOfAMigrationThatThrew() throws Exception {
        boolean died = true;
        int pending = 0;
        for (int stores = 0; died; stores++) {
            RecordingMemory disk = TestSegments.formatted(STATE_BYTES);
            HeapAside kept = new HeapAside(disk);
            int left = stores;
            OwnedSegment first = filled(disk, kept);
            Throwable thrown = assertThrows(
                    Throwable.class,
                    () -> first.migrate((old, state) -> {
                        state.record("other", RecordPlayer.COUNTERS);
                        state.commit();
                        disk.crashAfter(left);
                        throw new IllegalStateException("cannot migrate");
                    }));
            disk.surviveFromNow();
            died = thrown instanceof CrashError;
            OwnedSegment second = takeOver(disk, kept);
            if (second.migrationPending()) {
                pending++;
                migrate(second);
                assertEquals(3, total(second).get(RecordPlayer.TOTAL), "died after " + stores);
            } else {
                assertEquals(30, total(second).get(RecordPlayer.TOTAL), "died after " + stores);
                assertEquals(3, second.state().commitSequence());
            }
            assertEquals(1, second.state().structures().size(), "died after " + stores);
            assertEquals(2, takeOver(disk, kept).timeline());
        }
        assertTrue(pending > 20, "pending " + pending);
    }

    private static void migrate(OwnedSegment owner) throws Exception {
        owner.migrate((old, state) ->
                state.record("counters", RecordPlayer.COUNTERS).set(RecordPlayer.TOTAL, old.commitSequence()));
    }
}
