package io.coppice.ops.view;

import com.fasterxml.jackson.core.JsonGenerator;
import io.coppice.state.RequestId;
import io.coppice.state.RequestInfo;
import io.coppice.state.RequestsView;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** What a daemon has submitted to its transactions, for {@link SegmentContents}: how much, and the first of it. */
final class RequestContents {
    private final int limit;

    /** @param limit most requests that are shown, 0 or more */
    RequestContents(int limit) {
        this.limit = limit;
    }

    void add(RequestsView requests, List<String> lines) {
        int shown = Math.min(requests.size(), limit);
        lines.add("  " + requests.size() + (requests.size() == 1 ? " request" : " requests")
                + (shown == 0 ? "" : ", the oldest first:"));
        for (RequestInfo request : requests.requests().subList(0, shown)) {
            lines.add("  " + RequestId.text(request.id()) + "  " + Printable.of(request.task()) + ", "
                    + request.status().word() + (request.slot() == 0 ? "" : ", slot " + request.slot())
                    + ", " + request.inputBytes() + " bytes of input"
                    + (request.cause().isEmpty() ? "" : ": " + Printable.of(request.cause())));
        }
        SegmentContents.addMore(requests.size() - shown, "requests", lines);
    }

    void write(RequestsView requests, JsonGenerator json) throws IOException {
        json.writeStringField("type", "requests");
        json.writeNumberField("requests", requests.size());
        json.writeNumberField("capacity", requests.capacity());
        json.writeNumberField("max_input_bytes", requests.maxInputBytes());
        json.writeNumberField("last_sequence", requests.lastSequence());
        json.writeArrayFieldStart("first");
        for (RequestInfo request : requests.requests().subList(0, Math.min(requests.size(), limit))) {
            json.writeStartObject();
            json.writeStringField("id", RequestId.text(request.id()));
            json.writeStringField("task", request.task());
            json.writeStringField("status", request.status().word());
            json.writeNumberField("slot", request.slot());
            json.writeNumberField("attempts", request.attempts());
            json.writeStringField(
                    "submitted",
                    Instant.ofEpochMilli(request.submittedAtEpochMs()).toString());
            json.writeNumberField("input_bytes", request.inputBytes());
            json.writeStringField("cause", request.cause());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
