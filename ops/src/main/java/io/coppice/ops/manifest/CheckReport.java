package io.coppice.ops.manifest;

import io.coppice.state.SegmentFile;
import io.coppice.state.SegmentSpec;
import io.coppice.supervisor.plan.AgentOption;
import io.coppice.supervisor.plan.Backoff;
import io.coppice.supervisor.plan.ChildPlan;
import io.coppice.supervisor.plan.Dependency;
import io.coppice.supervisor.plan.LogTarget;
import io.coppice.supervisor.plan.NoticeCommand;
import io.coppice.supervisor.plan.Plan;
import io.coppice.supervisor.plan.Poison;
import io.coppice.supervisor.plan.Probe;
import io.coppice.supervisor.plan.RestartPolicy;
import io.coppice.supervisor.plan.StartPrefix;
import io.coppice.supervisor.plan.WorkerOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code coppice check} says about a manifest that can be run: plain text, no colours. */
public final class CheckReport {
    private static final int ROWS = 64;

    private CheckReport() {}

    /**
     * The report, ended by a newline.
     *
     * @param file the manifest as the user named it
     */
    public static String of(Path file, ManifestResult.Compiled compiled) {
        StringBuilder report = new StringBuilder();
        List<ChildPlan> children = compiled.plan().children();
        InstanceDirectory directory = compiled.directory();
        report.append(file)
                .append(": instance ")
                .append(compiled.plan().instance())
                .append(", ");
        long daemons = children.stream()
                .filter(child -> child.kind() != ChildPlan.Kind.AUXILIARY && child.slot() == 0)
                .count();
        report.append(daemons).append(daemons == 1 ? " daemon" : " daemons");
        report.append(", in the order of their start:\n");
        Plan plan = compiled.plan();
        List<ChildPlan> distinct = children.stream()
                .filter(child -> child.slot() == 0 && ReplicaReport.isShown(child.name()))
                .toList();
        int nameWidth = distinct.stream()
                .mapToInt(child -> ReplicaReport.name(plan, child.name()).length())
                .max()
                .orElse(0);
        for (ChildPlan child : distinct) {
            String name = ReplicaReport.name(plan, child.name());
            report.append("  ").append(name);
            report.append(" ".repeat(nameWidth - name.length() + 2))
                    .append(ReplicaReport.merged(plan, child, CheckReport::what))
                    .append('\n');
            String count = ReplicaReport.count(plan, child.name())
                    .map(text -> text + ", ")
                    .orElse("");
            report.append(" ".repeat(nameWidth + 4))
                    .append(count)
                    .append(ReplicaReport.merged(plan, child, each -> rules(plan, each)))
                    .append('\n');
        }
        ReplicaReport.empty(plan)
                .forEach(line -> report.append("  ").append(line).append('\n'));
        report.append(GroupReport.of(compiled.plan()));
        NoticeCommand notify = plan.notice();
        if (!notify.isNone()) {
            report.append("notify     `")
                    .append(line(notify.command()))
                    .append("` when restarts have run out, within ")
                    .append(Quantity.duration(notify.timeoutMs()))
                    .append('\n');
        }
        report.append("control    ").append(compiled.control()).append('\n');
        report.append(IsolationReport.of(plan, compiled.gaps(), compiled.closed(), compiled.unlimitedReaders()));
        report.append("directory  ").append(directory.directory());
        report.append(" (").append(directory.why()).append(")\n");
        report.append("segments   ").append(directory.segmentDirectory());
        report.append(
                directory.segmentDirectory().equals(directory.directory())
                        ? " (the same; the key `segments` moves them)\n"
                        : " (the key `segments` says so)\n");
        report.append("logs       ").append(directory.logs());
        report.append("; as a service, in the journal (the key `log` chooses)\n");
        report.append("memory     everything that can be taken, by process:\n");
        report.append(BudgetTable.of(compiled.budget(), ROWS, "  "));
        long segments = children.stream()
                .filter(child -> child.kind() == ChildPlan.Kind.DAEMON && !AgentOption.isOf(child))
                .mapToLong(child -> SegmentSpec.lengthFor(child.stateBytes(), child.checkpoints()))
                .sum();
        if (segments > 0) {
            report.append("  Contents that steps back set aside are not counted: up to ")
                    .append(SegmentFile.MOST_ABANDONED)
                    .append(" times its segment for each daemon, ")
                    .append(Quantity.roundedSize(SegmentFile.MOST_ABANDONED * segments))
                    .append(" in all, beside it,\n  and once or twice more while a step back is made.\n");
        }
        if (children.stream().anyMatch(child -> child.kind() == ChildPlan.Kind.COMMAND)) {
            report.append("  Plain commands are not counted: what they take is not declared.\n");
        }
        if (children.stream().anyMatch(AgentOption::isOf)) {
            report.append("  Of commands with an agent only the segment is counted: what they take is not declared.\n");
        }
        report.append("limits\n");
        for (Budget.Limit limit : compiled.budget().limits()) {
            report.append("  ")
                    .append(Quantity.roundedSize(limit.neededBytes()))
                    .append(" of ");
            report.append(Quantity.roundedSize(limit.limitBytes()))
                    .append(", the ")
                    .append(limit.what());
            report.append(" (").append(limit.where()).append(")\n");
        }
        report.append(LimitsReport.of(plan, compiled.groups()));
        return report.toString();
    }

    private static String what(ChildPlan child) {
        if (child.kind() == ChildPlan.Kind.AUXILIARY) {
            return "runs the probes of the others";
        }
        if (AgentOption.isOf(child)) {
            return "with an agent, command " + line(AgentCommandLine.commandIn(child));
        }
        if (child.kind() == ChildPlan.Kind.COMMAND) {
            return "command " + line(child.argv());
        }
        return "main " + option(child, "--main").orElseThrow();
    }

