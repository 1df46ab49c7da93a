package io.coppice.ops.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.coppice.ops.system.daemons.Submits;
import io.coppice.state.AppendLogView;
import io.coppice.state.ReadOnlySegment;
import io.coppice.state.SegmentException;
import io.coppice.state.SegmentFile;
import io.coppice.state.SnapshotResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What tests do with the daemon {@code work} of the instance {@code shop}, which is {@link Submits}: orders, and a look at its ledger. */
final class Submitter {
    static final String NAME = "work";

    private final Coppice coppice;

    Submitter(Coppice coppice) {
        this.coppice = coppice;
    }

    /** Begins, with these keys of its {@code transactions:} and these of itself. */
    Coppice.Root start(String transactions, String... more) throws Exception {
        manifest(transactions, more);
        Coppice.Root root = coppice.startRoot();
        coppice.awaitRoot(root);
        awaitReady();
        return root;
    }

    void manifest(String transactions, String... more) throws IOException {
        coppice.manifest("""
                instance: shop
                daemons:
                  work:
                    main: io.coppice.ops.system.daemons.Submits
                    classpath: [$JAR]
                    jvm: {heap: 16MiB}
                    heartbeat: {timeout: 60s}
                    backoff: none
                    transactions: {%s}
                """.formatted(transactions) + String.join("\n", more).indent(4));
    }

    Coppice.Daemon awaitReady() throws Exception {
        return coppice.awaitState(NAME, "ready");
    }

    /** Gives an order. */
    void order(String line) throws IOException {
        Files.writeString(
                coppice.directory.resolve("orders"), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    void touch(String file) throws IOException {
        coppice.file(file, "");
    }

    void delete(String file) throws IOException {
        Files.delete(coppice.directory.resolve(file));
    }

    boolean exists(String file) {
        return Files.exists(coppice.directory.resolve(file));
    }

    /** Waits for what a task or the daemon tells by a file. */
    void awaitFile(String file) throws Exception {
        Coppice.await(file, () -> exists(file));
    }

    private Path segment() {
        return coppice.home().resolve("shop").resolve(NAME + ".seg");
    }

    /** All entries so far; empty while they cannot be read. */
    Optional<List<String>> ledger() {
        try (ReadOnlySegment segment = SegmentFile.openReadOnly(segment())) {
            if (!(segment.snapshot(List.of(Submits.LEDGER)) instanceof SnapshotResult.Snapshot snapshot)
                    || snapshot.view().structure(Submits.LEDGER).isEmpty()) {
                return Optional.empty();
            }
            AppendLogView log = snapshot.view().appendLog(Submits.LEDGER);
            List<String> entries = new ArrayList<>();
            for (long i = log.firstSequence(); i < log.nextSequence(); i++) {
                entries.add(new String(log.entry(i), StandardCharsets.UTF_8));
            }
            return Optional.of(entries);
        } catch (SegmentException e) {
            return Optional.empty(); // It is being made.
        }
    }

    private List<String> entriesOf(int number) {
        return ledger().orElse(List.of()).stream()
                .filter(entry -> entry.startsWith(number + " "))
                .map(entry -> entry.substring(entry.indexOf(' ') + 1))
                .toList();
    }

    /** What became of one, once it is known. */
    String outcome(int number) throws Exception {
        try {
            Coppice.await("outcome " + number, () -> !entriesOf(number).isEmpty());
        } catch (AssertionError e) {
            return fail(
                    "no outcome of " + number + "; status: "
                            + coppice.run("status", "--json").out() + "\nledger: " + ledger() + "\n"
                            + coppice.run("events").out() + coppice.log(NAME) + coppice.log(NAME + "@transactions"),
                    e);
        }
        return entriesOf(number).get(0);
    }

    /** Every number up to that has one outcome, and nothing else has. */
    void assertEachOnce(int upTo) {
        List<String> numbers = ledger().orElseThrow().stream()
                .map(entry -> entry.substring(0, entry.indexOf(' ')))
                .sorted((a, b) -> Integer.compare(Integer.parseInt(a), Integer.parseInt(b)))
                .toList();
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= upTo; i++) {
            expected.add(Integer.toString(i));
        }
        assertEquals(expected, numbers);
    }

    /** Of {@code status --json}. */
    @SuppressWarnings("unchecked")
    List<Map<String, @Nullable Object>> slots() {
        return (List<Map<String, @Nullable Object>>)
                Objects.requireNonNull(coppice.daemon(NAME).fields().get("transactions"));
    }

    /** The process that a slot has now; 0 none. */
    long pidOfSlotNow(int slot) {
        return pidIn(coppice.daemon(NAME), slot);
    }

    /** The process that a slot has; waits for one. */
    long pidOfSlot(int slot) throws Exception {
        long[] pid = {0};
        coppice.await(NAME, row -> {
            pid[0] = pidIn(row, slot);
            return pid[0] != 0;
        });
        return pid[0];
    }

    @SuppressWarnings("unchecked")
    private static long pidIn(Coppice.Daemon row, int slot) {
        List<Map<String, @Nullable Object>> slots = (List<Map<String, @Nullable Object>>)
                Objects.requireNonNull(row.fields().get("transactions"));
        Object pid = slots.size() < slot ? null : slots.get(slot - 1).get("pid");
        return pid == null ? 0 : (Long) pid;
    }

    /** The process that a task said it runs in. */
    long pidOf(int number) throws Exception {
        awaitFile("begun." + number);
        Path file = coppice.directory.resolve("begun." + number);
        Coppice.await("pid in " + file, () -> sizeOf(file) > 0);
        return Long.parseLong(Files.readString(file));
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }

    static void signal(String signal, long pid) throws Exception {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                        .start()
                        .waitFor());
    }
}
