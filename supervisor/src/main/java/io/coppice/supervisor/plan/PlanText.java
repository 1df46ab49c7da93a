package io.coppice.supervisor.plan;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * The text form of a plan: what the plan compiler hands the root, and what the root keeps beside its segment to adopt by.
 *
 * <pre>
 * coppice-plan 8
 * instance shop
 * manifest /etc/coppice/shop.yaml    what it was made from
 * directory /run/coppice/shop
 * segment-directory /run/coppice/shop
 * isolation user 200000               mapping, user or sandbox; the group that may read the root's segment, or 0
 * environment 1                       what all children have in common, written once
 * - PATH=/usr/bin:/bin
 * groups 2                            the outermost, which has no name, and one more
 * group                               its name
 * member-of  no escalate              its own group, whether it is significant there, what its failure does: escalate, fail
 * strategy one-for-one
 * max-restarts -1
 * period-ms 60000
 * backoff 0 1.0 0 0 0.0
 * auto-shutdown never
 * group edge
 * …
 * children 1
 * child ingest
 * kind daemon
 * argv 3                              a count, then that many lines
 * - /usr/bin/java
 * - -cp
 * - /srv/shop/lib/shop.jar
 * environment 1                       what this child has beside the common part
 * - LANG=C.UTF-8
 * working-directory /srv/shop
 * log auto                            auto, file or journal
 * state-bytes 67108864 2              of a daemon that keeps checkpoints, their number; else only the bytes
 * heartbeat-timeout-ms 5000
 * start-timeouts-ms 60000 60000 300000      start, recover, migrate
 * restart on-failure
 * max-restarts 5
 * period-ms 60000
 * backoff 10 2.0 10000 60000 0.0      initial, factor, max, reset after, jitter
 * poison 3 checkpoint empty           deaths, then what to fall back to; `none`, also of a command, for no such rule
 * standbys 1                          processes in reserve; 0 of a command
 * shutdown TERM 10000
 * shutdown-command 0                  as argv
 * depends-on 1
 * - rates ready keep                  or restart: ended and started again with it
 * launch 0f1e2d3c4b5a6978             what the manifest says of how it is started, as one number
 * success-exits 3 TERM                `none` for none; likewise the next two
 * prevent-exits none
 * force-exits none
 * member-of edge no fail              as of a group
 * probes 1                            startup, readiness and liveness, those that there are
 * probe liveness 0 10000 1000 1 3     initial delay, period, timeout, successes and failures that decide
 * check http 8080 127.0.0.1           or https likewise, with two more lines: path, headers; exec, with the number of words; tcp; log-line
 * path /health
 * headers 1
 * - Accept: text/plain
 * timeout-ms 0                        how long one attempt of a transaction may take; 0 of all other kinds
 * identity 200007 1 200007 200007 200008 200009,200010   user, how many users, group, its own, who makes archives, other groups;
 *                                     - for what the root is
 * limits 536870912 1500 200           memory in bytes, thousandths of a processor, tasks, 0 for none; no such line where there is none
 * sandbox yes                         its processes are in a sandbox each; no such line where they are not
 * replica-sets 1                      daemons that are as many children as the manifest, or an operator, says
 * - web 3 0                           its name, how many the manifest declares, how many there are: 5 would be web.1 to web.5
 * notify 10000                        how long it may take, 0 where nothing is run
 * notify-command 2                    what is run when restarts have run out; as argv
 * - /usr/local/bin/page
 * - ops
 * control-group 1001                  whose members may ask the root and look; `none` for nobody but its user and user 0
 * control-change 2                    who else may have something changed: users, then groups, each ascending
 * - user 1000
 * - group 27
 * end 7d0c3a51                        CRC-32C of all bytes before this line
 * </pre>
 *
 * <p>UTF-8, each line ended by one LF. A value runs to the end of its line; in it {@code \\}, {@code \n} and
 * <code>&#92;uXXXX</code> (control characters, four lower-case hex digits) are escapes. The text is canonical: one plan has
 * exactly one text, and a text that {@link #write} would not have written is refused. At most
 * {@link PlanBounds#MAX_PLAN_BYTES}. The checksum finds damage, not malice; malice finds only bounds.
 */
public final class PlanText {
    /** The length of a {@link #fingerprint}. */
    public static final int FINGERPRINT_DIGITS = 64;

    static final String SANDBOX = "sandbox";
    static final String YES = "yes";
    static final String FIRST_LINE = "coppice-plan 8";

    private PlanText() {}

    /**
     * Writes a plan.
     *
     * @throws IllegalArgumentException if the text would be longer than {@link PlanBounds#MAX_PLAN_BYTES}
     */
    public static String write(Plan plan) {
        String text = render(plan);
        long lengthBytes = lengthBytes(text);
        PlanBounds.require(
                lengthBytes <= PlanBounds.MAX_PLAN_BYTES,
                () -> "the plan of " + plan.instance() + " takes " + lengthBytes + " bytes, at most "
                        + PlanBounds.MAX_PLAN_BYTES + " are allowed");
        return text;
    }

    /** How long the text of this plan would be, in UTF-8 bytes, even where that is too long. */
    public static long textLengthBytes(Plan plan) {
        return lengthBytes(render(plan));
    }

    /**
     * Reads a plan.
     *
     * @throws PlanFormatException if the text is anything but what {@link #write} writes
     */
    public static Plan read(String text) throws PlanFormatException {
        Plan plan = PlanTextParser.parse(text);
        String canonical = render(plan);
        if (!canonical.equals(text)) {
            throw new PlanFormatException(
                    firstDifferentLine(canonical, text),
                    "valid, but not written as this release writes it (a plan has exactly one text)");
        }
        return plan;
    }

    /**
     * By what a plan is named where it is not handed over itself: SHA-256 of its text, as {@value #FINGERPRINT_DIGITS} lower-case hex
     * digits.
     *
     * @throws IllegalArgumentException as {@link #write} does
     */
    public static String fingerprint(Plan plan) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(write(plan).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** CRC-32C of the text's UTF-8 bytes, as eight lower-case hex digits. */
    static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format(java.util.Locale.ROOT, "%08x", crc.getValue());
    }

    /** The environment entries that all children have with the same value. */
    static SortedMap<String, String> commonEnvironment(List<ChildPlan> children) {
        TreeMap<String, String> common = new TreeMap<>();
        if (!children.isEmpty()) {
            common.putAll(children.get(0).environment());
            for (ChildPlan child : children) {
                common.entrySet().retainAll(child.environment().entrySet());
            }
        }
        return common;
    }

    static String escape(String value) {
        StringBuilder escaped = new StringBuilder(value.length() + 8);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                escaped.append("\\\\");
            } else if (c == '\n') {
                escaped.append("\\n");
            } else if (Character.isISOControl(c)) {
                escaped.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    private static String render(Plan plan) {
        StringBuilder out = new StringBuilder(4096);
        out.append(FIRST_LINE).append('\n');
        line(out, "instance", plan.instance());
        line(out, "manifest", plan.manifest());
        line(out, "directory", plan.directory());
        line(out, "segment-directory", plan.segmentDirectory());
        line(out, "isolation", plan.isolation().text() + " " + plan.readers());
        SortedMap<String, String> common = commonEnvironment(plan.children());
        environment(out, common);
        line(out, "groups", plan.groups().size());
        for (GroupPlan group : plan.groups()) {
            group(out, group);
        }
        line(out, "children", plan.children().size());
        for (ChildPlan child : plan.children()) {
            child(out, child, common);
        }
        line(out, "replica-sets", plan.replicaSets().size());
        plan.replicaSets().forEach(set -> line(out, "-", set.name() + " " + set.declared() + " " + set.count()));
        line(out, "notify", plan.notice().timeoutMs());
        line(out, "notify-command", plan.notice().command().size());
        plan.notice().command().forEach(word -> line(out, "-", word));
        access(out, plan.access());
        String checksum = checksum(out.toString());
        return out.append("end ").append(checksum).append('\n').toString();
    }

    private static void access(StringBuilder out, ControlAccess access) {
        line(out, "control-group", access.isShared() ? String.valueOf(access.group()) : "none");
        line(out, "control-change", access.users().size() + access.groups().size());
        access.users().forEach(uid -> line(out, "-", "user " + uid));
        access.groups().forEach(gid -> line(out, "-", "group " + gid));
    }

    private static void group(StringBuilder out, GroupPlan group) {
        line(out, "group", group.name());
        membership(out, group.membership());
        line(out, "strategy", group.strategy().text());
        line(out, "max-restarts", group.maxRestarts());
        line(out, "period-ms", group.periodMs());
        backoff(out, group.backoff());
        line(out, "auto-shutdown", group.autoShutdown().text());
    }

    private static void membership(StringBuilder out, Membership membership) {
        line(
                out,
                "member-of",
                membership.group() + " " + (membership.significant() ? "yes" : "no") + " "
                        + (membership.escalates() ? "escalate" : "fail"));
    }

    private static void backoff(StringBuilder out, Backoff backoff) {
        line(
                out,
                "backoff",
                backoff.initialMs() + " " + backoff.factorText() + " " + backoff.maxMs() + " " + backoff.resetAfterMs()
                        + " " + backoff.jitterText());
    }

    private static void child(StringBuilder out, ChildPlan child, SortedMap<String, String> common) {
        line(out, "child", child.name());
        line(out, "kind", child.kind().text());
        line(out, "argv", child.argv().size());
        child.argv().forEach(argument -> line(out, "-", argument));
        TreeMap<String, String> own = new TreeMap<>(child.environment());
        own.keySet().removeAll(common.keySet());
        environment(out, own);
        line(out, "working-directory", child.workingDirectory());
        line(out, "log", child.log().text());
        line(out, "state-bytes", child.stateBytes() + (child.checkpoints() == 0 ? "" : " " + child.checkpoints()));
        line(out, "heartbeat-timeout-ms", child.heartbeatTimeoutMs());
        line(out, "start-timeouts-ms", child.startTimeouts().text());
        line(out, "restart", child.restart().text());
        line(out, "max-restarts", child.maxRestarts());
        line(out, "period-ms", child.periodMs());
        backoff(out, child.backoff());
        line(out, "poison", child.poison().text());
        line(out, "standbys", child.standbys());
        line(out, "shutdown", child.shutdown().signal() + " " + child.shutdown().timeoutMs());
        line(out, "shutdown-command", child.shutdown().command().size());
        child.shutdown().command().forEach(word -> line(out, "-", word));
        line(out, "depends-on", child.dependsOn().size());
        child.dependsOn()
                .forEach(dependency -> line(
                        out,
                        "-",
                        dependency.name() + " " + dependency.condition().text() + " "
                                + (dependency.restart() ? "restart" : "keep")));
        line(out, "launch", String.format(java.util.Locale.ROOT, "%016x", child.launch()));
        line(out, "success-exits", child.exits().success().text());
        line(out, "prevent-exits", child.exits().prevent().text());
        line(out, "force-exits", child.exits().force().text());
        membership(out, child.membership());
        ProbeText.write(child.probes(), (key, value) -> line(out, key, value));
        line(out, "timeout-ms", child.timeoutMs());
        Identity identity = child.identity();
        line(out, "identity", identity == null ? "-" : identity.text());
        if (!child.limits().isNone()) {
            line(out, "limits", child.limits().text());
        }
        if (child.restricted()) {
            line(out, SANDBOX, YES);
        }
    }

    private static void environment(StringBuilder out, Map<String, String> entries) {
        line(out, "environment", entries.size());
        entries.forEach((name, value) -> line(out, "-", name + "=" + value));
    }

    private static void line(StringBuilder out, String key, long value) {
        out.append(key).append(' ').append(value).append('\n');
    }

    private static void line(StringBuilder out, String key, String value) {
        out.append(key).append(' ').append(escape(value)).append('\n');
    }

    private static long lengthBytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static int firstDifferentLine(String one, String other) {
        int line = 1;
        int most = Math.min(one.length(), other.length());
        for (int i = 0; i < most && one.charAt(i) == other.charAt(i); i++) {
            if (one.charAt(i) == '\n') {
                line++;
            }
        }
        return line;
    }
}
