package io.coppice.ops.view;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * {@code status --json}: one object that outside tools rely on. Fields may be added, none renamed; what does not exist is
 * null, never 0.
 */
public final class StatusJson {
    private StatusJson() {}

    /** Writes the object and a line end; leaves the stream open. */
    public static void write(InstanceStatus status, OutputStream out) throws IOException {
        try (JsonGenerator json = JsonLines.generator(out)) {
            json.writeStartObject();
            json.writeStringField("instance", status.instance());
            writeRoot(status.root(), json);
            writeRootEnd(status, json);
            if (status.isolation().isPresent()) {
                json.writeStringField(
                        "isolation", status.isolation().get().mode().text());
            } else {
                json.writeNullField("isolation");
            }
            writeTexts("isolation_gaps", status.isolation().map(IsolationStatus::gaps), json);
            writeTexts("not_isolated", status.isolation().map(IsolationStatus::exempt), json);
            json.writeArrayFieldStart("daemons");
            for (DaemonStatus daemon : status.daemons()) {
                writeDaemon(daemon, status.isGone(daemon), json);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("groups");
            for (GroupStatus group : status.groups()) {
                writeGroup(group, json);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("problems");
            for (String problem : status.problems()) {
                json.writeString(problem);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void writeTexts(String field, Optional<List<String>> texts, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts.orElse(List.of())) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    private static void writeRoot(RootLiveness root, JsonGenerator json) throws IOException {
        if (root instanceof RootLiveness.Running running) {
            json.writeObjectFieldStart("root");
            json.writeNumberField("pid", running.pid());
            json.writeStringField("since", instant(running.sinceEpochMs()));
            json.writeEndObject();
        } else {
            json.writeNullField("root");
        }
    }

    /** How the last root went, null while one runs or if none ever did. */
    private static void writeRootEnd(InstanceStatus status, JsonGenerator json) throws IOException {
        RootLiveness root = status.root();
        if (root.running() || root.lastPid() == 0) {
            json.writeNullField("root_end");
            return;
        }
        json.writeObjectFieldStart("root_end");
        json.writeNumberField("pid", root.lastPid());
        json.writeBooleanField("orderly", root instanceof RootLiveness.Ended);
        json.writeStringField(
                "at",
                root instanceof RootLiveness.Ended ended && ended.atEpochMs() > 0 ? instant(ended.atEpochMs()) : null);
        if (root instanceof RootLiveness.Ended) {
            json.writeNumberField("exit_code", status.gaveUp().isPresent() ? GaveUp.EXIT_CODE : 0);
        } else {
            json.writeNullField("exit_code");
        }
        if (status.gaveUp().isPresent()) {
            json.writeObjectFieldStart("gave_up");
            json.writeStringField("by", status.gaveUp().get().by());
            json.writeStringField("at", instant(status.gaveUp().get().atEpochMs()));
            json.writeEndObject();
        } else {
            json.writeNullField("gave_up");
        }
        json.writeEndObject();
    }

    private static void writeGroup(GroupStatus group, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", group.name().orElse(null));
        json.writeStringField("strategy", group.strategy());
        json.writeStringField("state", group.state());
        writeNumber("restarts", group.restarts(), json);
        writeNumber("max_restarts", group.maxRestarts(), json);
        json.writeNumberField("period_ms", group.periodMs());
        writeNumber("backoff_ms", group.backoffMs(), json);
        json.writeArrayFieldStart("members");
        for (String member : group.members()) {
            json.writeString(member);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("failed");
        for (String daemon : group.failed()) {
            json.writeString(daemon);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeDaemon(DaemonStatus daemon, boolean gone, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", daemon.name());
        json.writeStringField("state", daemon.state());
        json.writeStringField("wanted", daemon.wanted());
        writeNumber("pid", daemon.pid(), json);
        json.writeNumberField("incarnation", daemon.incarnation());
        json.writeNumberField("restarts", daemon.restarts());
        writeNumber("commits", daemon.commits(), json);
        writeNumber("heartbeat_age_ms", daemon.heartbeatAgeMs(), json);
        writeLastExit(daemon, json);
        json.writeNumberField("standbys", daemon.standbys());
        json.writeNumberField("standbys_wanted", daemon.standbysWanted());
        json.writeStringField("kind", daemon.kind());
        writeNumber("uptime_ms", daemon.uptimeMs(), json);
        writeNumber("backoff_ms", daemon.backoffMs(), json);
        json.writeArrayFieldStart("waiting_for");
        for (String other : daemon.waitingFor()) {
            json.writeString(other);
        }
        json.writeEndArray();
        json.writeStringField("problem", daemon.problem().orElse(null));
        if (daemon.healthy().isPresent()) {
            json.writeBooleanField("healthy", daemon.healthy().get());
        } else {
            json.writeNullField("healthy");
        }
        writeJvm(daemon, json);
        json.writeStringField("last_words", daemon.lastWords().orElse(null));
        json.writeBooleanField("gone", gone);
        json.writeArrayFieldStart("transactions");
        for (SlotStatus slot : daemon.slots()) {
            writeSlot(slot, json);
        }
        json.writeEndArray();
        writeNumber("quarantined", daemon.quarantined(), json);
        writeLimits(daemon, json);
        writeNumber("user", daemon.user(), json);
        json.writeEndObject();
    }

    /** Null where none is declared. */
    private static void writeLimits(DaemonStatus daemon, JsonGenerator json) throws IOException {
        if (daemon.limits().isEmpty()) {
            json.writeNullField("limits");
            return;
        }
        json.writeObjectFieldStart("limits");
        for (LimitStatus limit : daemon.limits()) {
            json.writeObjectFieldStart(limit.key());
            if (limit.key().equals("cpu")) {
                json.writeNumberField("limit", limit.value() / 1000.0);
            } else {
                json.writeNumberField("limit", limit.value());
            }
            json.writeStringField("enforced_by", limit.enforcedBy());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    static void writeSlot(SlotStatus slot, JsonGenerator json) throws IOException {
        DaemonStatus process = slot.process();
        json.writeStartObject();
        json.writeNumberField("slot", slot.slot());
        json.writeStringField("state", process.state());
        writeNumber("pid", process.pid(), json);
        json.writeStringField("request", slot.requestText().orElse(null));
        json.writeBooleanField("discarded", slot.isDiscarded());
        writeNumber("attempt", slot.attempt(), json);
        writeNumber("uptime_ms", process.uptimeMs(), json);
        writeNumber("backoff_ms", process.backoffMs(), json);
        writeLastExit(process, json);
        json.writeNumberField("standbys", process.standbys());
        json.writeNumberField("standbys_wanted", process.standbysWanted());
        json.writeStringField("problem", process.problem().orElse(null));
        writeLimits(process, json);
        json.writeEndObject();
    }

    private static void writeLastExit(DaemonStatus daemon, JsonGenerator json) throws IOException {
        if (daemon.lastExit().isEmpty()) {
            json.writeNullField("last_exit");
            return;
        }
        LastExit exit = daemon.lastExit().get();
        json.writeObjectFieldStart("last_exit");
        json.writeStringField("kind", exit.kind());
        if (exit.code().isPresent()) {
            json.writeNumberField("code", exit.code().getAsInt());
        } else {
            json.writeNullField("code");
        }
        json.writeStringField("signal", exit.signal().orElse(null));
        json.writeStringField("at", instant(exit.atEpochMs()));
        json.writeStringField("text", exit.text().isEmpty() ? null : exit.text());
        json.writeStringField("fault", exit.fault().orElse(null));
        json.writeEndObject();
    }

    private static void writeJvm(DaemonStatus daemon, JsonGenerator json) throws IOException {
        if (daemon.jvm().isEmpty()) {
            json.writeNullField("jvm");
            return;
        }
        JvmStatus jvm = daemon.jvm().get();
        json.writeObjectFieldStart("jvm");
        json.writeNumberField("heap_used", jvm.heapUsedBytes());
        writeNumber(
                "heap_max", jvm.heapMaxBytes() < 0 ? OptionalLong.empty() : OptionalLong.of(jvm.heapMaxBytes()), json);
        json.writeNumberField("collections", jvm.collections());
        json.writeNumberField("collection_ms", jvm.collectionMs());
        json.writeNumberField("threads", jvm.threads());
        json.writeEndObject();
    }

    private static void writeNumber(String name, OptionalLong value, JsonGenerator json) throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(name, value.getAsLong());
        } else {
            json.writeNullField(name);
        }
    }

    private static String instant(long epochMs) {
        return Instant.ofEpochMilli(epochMs).toString();
    }
}
