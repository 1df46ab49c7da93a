package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.testing.RecordingMemory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The image that peers read is that of the record, also after damage and after an error in the middle of a change. */
class PublishedImageTest {
    private static final int LENGTH = 64 << 10;

    private final RecordingMemory memory = TestSegments.formatted(LENGTH);
    private final SegmentGeometry geometry = SegmentGeometry.of(LENGTH);

    private static Record record(OwnedSegment owner) {
        return owner.state().published("counters", RecordPlayer.COUNTERS);
    }

    private void publish(Checksum checksum) {
        OwnedSegment owner = TestSegments.own(memory, 1);
        owner.recover(checksum);
        for (long value = 40; value <= 42; value++) {
            record(owner).set(RecordPlayer.TOTAL, value);
            owner.state().commit();
        }
    }

    private PublishedView view() {
        return TestSegments.read(memory).published("counters", RecordPlayer.COUNTERS);
    }

    /** Of commit 3. */
    private long newestSlot() {
        for (int slot = 0; slot < PublishLayout.SLOTS; slot++) {
            long at = PublishLayout.slotOffset(geometry.publishOffset(), slot);
            if (memory.getLong(at) == 3) {
                return at;
            }
        }
        throw new AssertionError("nothing is published");
    }

    private void assertPublishedAnew(Checksum checksum) {
        PublishedView reader = view();
        OwnedSegment successor = TestSegments.own(memory, 2);
        successor.recover(checksum);
        assertFalse(reader.refresh(), "an image of nothing that was committed is shown");
        assertTrue(successor.state().dirty());
        successor.state().commit();
        assertTrue(reader.refresh());
        assertEquals(42, reader.get(RecordPlayer.TOTAL));
    }

    @ParameterizedTest
    @EnumSource(Checksum.class)
    void shouldPublishAnewWhatWasDamaged(Checksum checksum) {
        publish(checksum);
        long word = newestSlot() + PublishLayout.IMAGE_OFFSET;
        memory.putLong(word, memory.getLong(word) ^ 1 << 20);
        assertPublishedAnew(checksum);
    }

    @ParameterizedTest
    @EnumSource(Checksum.class)
    void shouldPublishAnewIfAnOlderImageCountsForWantOfTheNewestsStamp(Checksum checksum) {
        publish(checksum);
        memory.putLong(newestSlot(), 0);
        assertPublishedAnew(checksum);
    }

    @ParameterizedTest
    @EnumSource(Checksum.class)
    void shouldLeaveARightImageInItsPlace(Checksum checksum) {
        publish(checksum);
        OwnedSegment successor = TestSegments.own(memory, 2);
        successor.recover(checksum);
        assertFalse(successor.state().dirty());
        PublishedView reader = view();
        assertTrue(reader.refresh());
        assertEquals(42, reader.get(RecordPlayer.TOTAL));
    }

    /** User code swallows a StackOverflowError that came as soon as the word was changed, and commits. */
    @Test
    void shouldPublishAChangeThatAnErrorCameAfter() {
        boolean[] armed = {false};
        Memory failing = (Memory) Proxy.newProxyInstance(
                Memory.class.getClassLoader(), new Class<?>[] {Memory.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(memory, arguments);
                        if (armed[0] && method.getName().equals("putLong")) {
                            armed[0] = false;
                            throw new StackOverflowError();
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
        OwnedSegment owner = TestSegments.own(failing, 1);
        owner.recover();
        Record record = record(owner);
        record.set(RecordPlayer.TOTAL, 1);
        owner.state().commit();
        armed[0] = true;
        assertThrows(StackOverflowError.class, () -> record.set(RecordPlayer.TOTAL, 2));
        owner.state().commit();
        PublishedView reader = view();
        assertTrue(reader.refresh());
        assertEquals(record.get(RecordPlayer.TOTAL), reader.get(RecordPlayer.TOTAL));
    }
}