    private static String line(List<String> argv) {
        String line =
                StartPrefix.without(argv).stream().map(CheckReport::shellWord).collect(Collectors.joining(" "));
        return line.length() <= 80 ? line : line.substring(0, 80) + "…";
    }

    private static String rules(Plan plan, ChildPlan child) {
        List<String> rules = new ArrayList<>();
        if (AgentOption.isOf(child)) {
            rules.addAll(AgentReport.rules(child));
        } else if (child.kind() == ChildPlan.Kind.DAEMON) {
            rules.add("state " + Quantity.size(child.stateBytes()) + TransactionReport.tableOf(child)
                    + (child.checkpoints() == 0 ? "" : " and " + counted(child.checkpoints(), "checkpoint")));
            addStateRules(child, rules);
            rules.add("heartbeat " + Quantity.duration(child.heartbeatTimeoutMs()));
            if (child.standbys() > 0) {
                rules.add(counted(child.standbys(), "standby"));
                addChanged(child, DaemonKeys.FENCE, rules);
            }
            TransactionReport.of(plan, child).ifPresent(rules::add);
        }
        rules.add("restart " + child.restart().text() + restarts(child));
        rules.add("stop "
                + (child.shutdown().command().isEmpty()
                        ? ""
                        : "by `" + line(child.shutdown().command()) + "`, else ")
                + child.shutdown().signal() + " "
                + Quantity.duration(child.shutdown().timeoutMs()));
        if (StartPrefix.lengthIn(child.argv()) > 0) {
            String script = child.argv().get(2);
            rules.add("started by `" + script.substring(0, script.lastIndexOf(" \"$@\"")) + "`");
        }
        if (child.log() != LogTarget.AUTO) {
            rules.add("log " + child.log().text());
        }
        for (Dependency dependency : child.dependsOn()) {
            if (ReplicaReport.isShown(dependency.name())) {
                rules.add("after " + ReplicaReport.name(plan, dependency.name()) + " "
                        + dependency.condition().text() + (dependency.restart() ? ", restarted with it" : ""));
            }
        }
        addProbe("startup", child.probes().startup(), rules);
        addProbe("readiness", child.probes().readiness(), rules);
        addProbe("liveness", child.probes().liveness(), rules);
        rules.addAll(GroupReport.ends(child));
        return String.join(", ", rules);
    }

    private static void addProbe(String name, @Nullable Probe probe, List<String> rules) {
        if (probe != null) {
            rules.add(name + " by " + probe.check().words() + " every " + Quantity.duration(probe.periodMs())
                    + (probe.initialDelayMs() == 0 ? "" : " after " + Quantity.duration(probe.initialDelayMs()))
                    + ", " + counted(probe.failureThreshold(), "failure") + " in a row decide");
        }
    }

    /** What is not the default of the keys about a daemon's contents. */
    private static void addStateRules(ChildPlan child, List<String> rules) {
        option(child, "--checkpoint-every-ms")
                .ifPresent(ms -> rules.add("checkpoint every " + Quantity.duration(Long.parseLong(ms))));
        option(child, "--checkpoint-every-commits")
                .ifPresent(commits -> rules.add("checkpoint every " + counted(Long.parseLong(commits), "commit")));
        addChanged(child, DaemonKeys.RESUME, rules);
        addChanged(child, DaemonKeys.EVOLVE, rules);
        addChanged(child, DaemonKeys.CHECKSUM, rules);
        addChanged(child.startTimeouts().recoverMs(), DaemonKeys.RECOVER_TIMEOUT, rules);
        addChanged(child.startTimeouts().migrateMs(), DaemonKeys.MIGRATE_TIMEOUT, rules);
        Poison poison = child.poison();
        if (poison.isNone()) {
            rules.add("poison none");
        } else if (!poison.then().isEmpty()) {
            rules.add("after " + counted(poison.crashes(), "poisoned death") + " "
                    + poison.then().stream().map(Poison.Fallback::text).collect(Collectors.joining(", then ")));
        } else if (!Integer.valueOf(poison.crashes()).equals(DaemonKeys.POISON_CRASHES.fallback())) {
            rules.add("failed after " + counted(poison.crashes(), "poisoned death"));
        }
    }

    private static void addChanged(ChildPlan child, Setting<String> setting, List<String> rules) {
        option(child, "--" + setting.path())
                .filter(word -> !word.equals(setting.fallback()))
                .ifPresent(word -> rules.add(setting.path() + " " + word));
    }

    private static void addChanged(long timeoutMs, Setting<Long> setting, List<String> rules) {
        if (!Long.valueOf(timeoutMs).equals(setting.fallback())) {
            rules.add(setting.path().replace('.', ' ') + " " + Quantity.duration(timeoutMs));
        }
    }

    private static Optional<String> option(ChildPlan child, String option) {
        return Optional.ofNullable(WorkerOptions.value(child.argv(), option));
    }

    private static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String restarts(ChildPlan child) {
        if (child.restart() == RestartPolicy.NEVER) {
            return "";
        }
        String count = child.maxRestarts() == ChildPlan.UNLIMITED_RESTARTS
                ? "unlimited"
                : child.maxRestarts() + " in " + Quantity.duration(child.periodMs());
        Backoff backoff = child.backoff();
        String delays = backoff.isNone()
                ? "at once"
                : "backoff " + Quantity.duration(backoff.initialMs()) + " to " + Quantity.duration(backoff.maxMs())
                        + (backoff.jitter() == 0 ? "" : ", jitter " + backoff.jitter());
        return " (" + count + ", " + delays + ")";
    }

    private static String shellWord(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+")
                ? word
                : "'" + word.replace("'", "'\\''").replace("\n", "\\n") + "'";
    }
}
