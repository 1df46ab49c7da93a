package io.coppice.ops.simulate;

import io.coppice.ops.view.Durations;
import io.coppice.supervisor.core.EventType;
import io.coppice.supervisor.simulation.Questions.Away;
import io.coppice.supervisor.simulation.Questions.Consequence;
import io.coppice.supervisor.simulation.Questions.GivingUp;
import io.coppice.supervisor.simulation.Questions.Outages;
import io.coppice.supervisor.simulation.SimulationReport;
import io.coppice.supervisor.simulation.SimulationReport.DaemonFigures;
import io.coppice.supervisor.simulation.SimulationReport.FoundViolation;
import io.coppice.supervisor.simulation.SimulationReport.Line;
import io.coppice.supervisor.simulation.SimulationReport.WorstOutage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The answers for people. */
final class AnswersText {
    private static final double NS_PER_MS = 1e6;

    private final List<String> lines = new ArrayList<>();

    private AnswersText() {}

    static List<String> lines(Answers answers) {
        AnswersText text = new AnswersText();
        SimulationReport report = answers.report();
        if (report.violationCount() == 0) {
            text.daemons(report);
            text.givingUp(answers.givingUp());
            answers.outages().forEach(text::outages);
            text.worst(report.worst(), answers);
        }
        for (FoundViolation violation : report.violations()) {
            text.add(String.format(
                    Locale.ROOT,
                    "violation of %s in run %d, step %d; replay: %s",
                    violation.predicate(),
                    violation.run(),
                    violation.step(),
                    answers.replay().apply(violation.seed()) + "   # " + violation.text()));
        }
        text.add(lastLine(answers));
        return text.lines;
    }

    static String lastLine(Answers answers) {
        SimulationReport report = answers.report();
        return String.format(
                Locale.ROOT,
                "simulate: runs=%d events=%d violations=%d simulated_hours=%.1f hours_per_second=%.1f cells=%d/%d",
                report.runs(),
                report.events(),
                report.violationCount(),
                answers.simulatedHours(),
                answers.hoursPerSecond(),
                report.cellsReached(),
                report.cells());
    }

    private void add(String line) {
        lines.add(line);
    }

    private void daemons(SimulationReport report) {
        add(String.format(
                Locale.ROOT, "%-24s %10s %10s %11s  %s", "DAEMON", "AVAILABLE", "P5", "RESTARTS/H", "LONGEST OUTAGE"));
        for (DaemonFigures daemon : report.daemons()) {
            add(String.format(
                    Locale.ROOT,
                    "%-24s %10s %10s %11.2f  %s",
                    daemon.name(),
                    daemon.task() ? "-" : share(daemon.availabilityP50()),
                    daemon.task() ? "-" : share(daemon.availabilityP5()),
                    daemon.restartsPerHour(),
                    daemon.longestOutageNs() == 0 ? "none" : time(daemon.longestOutageNs())));
        }
        add("");
    }

    private void givingUp(List<GivingUp> answers) {
        for (GivingUp answer : answers) {
            add(String.format(
                    Locale.ROOT,
                    "%s, if it crashes each time as soon as it runs, is %s after %d %s, in %s%s.",
                    answer.name(),
                    answer.givesUp() ? "given up" : "still restarted",
                    answer.restarts(),
                    answer.restarts() == 1 ? "restart" : "restarts",
                    time(answer.afterNs()),
                    answer.withAll()
                            ? ", and with it the whole instance: the root exits with 5"
                            : answer.endsAll() ? ", and with it the whole instance ends: it is significant" : ""));
        }
    }

    private void outages(Outages outages) {
        add(String.format(Locale.ROOT, "One crash of %s: %s.", outages.name(), away(outages.byCrash())));
        add(String.format(Locale.ROOT, "One hang of %s: %s.", outages.name(), away(outages.byHang())));
    }

    private static String away(Consequence consequence) {
        if (consequence.endsAll()) {
            return "the whole instance ends";
        }
        List<Away> away = consequence.away();
        if (away.isEmpty()) {
            return "nobody is away";
        }
        List<String> words = new ArrayList<>();
        for (Away one : away) {
            String range = time(one.leastNs()) + " to " + time(one.mostNs());
            words.add(one.name()
                    + (one.over() ? " is away for " : " does not come back within ")
                    + time(one.lengthNs())
                    + (time(one.leastNs()).equals(time(one.mostNs())) ? "" : " (" + range + ")"));
        }
        return String.join(", ", words);
    }

    private void worst(@Nullable WorstOutage worst, Answers answers) {
        if (worst == null) {
            return;
        }
        add("");
        add(String.format(
                Locale.ROOT,
                "The longest outage: %s was away for %s%s%s. Replay: %s",
                worst.daemon(),
                time(worst.lengthNs()),
                worst.over() ? "" : ", until the faults ended",
                reason(worst),
                answers.replay().apply(worst.seed())));
        for (Line line : worst.events()) {
            add(String.format(Locale.ROOT, "%14.3f s  %-20s %s", line.atNs() / 1e9, line.whom(), line.what()));
        }
        add("");
    }

    /** That it hung, and whether anything noticed; or what was told of it first. */
    private static String reason(WorstOutage worst) {
        List<Line> after = new ArrayList<>();
        boolean hung = false;
        for (Line line : worst.events()) {
            boolean its = line.whom().equals(worst.daemon());
            if (its && line.what().equals(Line.HANGS)) {
                hung |= line.atNs() == worst.startNs();
            } else if (its && line.atNs() >= worst.startNs() && !line.what().startsWith(EventType.ADOPTED.word())) {
                after.add(line);
            }
        }
        if (hung) {
            return after.isEmpty() ? "; it hung, and nothing noticed: no heartbeat, no liveness_probe" : "; it hung";
        }
        return after.isEmpty() ? "" : "; " + after.get(0).what();
    }

    private static String share(double share) {
        return String.format(Locale.ROOT, "%.4f %%", 100 * share);
    }

    private static String time(long timeNs) {
        return Durations.words(Math.round(timeNs / NS_PER_MS));
    }
}
