package io.coppice.ops.simulate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.coppice.supervisor.simulation.Questions.Away;
import io.coppice.supervisor.simulation.Questions.Consequence;
import io.coppice.supervisor.simulation.Questions.GivingUp;
import io.coppice.supervisor.simulation.Questions.Outages;
import io.coppice.supervisor.simulation.SimulationReport;
import io.coppice.supervisor.simulation.SimulationReport.DaemonFigures;
import io.coppice.supervisor.simulation.SimulationReport.FoundViolation;
import io.coppice.supervisor.simulation.SimulationReport.Line;
import io.coppice.supervisor.simulation.SimulationReport.WorstOutage;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The answers for tools, one object on one line: {@code {"runs","events","violations","simulated_hours","hours_per_second",
 * "cells_reached","cells","found":[{"run","seed","predicate","step","text","replay"}],
 * "daemons":[{"name","task","availability_p50","availability_p5","restarts_per_hour","longest_outage_ms"}],
 * "gives_up":[{"name","gives_up","restarts","after_ms","with_all","ends_all"}],"outages":[{"name","by":"crash"|"hang","ends_all","away":[{"name","ms","least_ms","most_ms","over"}]}],
 * "worst":{"daemon","seed","start_ms","ms","over","replay","events":[{"at_ms","whom","what"}]}}}. {@code worst} is null if there was
 * no outage, availabilities are null of tasks; {@code gives_up} and {@code outages} are empty if there are violations.
 */
final class AnswersJson {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private AnswersJson() {}

    static void write(Answers answers, OutputStream out) throws IOException {
        SimulationReport report = answers.report();
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("runs", report.runs());
            json.writeNumberField("events", report.events());
            json.writeNumberField("violations", report.violationCount());
            json.writeNumberField("simulated_hours", answers.simulatedHours());
            json.writeNumberField("hours_per_second", answers.hoursPerSecond());
            json.writeNumberField("cells_reached", report.cellsReached());
            json.writeNumberField("cells", report.cells());
            found(answers, json);
            daemons(report, json);
            givingUp(answers, json);
            json.writeArrayFieldStart("outages");
            for (Outages outages : answers.outages()) {
                away(outages.name(), "crash", outages.byCrash(), json);
                away(outages.name(), "hang", outages.byHang(), json);
            }
            json.writeEndArray();
            worst(answers, json);
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void found(Answers answers, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("found");
        for (FoundViolation violation : answers.report().violations()) {
            json.writeStartObject();
            json.writeNumberField("run", violation.run());
            json.writeNumberField("seed", violation.seed());
            json.writeStringField("predicate", violation.predicate());
            json.writeNumberField("step", violation.step());
            json.writeStringField("text", violation.text());
            json.writeStringField("replay", answers.replay().apply(violation.seed()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void daemons(SimulationReport report, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("daemons");
        for (DaemonFigures daemon : report.daemons()) {
            json.writeStartObject();
            json.writeStringField("name", daemon.name());
            json.writeBooleanField("task", daemon.task());
            if (daemon.task()) {
                json.writeNullField("availability_p50");
                json.writeNullField("availability_p5");
            } else {
                json.writeNumberField("availability_p50", daemon.availabilityP50());
                json.writeNumberField("availability_p5", daemon.availabilityP5());
            }
            json.writeNumberField("restarts_per_hour", daemon.restartsPerHour());
            json.writeNumberField("longest_outage_ms", ms(daemon.longestOutageNs()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void givingUp(Answers answers, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("gives_up");
        for (GivingUp answer : answers.givingUp()) {
            json.writeStartObject();
            json.writeStringField("name", answer.name());
            json.writeBooleanField("gives_up", answer.givesUp());
            json.writeNumberField("restarts", answer.restarts());
            json.writeNumberField("after_ms", ms(answer.afterNs()));
            json.writeBooleanField("with_all", answer.withAll());
            json.writeBooleanField("ends_all", answer.endsAll());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void away(String name, String by, Consequence consequence, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", name);
        json.writeStringField("by", by);
        json.writeBooleanField("ends_all", consequence.endsAll());
        json.writeArrayFieldStart("away");
        for (Away one : consequence.away()) {
            json.writeStartObject();
            json.writeStringField("name", one.name());
            json.writeNumberField("ms", ms(one.lengthNs()));
            json.writeNumberField("least_ms", ms(one.leastNs()));
            json.writeNumberField("most_ms", ms(one.mostNs()));
            json.writeBooleanField("over", one.over());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void worst(Answers answers, JsonGenerator json) throws IOException {
        WorstOutage worst = answers.report().worst();
        if (worst == null) {
            json.writeNullField("worst");
            return;
        }
        json.writeObjectFieldStart("worst");
        json.writeStringField("daemon", worst.daemon());
        json.writeNumberField("seed", worst.seed());
        json.writeNumberField("start_ms", ms(worst.startNs()));
        json.writeNumberField("ms", ms(worst.lengthNs()));
        json.writeBooleanField("over", worst.over());
        json.writeStringField("replay", answers.replay().apply(worst.seed()));
        json.writeArrayFieldStart("events");
        for (Line line : worst.events()) {
            json.writeStartObject();
            json.writeNumberField("at_ms", ms(line.atNs()));
            json.writeStringField("whom", line.whom());
            json.writeStringField("what", line.what());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static long ms(long timeNs) {
        return Math.round(timeNs / 1e6);
    }
}
