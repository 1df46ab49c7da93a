package io.coppice.ops.view;

import com.fasterxml.jackson.core.JsonGenerator;
import io.coppice.ops.view.Palette.Tone;
import io.coppice.ops.view.TextTable.Cell;
import io.coppice.ops.view.TextTable.Column;
import io.coppice.state.RequestId;
import io.coppice.state.RequestInfo;
import io.coppice.state.RequestStatus;
import io.coppice.state.RequestsView;
import io.coppice.supervisor.plan.SlotName;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The transactions of one daemon at one moment: its slots as the root has them, and what it has submitted, as of its last commit.
 *
 * @param name of the daemon
 * @param slots in the order of their numbers; none where the root's table cannot be read
 * @param table what it has submitted; empty before its first start, and where that cannot be read
 * @param contents by the number of a slot: what its segment holds; none of those that cannot be read
 * @param problem why what it has submitted cannot be read
 */
public record DaemonTransactions(
        String name,
        List<SlotStatus> slots,
        Optional<RequestsView> table,
        Map<Integer, SlotContents> contents,
        Optional<String> problem) {
    private static final int PREVIEW_BYTES = 32;
    private static final int READABLE_CAUSE_WIDTH = 40;
    private static final int MIN_LAST_WIDTH = 16;

    /** Those that wait for a slot, in their order. */
    public List<RequestInfo> queued() {
        return requests(RequestStatus.QUEUED);
    }

    /** Those whose attempts have all failed, in the order of their ids. */
    public List<RequestInfo> quarantined() {
        return requests(RequestStatus.QUARANTINED);
    }

    private List<RequestInfo> requests(RequestStatus status) {
        return table.map(RequestsView::requests).orElse(List.of()).stream()
                .filter(request -> request.status() == status)
                .toList();
    }

    /**
     * What a slot's segment holds.
     *
     * @param request whose contents they are; any value, 0 none
     * @param done whether its result is there, committed
     */
    public record SlotContents(long request, boolean done) {}

    /** What has become of those that have a slot. */
    private enum Progress {
        /** A process works on it. */
        RUNNING("running"),
        /** Nobody works on it yet, or any more. */
        ASSIGNED("waiting for a process"),
        /** Its result is committed, and the daemon has not taken it up. */
        DONE("done and not taken up");

        private final String words;

        Progress(String words) {
            this.words = words;
        }
    }

    /** Those whose result is there, and not taken up by the daemon, in the order of the table. */
    public List<RequestInfo> done() {
        return inSlots(Progress.DONE);
    }

    /** How one stands, in words for people. */
    public String words(RequestInfo request) {
        return request.status() == RequestStatus.RUNNING
                ? progress(request).words
                : request.status().word();
    }

    private List<RequestInfo> inSlots(Progress progress) {
        return requests(RequestStatus.RUNNING).stream()
                .filter(request -> progress(request) == progress)
                .toList();
    }

    private Progress progress(RequestInfo request) {
        SlotContents there = contents.get(request.slot());
        if (there != null && there.done() && there.request() == request.id()) {
            return Progress.DONE;
        }
        boolean runs = slots.stream().anyMatch(slot -> slot.slot() == request.slot() && served(slot) == request.id());
        return runs ? Progress.RUNNING : Progress.ASSIGNED;
    }

    /**
     * What the live process of a slot works on, 0 without one. The root's table names what is asked for now; before a process was launched
     * for that, one of an earlier request may still be there, and its segment says of which.
     */
    private long served(SlotStatus slot) {
        if (slot.process().pid().isEmpty()) {
            return 0;
        }
        SlotContents there = contents.get(slot.slot());
        return slot.attempts() == 0 && there != null && there.request() > 0
                ? there.request()
                : Math.abs(slot.request());
    }

    /** Those that have a slot, which may not know of it yet. */
    private Optional<RequestInfo> assignedTo(int slot) {
        return requests(RequestStatus.RUNNING).stream()
                .filter(request -> request.slot() == slot)
                .findFirst();
    }

    /**
     * For people: a line on the daemon, then a table each for the slots, the queue and the quarantine, if there is anything in it.
     *
     * @param maxWidth columns of the terminal, for which rows are cut; {@link Integer#MAX_VALUE} does not
     */
    public List<String> lines(Palette palette, Clocks clocks, int maxWidth) {
        List<String> lines = new ArrayList<>();
        lines.add(palette.paint(Tone.HEADING, Printable.of(name)) + ": " + summary(palette));
        lines.addAll(slotLines(palette, maxWidth));
        lines.addAll(doneLines());
        lines.addAll(queueLines(palette, clocks, maxWidth));
        lines.addAll(quarantineLines(palette, clocks, maxWidth));
        return lines;
    }

    private String summary(Palette palette) {
        int bad = quarantined().size();
        String counts = inSlots(Progress.RUNNING).size() + " running, "
                + ifAny(Progress.ASSIGNED) + ifAny(Progress.DONE)
                + queued().size() + " queued, "
                + palette.paint(bad == 0 ? Tone.NORMAL : Tone.BAD, bad + " quarantined");
        return (slots.isEmpty() ? "" : slots.size() + (slots.size() == 1 ? " slot" : " slots") + standbys() + "; ")
                + (problem.isPresent() ? palette.paint(Tone.BAD, "what it has submitted cannot be read") : counts);
    }

    private String ifAny(Progress progress) {
        int count = inSlots(progress).size();
        return count == 0 ? "" : count + " " + progress.words + ", ";
    }

    /** Those in reserve for all of the slots: how many wait, of how many there are to be. */
    private String standbys() {
        int waiting = slots.stream().mapToInt(slot -> slot.process().standbys()).sum();
        int wanted =
                slots.stream().mapToInt(slot -> slot.process().standbysWanted()).sum();
        return wanted == 0 ? "" : ", " + waiting + " of " + wanted + (wanted == 1 ? " standby" : " standbys");
    }

    private List<String> doneLines() {
        return done().stream()
                .map(request -> {
                    String id = RequestId.text(request.id());
                    String daemon = Printable.of(name);
                    return id + " is done: its result stays in " + SlotName.of(daemon, request.slot()) + " until "
                            + daemon + " takes it up; `coppice transactions " + daemon + " --drop " + id + "` drops it";
                })
                .toList();
    }

    private List<String> slotLines(Palette palette, int maxWidth) {
        TextTable rows = new TextTable(List.of(
                Column.left("SLOT"),
                Column.left("STATE"),
                Column.left("REQUEST"),
                Column.right("ATTEMPT").goesAs(2),
                Column.right("PID").goesAs(3),
                Column.right("UPTIME").goesAs(4),
                Column.left("TASK"),
                Column.right("BYTES").goesAs(1),
                Column.left("INPUT")));
        for (SlotStatus slot : slots) {
            Optional<RequestInfo> assigned = assignedTo(slot.slot());
            long served = served(slot);
            boolean another = served != 0
                    && (served != Math.abs(slot.request())
                            || assigned.filter(next -> next.id() != served).isPresent());
            rows.row(another ? rowOfAnother(slot, served) : row(slot, assigned));
            if (another && assigned.isPresent()) {
                rows.row(rowOfNext(slot, assigned.get()));
            }
        }
        return slots.isEmpty() ? List.of() : rows.lines(palette, maxWidth, MIN_LAST_WIDTH);
    }

    private List<Cell> row(SlotStatus slot, Optional<RequestInfo> request) {
        return row(
                Cell.of(slot.process().name()),
                Cell.of(state(slot)),
                request.map(known -> Cell.of(RequestId.text(known.id())))
                        .or(() -> slot.requestText().map(Cell::of))
                        .orElse(Cell.NONE),
                slot.attempt().isPresent()
                        ? Cell.of(Long.toString(slot.attempt().getAsLong()))
                        : Cell.NONE,
                slot.process(),
                request);
    }

    /** Its process works on something else than what is asked for now. */
    private List<Cell> rowOfAnother(SlotStatus slot, long served) {
        return row(
                Cell.of(slot.process().name()),
                Cell.of(slot.process().stateWords()),
                Cell.of(RequestId.text(served)),
                Cell.NONE,
                slot.process(),
                table.flatMap(known -> known.request(served)));
    }

    /** What the slot works on next. */
    private List<Cell> rowOfNext(SlotStatus slot, RequestInfo request) {
        return List.of(
                Cell.of(slot.process().name()),
                Cell.of("next"),
                Cell.of(RequestId.text(request.id())),
                Cell.NONE,
                Cell.NONE,
                Cell.NONE,
                Cell.of(request.task()),
                bytes(request),
                preview(request));
    }

    private List<Cell> row(
            Cell name, Cell state, Cell id, Cell attempt, DaemonStatus process, Optional<RequestInfo> request) {
        return List.of(
                name,
                state,
                id,
                attempt,
                process.pid().isPresent() ? Cell.of(Long.toString(process.pid().getAsLong())) : Cell.NONE,
                process.uptimeMs().isPresent()
                        ? Cell.of(Durations.words(process.uptimeMs().getAsLong()))
                        : Cell.NONE,
                request.map(known -> Cell.of(known.task())).orElse(Cell.NONE),
                request.map(DaemonTransactions::bytes).orElse(Cell.NONE),
                request.map(this::preview).orElse(Cell.NONE));
    }

    private static String state(SlotStatus slot) {
        return slot.process().stateWords()
                + (slot.process().backoffMs().isPresent()
                        ? ", " + Durations.words(slot.process().backoffMs().getAsLong()) + " left"
                        : "")
                + (slot.isDiscarded() ? ", discarded" : "");
    }

    private List<String> queueLines(Palette palette, Clocks clocks, int maxWidth) {
        TextTable rows = new TextTable(List.of(
                Column.left("QUEUED"),
                Column.right("SUBMITTED").goesAs(2),
                Column.left("TASK"),
                Column.right("BYTES").goesAs(1),
                Column.left("INPUT")));
        for (RequestInfo request : queued()) {
            rows.row(List.of(
                    Cell.of(RequestId.text(request.id())),
                    submitted(request, clocks),
                    Cell.of(request.task()),
                    bytes(request),
                    preview(request)));
        }
        return queued().isEmpty() ? List.of() : rows.lines(palette, maxWidth, MIN_LAST_WIDTH);
    }

    private List<String> quarantineLines(Palette palette, Clocks clocks, int maxWidth) {
        TextTable rows = new TextTable(List.of(
                Column.left("QUARANTINED"),
                Column.right("SUBMITTED").goesAs(2),
                Column.right("ATTEMPTS").goesAs(3),
                Column.left("TASK"),
                Column.right("BYTES").goesAs(1),
                Column.left("INPUT").cutTo(MIN_LAST_WIDTH),
                Column.left("CAUSE").readableAt(READABLE_CAUSE_WIDTH)));
        for (RequestInfo request : quarantined()) {
            rows.row(List.of(
                    Cell.of(RequestId.text(request.id())),
                    submitted(request, clocks),
                    Cell.of(Integer.toString(request.attempts())),
                    Cell.of(request.task()),
                    bytes(request),
                    preview(request),
                    Cell.of(request.cause())));
        }
        return quarantined().isEmpty() ? List.of() : rows.lines(palette, maxWidth, MIN_LAST_WIDTH);
    }

    private static Cell submitted(RequestInfo request, Clocks clocks) {
        return Cell.of(Durations.coarse(clocks.nowEpochMs() - request.submittedAtEpochMs()) + " ago");
    }

    private static Cell bytes(RequestInfo request) {
        return Cell.of(Integer.toString(request.inputBytes()));
    }

    private Cell preview(RequestInfo request) {
        return Cell.of(Text.shown(input(request), PREVIEW_BYTES));
    }

    private byte[] input(RequestInfo request) {
        return table.flatMap(known -> known.input(request.id())).orElse(new byte[0]);
    }

    /** For tools: one object and a line end; leaves the stream open. */
    public static void writeJson(String instance, List<DaemonTransactions> daemons, OutputStream out)
            throws IOException {
        try (JsonGenerator json = JsonLines.generator(out)) {
            json.writeStartObject();
            json.writeStringField("instance", instance);
            json.writeArrayFieldStart("daemons");
            for (DaemonTransactions daemon : daemons) {
                daemon.writeJson(json);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private void writeJson(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", name);
        json.writeArrayFieldStart("slots");
        for (SlotStatus slot : slots) {
            StatusJson.writeSlot(slot, json);
        }
        json.writeEndArray();
        writeRequests("running", inSlots(Progress.RUNNING), json);
        writeRequests("assigned", inSlots(Progress.ASSIGNED), json);
        writeRequests("done", done(), json);
        writeRequests("queued", queued(), json);
        writeRequests("quarantined", quarantined(), json);
        json.writeStringField("problem", problem.orElse(null));
        json.writeEndObject();
    }

    private void writeRequests(String field, List<RequestInfo> requests, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart(field);
        for (RequestInfo request : requests) {
            json.writeStartObject();
            json.writeStringField("id", RequestId.text(request.id()));
            json.writeStringField("task", request.task());
            json.writeStringField("submitted", instant(request.submittedAtEpochMs()));
            json.writeNumberField("attempts", request.attempts());
            if (request.slot() == 0) {
                json.writeNullField("slot");
            } else {
                json.writeStringField("slot", SlotName.of(name, request.slot()));
            }
            json.writeNumberField("input_bytes", request.inputBytes());
            json.writeFieldName("input_begins");
            Text.writeJson(Text.beginning(input(request)), json);
            json.writeStringField("cause", request.cause().isEmpty() ? null : request.cause());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** A segment may hold any number. */
    private static String instant(long epochMs) {
        return Instant.ofEpochMilli(Math.max(0, Math.min(epochMs, InstanceReader.MAX_EPOCH_MS)))
                .toString();
    }
}
