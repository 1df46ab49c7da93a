package io.coppice.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RingTest {
    private final RingRig rig = new RingRig();

    private static final MessageHandler IGNORE = (buffer, offset, length, number) -> {};

    @Test
    void shouldShowNothingBeforeItsCommit() {
        Channel channel = rig.channel(512);
        RingReader reader = rig.open();
        assertTrue(channel.tryOffer(RingRig.bytes("one")));
        assertSame(RingPoll.Empty.EMPTY, reader.poll(IGNORE, 10));
        rig.writer.commit();
        assertEquals(List.of("1:one"), RingRig.poll(reader));
        assertSame(RingPoll.Empty.EMPTY, reader.poll(IGNORE, 10));
    }

    @Test
    void shouldTakeBackWhatIsRolledBackAndSendAnewInItsPlace() {
        Channel channel = rig.channel(512);
        RingReader reader = rig.open();
        channel.offer(RingRig.bytes("never"));
        channel.offer(RingRig.bytes("ever"));
        rig.writer.rollback();
        assertEquals(0, channel.messages());
        channel.offer(RingRig.bytes("instead"));
        rig.writer.commit();
        assertEquals(List.of("1:instead"), RingRig.drain(reader));
    }

    @Test
    void shouldSendInTheStepThatCreatesTheRing() {
        Channel gone = rig.writer.channel("orders", 512, "audit");
        gone.offer(RingRig.bytes("never"));
        rig.writer.rollback();
        assertThrows(IllegalStateException.class, () -> gone.offer(RingRig.bytes("late")));
        Channel channel = rig.writer.channel("orders", 512, "audit");
        channel.offer(RingRig.bytes("first"));
        RingReader reader = rig.open();
        assertInstanceOf(RingPoll.Unavailable.class, reader.poll(IGNORE, 10));
        rig.writer.commit();
        channel.offer(RingRig.bytes("second"));
        assertEquals(List.of("1:first"), RingRig.drain(reader));
        rig.writer.commit();
        assertEquals(List.of("2:second"), RingRig.drain(reader));
    }

    @Test
    void shouldCarryMessagesOfAllLengthsAroundTheRing() {
        Channel channel = rig.channel(512);
        RingReader reader = rig.open();
        int number = 0;
        for (int round = 0; round < 300; round++) {
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 1 + round % 3; i++) {
                String text = "x".repeat((round * 7 + i * 13) % (channel.maxMessageBytes() + 1));
                channel.offer(RingRig.bytes(text));
                expected.add(++number + ":" + text);
            }
            rig.writer.commit();
            assertEquals(expected, RingRig.drain(reader), "round " + round);
            rig.reader.commit();
        }
    }

    @Test
    void shouldSayOfAReceiverThatItMayNotReadThatItWillNeverHearOfIt() {
        rig.writer.receivers(Receivers.none());
        Channel channel = rig.writer.channel("orders", 512, "audit");
        for (int i = 0; i < 8; i++) {
            assertTrue(channel.tryOffer(new byte[56]));
        }
        CapacityExceededException full =
                assertThrows(CapacityExceededException.class, () -> channel.offer(new byte[56]));
        assertTrue(
                String.valueOf(full.getMessage())
                        .contains(
                                "It waits for audit (whose segment this daemon may not read, so it never hears of it: its key"
                                        + " `reads` has to name it). Nothing was sent."),
                full.getMessage());
    }

    @Test
    void shouldRefuseWhenAReceiverLagsAndGoOnOnceItHasCommitted() {
        Channel channel = rig.channel(512);
        RingReader reader = rig.open();
        rig.reader.commit();
        byte[] message = new byte[56];
        for (int i = 0; i < 8; i++) {
            assertTrue(channel.tryOffer(message));
        }
        assertFalse(channel.tryOffer(message));
        CapacityExceededException full = assertThrows(CapacityExceededException.class, () -> channel.offer(message));
        assertEquals(
                "Channel orders of segment test/unit is full: no room for 56 bytes in a ring of 512. It waits for audit"
                        + " (which has not read yet). Nothing was sent. Try again after it has read on (tryOffer), or"
                        + " declare a larger ring (the manifest key `state` must have room for it).",
                full.getMessage());
        rig.writer.commit();
        reader.poll(IGNORE, 2);
        assertFalse(channel.tryOffer(message), "what is read counts once it is committed");
        rig.reader.commit();
        assertTrue(channel.tryOffer(message));
        assertTrue(channel.tryOffer(message));
        assertFalse(channel.tryOffer(message));
        assertTrue(String.valueOf(assertThrows(CapacityExceededException.class, () -> channel.offer(message))
                        .getMessage())
                .contains("audit (8 messages behind)"));
    }

    /** A receiver may read a channel at two places; what the slower one needs is needed. */
    @Test
    void shouldHoldBackForTheSlowerOfTwoCursorsOfAReceiver() {
        Channel channel = rig.channel(512);
        RingReader slow = rig.readWriter().ring(rig.reader.cursor("slow", "unit", "orders"));
        RingReader fast = rig.readWriter().ring(rig.reader.cursor("fast", "unit", "orders"));
        channel.offer(RingRig.bytes("a"));
        channel.offer(RingRig.bytes("b"));
        rig.writer.commit();
        assertEquals("Messages[1]", slow.poll(IGNORE, 1).toString());
        int sent = 2;
        for (int round = 0; round < 4; round++) {
            RingRig.drain(fast);
            rig.reader.commit();
            while (channel.tryOffer(RingRig.bytes("m" + (sent + 1)))) {
                sent++;
            }
            rig.writer.commit();
        }
        List<String> read = RingRig.drain(slow);
        assertEquals(sent - 1, read.size(), "of " + sent + " messages, all but the first: " + read);
    }

    /** Found by the writer although it knows another cursor of that receiver already. */
    @Test
    void shouldHoldBackForACursorThatAReceiverMakesLater() {
        Channel channel = rig.channel(512);
        RingReader fast = rig.readWriter().ring(rig.reader.cursor("fast", "unit", "orders"));
        rig.reader.commit();
        byte[] message = new byte[56];
        for (int i = 0; i < 8; i++) {
            channel.offer(message);
        }
        assertFalse(channel.tryOffer(message));
        rig.writer.commit();
        fast.poll(IGNORE, 2);
        RingReader late = rig.readWriter().ring(rig.reader.cursor("late", "unit", "orders"));
        rig.reader.commit();
        assertFalse(channel.tryOffer(message), "the later one has read nothing");
        assertEquals("Messages[1]", late.poll(IGNORE, 1).toString());
        rig.reader.commit();
        assertTrue(channel.tryOffer(message));
        assertFalse(channel.tryOffer(message));
    }

    /** Also by one that is still to be committed, and therefore has read nothing that counts. */
    @Test
    void shouldNotWaitForACursorThatIsNotCommitted() {
        Channel channel = rig.channel(512);
        RingReader reader = rig.open();
        byte[] message = new byte[56];
        for (int i = 0; i < 8; i++) {
            channel.offer(message);
        }
        rig.writer.commit();
        reader.poll(IGNORE, 8);
        rig.reader.commit();
        rig.reader.cursor("late", "unit", "orders");
        assertTrue(channel.tryOffer(message));
    }

    /** However little room the undo log has: the channel is there with its receivers' names, or not at all. */
    @Test
    void shouldNotLeaveAChannelWithoutItsReceiversWhenTheUndoLogIsFull() {
        State state = TestSegments.state(256 << 10);
        RecordLayout.Builder builder = RecordLayout.named("r");
        LongField field = builder.int64("value");
        RecordTable table = state.table("fill", builder.build(), 2000);
        state.commit();
        String[] names = new String[16];
        for (int i = 0; i < names.length; i++) {
            names[i] = "receiver-" + i;
        }
        int refused = 0;
        for (long room = 900; room >= 0; room -= 20) {
            for (int row = 0; state.undoFreeBytes() > room; row++) {
                table.row(row).set(field, 1);
            }
            try {
                state.channel("orders", 512, names);
            } catch (UndoLogFullException e) {
                refused++;
                assertEquals(
                        List.of("fill"),
                        state.structures().stream().map(StructureInfo::name).toList());
            }
            state.rollback();
        }
        assertTrue(refused > 30 && refused < 46, "refused " + refused);
    }

    @Test
    void shouldRefuseAMessageThatNeverFits() {
        Channel channel = rig.channel(512);
        CapacityExceededException e = assertThrows(
                CapacityExceededException.class, () -> channel.tryOffer(new byte[channel.maxMessageBytes() + 1]));
        assertTrue(String.valueOf(e.getMessage()).contains("a ring of 512 bytes takes 120 at most"), e.getMessage());
        assertEquals(0, channel.messages());
        assertFalse(rig.writer.dirty());
    }

    @Test
    void shouldReadAgainWhatTheReaderRolledBack() {
        Channel channel = rig.channel(512);
        RingReader reader = rig.open();
        rig.reader.commit();
        channel.offer(RingRig.bytes("one"));
        channel.offer(RingRig.bytes("two"));
        rig.writer.commit();
        assertEquals(List.of("1:one", "2:two"), RingRig.drain(reader));
        rig.reader.rollback();
        reader.poll(IGNORE, 1);
        assertTrue(rig.reader.dirty());
        rig.reader.commit();
        assertEquals(List.of("2:two"), RingRig.drain(reader));
        rig.restartReader();
        assertEquals(List.of("2:two"), RingRig.drain(rig.open()));
    }

    @Test
    void shouldCountAsReadWhatWasHandledBeforeTheHandlerThrew() {
        Channel channel = rig.channel(512);
        RingReader reader = rig.open();
        channel.offer(RingRig.bytes("one"));
        channel.offer(RingRig.bytes("two"));
        rig.writer.commit();
        assertThrows(
                ArithmeticException.class,
                () -> reader.poll(
                        (buffer, offset, length, number) -> {
                            if (number == 2) {
                                throw new ArithmeticException();
                            }
                        },
                        10));
        assertEquals(List.of("2:two"), RingRig.drain(reader));
    }

    @Test
    void shouldNotLetAHandlerCommit() {
        Channel channel = rig.channel(512);
        RingReader reader = rig.open();
        channel.offer(RingRig.bytes("one"));
        rig.writer.commit();
        assertThrows(
                IllegalStateException.class,
                () -> reader.poll((buffer, offset, length, number) -> rig.reader.commit(), 10));
    }

    @Test
    void shouldGoOnForAReaderWhenTheWriterDiesAndRestarts() {
        Channel channel = rig.channel(512);
        RingReader reader = rig.open();
        rig.reader.commit();
        channel.offer(RingRig.bytes("one"));
        rig.writer.commit();
        channel.offer(RingRig.bytes("never"));
        rig.restartWriter();
        assertEquals(List.of("1:one"), RingRig.drain(reader));
        rig.writer.channel("orders", 512, "audit").offer(RingRig.bytes("two"));
        rig.writer.commit();
        assertEquals(List.of("2:two"), RingRig.drain(reader));
    }

    @Test
    void shouldTellWhatABroadcastOverwroteAndGoOnAtTheNewest() {
        Broadcast broadcast = rig.broadcast(512);
        RingReader reader = rig.open();
        for (int i = 1; i <= 30; i++) {
            broadcast.offer(RingRig.bytes("message " + i));
            rig.writer.commit();
        }
        assertEquals(new RingPoll.Overrun(30, 30 * 24L + 8), reader.poll(IGNORE, 10));
        assertSame(RingPoll.Empty.EMPTY, reader.poll(IGNORE, 10));
        broadcast.offer(RingRig.bytes("next"));
        rig.writer.commit();
        assertEquals(List.of("31:next"), RingRig.drain(reader));
    }

    @Test
    void shouldGoOnAfterABroadcastRolledBackMoreThanARing() {
        Broadcast broadcast = rig.broadcast(512);
        RingReader reader = rig.open();
        broadcast.offer(RingRig.bytes("old"));
        rig.writer.commit();
        for (int i = 1; i <= 60; i++) {
            broadcast.offer(RingRig.bytes("message " + i));
        }
        rig.writer.rollback();
        assertEquals(new RingPoll.Overrun(1, 16), reader.poll(IGNORE, 10));
        broadcast.offer(RingRig.bytes("new"));
        rig.writer.commit();
        assertEquals(List.of("2:new"), RingRig.drain(reader));
    }

    /** As when contents are brought back: the reader followed the history that came in between. */
    @Test
    void shouldTellHowManyMessagesAreSkippedWhereItIsNotKnownWhereTheHistoriesPart() {
        Channel channel = rig.channel(512);
        RingReader reader = rig.open();
        rig.reader.commit();
        byte[] checkpoint = rig.writerMemory.copy();
        for (String text : List.of("one", "two", "three")) {
            channel.offer(RingRig.bytes(text));
        }
        rig.writer.commit();
        byte[] broughtBack = rig.writerMemory.copy();
        System.arraycopy(checkpoint, 0, rig.writerMemory.bytes(), 0, checkpoint.length);
        rig.startTimeline(2);
        rig.restartWriter();
        rig.writer.channel("orders", 512, "audit").offer(RingRig.bytes("uno"));
        rig.writer.commit();
        assertEquals(List.of("1:uno"), RingRig.drain(reader));
        rig.reader.commit();

        System.arraycopy(broughtBack, 0, rig.writerMemory.bytes(), 0, broughtBack.length);
        rig.startTimeline(3);
        rig.restartWriter();
        RingPoll.TimelineChanged told = (RingPoll.TimelineChanged) reader.poll(IGNORE, 10);
        assertEquals(
                "TimelineChanged[fromTimeline=2, toTimeline=3, exact=false, readMessages=1, commonMessages=3,"
                        + " sentMessages=3, revokedMessages=0, skippedMessages=2]",
                told.toString());
        reader.resync();
        assertEquals(List.of(), RingRig.drain(reader));
        rig.writer.channel("orders", 512, "audit").offer(RingRig.bytes("four"));
        rig.writer.commit();
        assertEquals(List.of("4:four"), RingRig.drain(reader));
        assertEquals(0, new RingPoll.TimelineChanged(1, 2, true, 1, 3, 3).skippedMessages(), "they are read");
    }

    @Test
    void shouldTellThatTheWriterIsOnAnotherTimelineAndGoOnWhenThatIsAccepted() {
        Channel channel = rig.channel(512);
        RingReader reader = rig.open();
        rig.reader.commit();
        channel.offer(RingRig.bytes("one"));
        rig.writer.commit();
        byte[] checkpoint = rig.writerMemory.copy();
        channel.offer(RingRig.bytes("revoked"));
        rig.writer.commit();
        assertEquals(List.of("1:one", "2:revoked"), RingRig.drain(reader));
        rig.reader.commit();
        System.arraycopy(checkpoint, 0, rig.writerMemory.bytes(), 0, checkpoint.length);
        rig.startTimeline(2);
        rig.restartWriter();
        RingPoll.TimelineChanged quiet = new RingPoll.TimelineChanged(1, 2, true, 2, 1, 1);
        assertEquals(quiet, reader.poll(IGNORE, 10));
        rig.writer.channel("orders", 512, "audit").offer(RingRig.bytes("anew"));
        rig.writer.commit();
        RingPoll.TimelineChanged told = new RingPoll.TimelineChanged(1, 2, true, 2, 1, 2);
        assertEquals(told, reader.poll(IGNORE, 10));
        assertEquals(told, reader.poll(IGNORE, 10), "as long as it is not accepted");
        assertEquals(1, told.revokedMessages());
        reader.resync();
        assertEquals(List.of("2:anew"), RingRig.drain(reader));
        rig.reader.rollback();
        assertEquals(told, reader.poll(IGNORE, 10), "the reader took back that it had accepted");
    }

    @Test
    void shouldTellThatTheSegmentIsAnotherOne() {
        Channel channel = rig.channel(512);
        RingReader reader = rig.open();
        channel.offer(RingRig.bytes("one"));
        rig.writer.commit();
        assertEquals(List.of("1:one"), RingRig.drain(reader));
        rig.reader.commit();
        RingRig fresh = new RingRig(77);
        fresh.writer.channel("orders", 512, "audit").offer(RingRig.bytes("fresh"));
        fresh.writer.commit();
        ReadOnlySegment segment = fresh.readWriter();
        RingReader again = segment.ring(rig.reader.cursor("place", "unit", "orders"));
        assertEquals(new RingPoll.TimelineChanged(1, 1, false, 1, 0, 1), again.poll(IGNORE, 10));
        again.resync();
        assertEquals(List.of("1:fresh"), RingRig.drain(again));
    }

    @Test
    void shouldHoldBackForAReceiverOnAnotherTimelineOnlyWhatItWillRead() {
        Channel channel = rig.channel(512);
        RingReader reader = rig.open();
        byte[] message = new byte[56];
        for (int i = 0; i < 4; i++) {
            channel.offer(message);
        }
        rig.writer.commit();
        assertEquals(4, ((RingPoll.Messages) reader.poll(IGNORE, 4)).count());
        rig.reader.commit();
        rig.startTimeline(2);
        rig.restartWriter();
        Channel successor = rig.writer.channel("orders", 512, "audit");
        int sent = 0;
        while (successor.tryOffer(message)) {
            sent++;
        }
        assertEquals(8, sent);
    }

    @Test
    void shouldNotTrustAReceiversCursor() {
        Channel channel = rig.channel(512);
        RingReader reader = rig.open();
        byte[] message = new byte[56];
        channel.offer(message);
        rig.writer.commit();
        reader.poll(IGNORE, 1);
        rig.reader.commit();
        long cursor = rig.reader.structures().get(0).offsetBytes();
        for (int slot = 0; slot < PlaceLayout.SLOTS; slot++) {
            int at = (int) cursor + slot * PlaceLayout.SLOT_LENGTH;
            NativeWords.put(rig.readerMemory.bytes(), at + PlaceLayout.POSITION_OFFSET, 1 << 20);
            NativeWords.put(rig.readerMemory.bytes(), at + PlaceLayout.NUMBER_OFFSET, -5);
        }
        for (int i = 0; i < 7; i++) {
            channel.offer(message);
        }
        assertFalse(channel.tryOffer(message));
    }

    @Test
    void shouldRefuseOtherSizesAndReceivers() {
        rig.channel(512);
        assertThrows(LayoutMismatchException.class, () -> rig.writer.channel("orders", 1024, "audit"));
        assertThrows(LayoutMismatchException.class, () -> rig.writer.channel("orders", 512, "billing"));
        assertThrows(LayoutMismatchException.class, () -> rig.writer.channel("orders", 512, "audit", "billing"));
        assertThrows(LayoutMismatchException.class, () -> rig.writer.broadcast("orders", 512));
        assertThrows(IllegalArgumentException.class, () -> rig.writer.broadcast("other", 513));
        assertThrows(IllegalArgumentException.class, () -> rig.writer.channel("other", 512));
        assertThrows(IllegalArgumentException.class, () -> rig.writer.channel("other", 512, "a", "a"));
        rig.open();
        assertThrows(LayoutMismatchException.class, () -> rig.reader.cursor("place", "unit", "others"));
        Cursor others = rig.reader.cursor("elsewhere", "rates", "orders");
        assertThrows(
                IllegalArgumentException.class,
                () -> TestSegments.read(rig.writerMemory).ring(others));
    }

    /** As the Javadoc of bytes() says; coppice state --hex shows them. */
    @Test
    void shouldNotShowTheStampOfACommitThatIsNotMadeYetInTheBytesOfASnapshot() {
        Channel channel = rig.channel(512);
        channel.offer(RingRig.bytes("one"));
        rig.writer.commit();
        channel.offer(RingRig.bytes("two"));
        StateView view = TestSegments.snapshot(rig.readWriter());
        byte[] bytes = view.bytes("orders");
        int newest = PlaceLayout.newest(bytes, RingLayout.END_OFFSET, Long.MAX_VALUE);
        assertEquals(view.commitSequence(), NativeWords.get(bytes, newest));
    }

    @Test
    void shouldShowRingsAndCursorsInASnapshot() {
        Channel channel = rig.channel(512);
        RingReader reader = rig.open();
        channel.offer(RingRig.bytes("one"));
        channel.offer(RingRig.bytes("two"));
        rig.writer.commit();
        reader.poll(IGNORE, 1);
        rig.reader.commit();
        channel.offer(RingRig.bytes("not yet"));
        StateView view = TestSegments.snapshot(TestSegments.read(rig.writerMemory));
        assertEquals(new RingView(512, 1, 32, 2, 32, 2, List.of("audit")), view.ring("orders"));
        assertEquals(32, view.used("orders"));
        assertEquals(
                new CursorView(1, 16, 1),
                TestSegments.snapshot(TestSegments.read(rig.readerMemory)).cursor("place"));
    }
}
