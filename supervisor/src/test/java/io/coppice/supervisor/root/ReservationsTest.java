package io.coppice.supervisor.root;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.coppice.state.NextFile;
import io.coppice.state.OwnedSegment;
import io.coppice.state.OwnerFiles;
import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.state.Validation;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.ChildPlans;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReservationsTest {
    private static final SegmentSpec SPEC = new SegmentSpec("shop", "thumbs@1", SegmentSpec.KIND_DAEMON, 1 << 20);

    @TempDir
    Path directory;

    /** A daemon's contents are for a person to look at; a slot's are not worth a start. */
    @Test
    void shouldReplaceWhatIsNoSegmentOnlyWhereThatMayBeLost() throws Exception {
        Path file = directory.resolve("thumbs@1.seg");
        Reservations reservations = new Reservations();
        for (byte[] damaged : List.of(new byte[1 << 20], new byte[0], new byte[] {1, 2, 3})) {
            Files.write(file, damaged);
            assertThrows(StartupRefused.class, () -> reservations.ensure(file, SPEC));
            assertArrayEquals(damaged, Files.readAllBytes(file));

            assertTrue(reservations.ensureUsable(file, SPEC));

            assertTrue(SegmentFile.validate(file, SPEC) instanceof Validation.Valid);
            assertFalse(reservations.ensureUsable(file, SPEC), "it is one now");
        }
        try (var files = Files.list(directory)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    private static SegmentSpec spec(long stateBytes) {
        return new SegmentSpec("shop", "web", SegmentSpec.KIND_DAEMON, stateBytes);
    }

    private static ChildPlan plan(long stateBytes) {
        return ChildPlans.daemon("web").stateBytes(stateBytes).plan();
    }

    private void ensureNext(Reservations reservations, long stateBytes, long ownersLength) throws StartupRefused {
        reservations.ensureNext(directory.resolve("web.seg"), plan(stateBytes), spec(stateBytes), ownersLength);
    }

    private long next() throws IOException {
        Path next = NextFile.of(directory.resolve("web.seg"));
        return Files.exists(next) ? Files.size(next) : 0;
    }

    private void makeSegment() throws StartupRefused {
        Reservations first = new Reservations();
        first.ensure(directory.resolve("web.seg"), spec(1 << 20));
        first.ensureOwnerFiles(directory.resolve("web.seg"), "web", false);
    }

    /** "A reload reserves all that is new first, or changes nothing": also the room for another size. */
    @Test
    void shouldReserveRoomForAnotherSizeAndGiveItBackIfNothingComesOfIt() throws Exception {
        makeSegment();
        Reservations reservations = new Reservations();
        ensureNext(reservations, 1 << 20, 1 << 20);
        assertEquals(0, next());
        ensureNext(reservations, 2 << 20, 1 << 20);
        assertEquals(2 << 20, next());
        try (Console console = new Console()) {
            reservations.undo(console);
        }
        assertEquals(0, next());
        ensureNext(new Reservations(), 2 << 20, Reservations.ANY);
        ensureNext(new Reservations(), 2 << 20, Reservations.ANY);
        assertEquals(2 << 20, next(), "it was reserved before");
        ensureNext(new Reservations(), 4 << 20, 1 << 20);
        assertEquals(4 << 20, next());
        ensureNext(new Reservations(), 1 << 20, Reservations.ANY);
        assertEquals(0, next(), "it is not wanted any more");
    }

    @Test
    void shouldNotTakeAFileAwayThatAnOwnerMayBeWriting() throws Exception {
        makeSegment();
        ensureNext(new Reservations(), 2 << 20, 1 << 20);
        Path file = directory.resolve("web.seg");
        try (OwnedSegment owner = SegmentFile.openOwned(file, OwnerFiles.lock(file), 1, 1)) {
            StartupRefused refused =
                    assertThrows(StartupRefused.class, () -> ensureNext(new Reservations(), 4 << 20, 2 << 20));
            assertTrue(
                    String.valueOf(refused.getMessage()).contains("Try again when it is ready"), refused.getMessage());
            assertEquals(2 << 20, next());
            // One that was told another length does not write this one.
            ensureNext(new Reservations(), 4 << 20, 1 << 20);
            assertEquals(4 << 20, next());
            owner.recover();
        }
    }

    @Test
    void shouldRefuseWithTheSumWhereThereIsNoRoomForAnotherSizeAndLeaveAllAsItWas() throws Exception {
        Path small = Files.createDirectory(directory.resolve("small"));
        if (run("mount", "-t", "tmpfs", "-o", "size=3m", "coppice-test", small.toString()) != 0) {
            abort("this user cannot mount a small tmpfs");
        }
        try {
            Path file = small.resolve("web.seg");
            Reservations reservations = new Reservations();
            reservations.ensure(file, spec(1 << 20));
            reservations.ensureOwnerFiles(file, "web", false);
            StartupRefused refused = assertThrows(
                    StartupRefused.class, () -> reservations.ensureNext(file, plan(4 << 20), spec(4 << 20), 1 << 20));
            assertTrue(
                    String.valueOf(refused.getMessage())
                            .startsWith("cannot reserve 4194304 bytes for the segment of web in its new size"),
                    refused.getMessage());
            assertFalse(Files.exists(NextFile.of(file)));
            assertTrue(SegmentFile.validate(file, spec(1 << 20)) instanceof Validation.Valid);
        } finally {
            assertEquals(0, run("umount", small.toString()));
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
