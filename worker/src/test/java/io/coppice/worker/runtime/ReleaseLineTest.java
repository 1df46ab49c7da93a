package io.coppice.worker.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.coppice.state.root.ExitKind;
import io.coppice.worker.PreviousExit;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReleaseLineTest {
    private static Optional<ReleaseLine> await(String sent) throws IOException {
        return new HoldPipe(new ByteArrayInputStream(sent.getBytes(StandardCharsets.UTF_8)), "/dev/null")
                .next()
                .map(ReleaseLine.class::cast);
    }

    @Test
    void shouldReadAFirstRelease() throws IOException {
        assertEquals(
                new ReleaseLine(1, Optional.empty(), Optional.empty(), Optional.empty()),
                await("go 1 none 0 - 0\n").orElseThrow());
    }

    @Test
    void shouldReadHowThePredecessorEnded() throws IOException {
        PreviousExit exit = new PreviousExit(
                ExitKind.SIGNAL,
                -1,
                Optional.of("KILL"),
                Instant.ofEpochMilli(1_790_000_000_123L),
                Optional.empty(),
                Optional.empty());

        assertEquals(
                new ReleaseLine(7, Optional.of(exit), Optional.empty(), Optional.empty()),
                await("go 7 signal 0 KILL 1790000000123\n").orElseThrow());
    }

    @Test
    void shouldReadWhatToFallBackTo() throws IOException {
        assertEquals(
                Optional.of(ReleaseLine.Fallback.CHECKPOINT),
                await("go 3 exit 70 - 5 checkpoint\n").orElseThrow().fallback());
        assertEquals(
                Optional.of(ReleaseLine.Fallback.EMPTY),
                await("go 3 exit 70 - 5 empty\n").orElseThrow().fallback());
    }

    @Test
    void shouldReadWhatATransactionIsToDo() throws IOException {
        assertEquals(
                new ReleaseLine(
                        9,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new ReleaseLine.Attempt(32, Long.MAX_VALUE, 1))),
                await("go 9 none 0 - 0 slot 32 9223372036854775807 1\n").orElseThrow());

        ReleaseLine again = await("go 3 signal 0 SEGV 5 slot 1 17 61\n").orElseThrow();
        assertEquals(Optional.of(new ReleaseLine.Attempt(1, 17, 61)), again.attempt());
        assertEquals(Optional.of("SEGV"), again.previousExit().orElseThrow().signal());
    }

    @Test
    void shouldNotBeReleasedForASlotOrARequestThatThereIsNot() {
        for (String end : new String[] {
            "slot 0 17 1",
            "slot 33 17 1",
            "slot 1 0 1",
            "slot 1 -17 1",
            "slot 1 17 0",
            "slot 1 17",
            "slot x 17 1",
            "slot 1 17 1 1",
            "slot",
            "slots 1 17 1",
            "empty slot 1 17 1",
            "slot 1 99999999999999999999 1"
        }) {
            assertThrows(IllegalArgumentException.class, () -> await("go 1 none 0 - 0 " + end + "\n"), end);
        }
    }

    @Test
    void shouldKnowEveryKindOfExitByItsLowerCaseName() throws IOException {
        for (ExitKind kind : ExitKind.values()) {
            String name = kind.word();
            assertEquals(
                    kind,
                    await("go 2 " + name + " 1 - 5\n")
                            .orElseThrow()
                            .previousExit()
                            .orElseThrow()
                            .kind());
        }
    }

    @Test
    void shouldNotBeReleasedByEndOfFileNotEvenWithinALine() throws IOException {
        assertTrue(await("").isEmpty());
        assertTrue(await("go 1 none 0 - 0").isEmpty());
    }

    @Test
    void shouldNotBeReleasedByAnotherLine() {
        for (String line : new String[] {
            "\n",
            "go\n",
            "stop 1 none 0 - 0\n",
            "standby 1\n",
            "train 1\n",
            "Standby\n",
            "go 0 none 0 - 0\n",
            "go x none 0 - 0\n",
            "go 1 vanished 0 - 0\n",
            "go 1 exit x - 0\n",
            "go 1 exit 0 - x\n",
            "go 1 none 0 - 0 more\n",
            "x".repeat(1000)
        }) {
            assertThrows(IllegalArgumentException.class, () -> await(line), line);
        }
    }

    @Test
    void shouldReadLinesOneByOneHoweverTheyArrive() throws IOException {
        byte[] sent = "standby\ngo 2 none 0 - 0\ntrain\n".getBytes(StandardCharsets.UTF_8);
        for (int atOnce = 1; atOnce <= sent.length; atOnce++) {
            HoldPipe hold = new HoldPipe(new Trickle(sent, atOnce), "/dev/null");
            assertEquals(Optional.of(RootLine.Waiting.STANDBY), hold.next());
            assertEquals(
                    Optional.of(new ReleaseLine(2, Optional.empty(), Optional.empty(), Optional.empty())), hold.next());
            assertEquals(Optional.of(RootLine.Waiting.TRAIN), hold.next());
            assertEquals(Optional.empty(), hold.next());
        }
    }

    /** Gives so many bytes at a time. */
    private static final class Trickle extends ByteArrayInputStream {
        private final int atOnce;

        Trickle(byte[] bytes, int atOnce) {
            super(bytes);
            this.atOnce = atOnce;
        }

        @Override
        public synchronized int read(byte[] target, int from, int length) {
            return super.read(target, from, Math.min(length, atOnce));
        }
    }
}
