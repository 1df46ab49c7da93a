package io.coppice.supervisor.plan;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the text of one plan, front to back. Counts are checked before anything is allocated for them. */
final class PlanTextParser {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{16}");
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,3}\\.[0-9]{1,17}");
    private static final int QUOTED_CHARS = 64;

    private final String text;
    private int position;
    /** The line last taken, from 1; 0 before the first. */
    private int line;

    private PlanTextParser(String text) {
        this.text = text;
    }

    static Plan parse(String text) throws PlanFormatException {
        return new PlanTextParser(text).plan();
    }

    private Plan plan() throws PlanFormatException {
        checkFrame();
        nextLine();
        String instance = value("instance");
        String manifest = value("manifest");
        String directory = value("directory");
        String segmentDirectory = value("segment-directory");
        String[] isolated = parts("isolation", 2, "MODE READERS");
        Isolation isolation = oneOf("isolation", isolated[0], Isolation.values(), Isolation::text);
        int readers = toInt("isolation", toNumber("isolation", isolated[1]));
        SortedMap<String, String> common = environment(new TreeMap<>());
        int groupCount = count("groups", GroupPlan.MAX_GROUPS);
        List<GroupPlan> groups = new ArrayList<>(groupCount);
        for (int i = 0; i < groupCount; i++) {
            groups.add(group());
        }
        int childCount = count("children", PlanBounds.MAX_CHILDREN);
        List<ChildPlan> children = new ArrayList<>(childCount);
        for (int i = 0; i < childCount; i++) {
            children.add(child(common));
        }
        List<ReplicaSet> replicaSets = replicaSets();
        NoticeCommand notice = notification();
        ControlAccess access = access();
        value("end");
        if (position != text.length()) {
            throw wrong("more text after the last line");
        }
        return valid(
                line,
                () -> new Plan(
                        instance,
                        manifest,
                        directory,
                        segmentDirectory,
                        isolation,
                        readers,
                        access,
                        notice,
                        groups,
                        replicaSets,
                        children));
    }

    private ControlAccess access() throws PlanFormatException {
        String group = value("control-group");
        long gid = group.equals("none") ? ControlAccess.NO_GROUP : id("control-group", group);
        int count = count("control-change", 2 * PlanBounds.MAX_ACCESS_LENGTH);
        List<Long> users = new ArrayList<>();
        List<Long> groups = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String[] parts = parts("-", 2, "user UID, or group GID");
            if (!parts[0].matches("user|group")) {
                throw wrong("control-change: found " + quoted(parts[0]) + ", expected user or group");
            }
            (parts[0].equals("user") ? users : groups).add(id("control-change", parts[1]));
        }
        return valid(line, () -> new ControlAccess(gid, users, groups));
    }

    private long id(String key, String value) throws PlanFormatException {
        long id = toNumber(key, value);
        if (id < 0) {
            throw wrong(key + ": " + id + " is no number of a user or group");
        }
        return id;
    }

    /** Size, first line, last line and checksum: after this, damage in transit is ruled out and only malice remains. */
    private void checkFrame() throws PlanFormatException {
        if (text.length() > PlanBounds.MAX_PLAN_BYTES
                || text.getBytes(StandardCharsets.UTF_8).length > PlanBounds.MAX_PLAN_BYTES) {
            throw new PlanFormatException(1, "longer than " + PlanBounds.MAX_PLAN_BYTES + " bytes");
        }
        if (!text.startsWith(PlanText.FIRST_LINE + "\n")) {
            int end = text.indexOf('\n');
            throw new PlanFormatException(
                    1,
                    "found " + quoted(end < 0 ? text : text.substring(0, end)) + ", expected `" + PlanText.FIRST_LINE
                            + "`: this is not a plan, or one of another release");
        }
        int lastLineStart = text.lastIndexOf('\n', text.length() - 2) + 1;
        String lastLine = text.substring(lastLineStart);
        int lastLineNumber = 1;
        for (int i = 0; i < lastLineStart; i++) {
            lastLineNumber += text.charAt(i) == '\n' ? 1 : 0;
        }
        if (!lastLine.startsWith("end ") || !lastLine.endsWith("\n")) {
            throw new PlanFormatException(
                    lastLineNumber,
                    "the text ends with " + quoted(lastLine) + ", expected `end CHECKSUM`: it was cut short");
        }
        String found = lastLine.substring(4, lastLine.length() - 1);
        String expected = PlanText.checksum(text.substring(0, lastLineStart));
        if (!found.equals(expected)) {
            throw new PlanFormatException(
                    lastLineNumber,
                    "checksum " + quoted(found) + ", expected " + expected + ": the text was changed or damaged");
        }
    }

    private GroupPlan group() throws PlanFormatException {
        String name = value("group");
        Membership membership = membership();
        Strategy strategy = oneOf("strategy", Strategy.values(), Strategy::text);
        int maxRestarts = toInt("max-restarts", number("max-restarts"));
        long periodMs = number("period-ms");
        Backoff backoff = backoff();
        AutoShutdown autoShutdown = oneOf("auto-shutdown", AutoShutdown.values(), AutoShutdown::text);
        return valid(
                line, () -> new GroupPlan(name, strategy, maxRestarts, periodMs, backoff, autoShutdown, membership));
    }

    private List<ReplicaSet> replicaSets() throws PlanFormatException {
        int count = count("replica-sets", PlanBounds.MAX_CHILDREN);
        List<ReplicaSet> sets = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String[] parts = parts("-", 3, "NAME DECLARED COUNT");
            int declared = toInt("replica-sets", toNumber("replica-sets", parts[1]));
            int present = toInt("replica-sets", toNumber("replica-sets", parts[2]));
            sets.add(valid(line, () -> new ReplicaSet(parts[0], declared, present)));
        }
        return sets;
    }

    private int toInt(String key, long number) throws PlanFormatException {
        if (number != (int) number) {
            throw wrong(key + ": " + number + " is too large");
        }
        return (int) number;
    }

    private Membership membership() throws PlanFormatException {
        String[] parts = parts("member-of", 3, "GROUP yes|no fail|escalate");
        if (!parts[1].matches("yes|no") || !parts[2].matches("fail|escalate")) {
            throw wrong("member-of: found " + quoted(parts[1] + " " + parts[2]) + ", expected yes|no fail|escalate");
        }
        return valid(line, () -> new Membership(parts[0], parts[1].equals("yes"), parts[2].equals("escalate")));
    }

    private ExitSet exits(String key) throws PlanFormatException {
        String text = value(key);
        return valid(line, () -> ExitSet.of(text));
    }

    private ChildPlan child(SortedMap<String, String> common) throws PlanFormatException {
        String name = value("child");
        int firstLine = line;
        // Each call reads on, so that this is also the order of the text.
        ChildPlanBuilder child = new ChildPlanBuilder(
                        name, oneOf("kind", ChildPlan.Kind.values(), ChildPlan.Kind::text))
                .argv(words("argv"))
                .environment(environment(common))
                .workingDirectory(value("working-directory"))
                .log(oneOf("log", LogTarget.values(), LogTarget::text));
        state(child);
        child.heartbeatTimeoutMs(number("heartbeat-timeout-ms"))
                .startTimeouts(startTimeouts())
                .restart(oneOf("restart", RestartPolicy.values(), RestartPolicy::text))
                .maxRestarts(toInt("max-restarts", number("max-restarts")))
                .periodMs(number("period-ms"))
                .backoff(backoff())
                .poison(poison())
                .standbys(toInt("standbys", number("standbys")))
                .shutdown(shutdown())
                .dependsOn(dependsOn())
                .launch(launch())
                .exits(new ExitLists(exits("success-exits"), exits("prevent-exits"), exits("force-exits")))
                .membership(membership())
                .probes(ProbeText.read(this))
                .timeoutMs(number("timeout-ms"))
                .identity(identity())
                .limits(limits())
                .restricted(restricted());
        return valid(firstLine, child::plan);
    }

    /** A line that is there only where there is a limit, so that a plan without any is what other releases write, too. */
    private Limits limits() throws PlanFormatException {
        if (!text.startsWith("limits ", position)) {
            return Limits.NONE;
        }
        String[] parts = parts("limits", 3, "three numbers: MEMORY CPU TASKS");
        long memoryBytes = toNumber("limits", parts[0]);
        long cpuThousandths = toNumber("limits", parts[1]);
        long tasks = toNumber("limits", parts[2]);
        return valid(line, () -> new Limits(memoryBytes, cpuThousandths, tasks));
    }

    /** Likewise. */
    private boolean restricted() throws PlanFormatException {
        if (!text.startsWith(PlanText.SANDBOX + " ", position)) {
            return false;
        }
        String found = value(PlanText.SANDBOX);
        if (!found.equals(PlanText.YES)) {
            throw wrong(PlanText.SANDBOX + ": found '" + found + "', expected '" + PlanText.YES + "' or no such line");
        }
        return true;
    }

    private void state(ChildPlanBuilder child) throws PlanFormatException {
        String state = value("state-bytes");
        int space = state.indexOf(' ');
        long stateBytes = toNumber("state-bytes", space < 0 ? state : state.substring(0, space));
        long checkpoints = space < 0 ? 0 : toNumber("state-bytes", state.substring(space + 1));
        if (checkpoints < 0 || checkpoints > PlanBounds.MAX_CHECKPOINTS || (checkpoints == 0 && space >= 0)) {
            throw wrong("state-bytes: found " + checkpoints + " checkpoints, expected 1 to "
                    + PlanBounds.MAX_CHECKPOINTS + " or no second number");
        }
        child.stateBytes(stateBytes).checkpoints((int) checkpoints);
    }

    private @Nullable Identity identity() throws PlanFormatException {
        String identity = value("identity");
        return identity.equals("-") ? null : valid(line, () -> Identity.of(identity));
    }

    private long launch() throws PlanFormatException {
        String digits = value("launch");
        if (!HEX.matcher(digits).matches()) {
            throw wrong("launch: found " + quoted(digits) + ", expected 16 lower-case hex digits");
        }
        return Long.parseUnsignedLong(digits, 16);
    }

    private SortedMap<String, String> environment(SortedMap<String, String> common) throws PlanFormatException {
        TreeMap<String, String> entries = new TreeMap<>(common);
        int count = count("environment", PlanBounds.MAX_LIST_LENGTH);
        for (int i = 0; i < count; i++) {
            String entry = value("-");
            int equals = entry.indexOf('=');
            if (equals < 1) {
                throw wrong("environment: " + quoted(entry) + " is not NAME=VALUE");
            }
            if (entries.put(entry.substring(0, equals), entry.substring(equals + 1)) != null) {
                throw wrong("environment: " + quoted(entry.substring(0, equals)) + " is there twice");
            }
        }
        return entries;
    }

    private Backoff backoff() throws PlanFormatException {
        String[] parts = parts("backoff", 5, "five numbers: INITIAL FACTOR MAX RESET-AFTER JITTER");
        for (int i : new int[] {1, 4}) {
            if (!DECIMAL.matcher(parts[i]).matches()) {
                throw wrong("backoff: " + quoted(parts[i]) + " is not a decimal number such as 2.0");
            }
        }
        double jitter = Double.parseDouble(parts[4]);
        double factor = Double.parseDouble(parts[1]);
        long initialMs = toNumber("backoff", parts[0]);
        long maxMs = toNumber("backoff", parts[2]);
        long resetAfterMs = toNumber("backoff", parts[3]);
        return valid(line, () -> new Backoff(initialMs, factor, maxMs, resetAfterMs, jitter));
    }

    private Poison poison() throws PlanFormatException {
        String value = value("poison");
        if (value.equals("none")) {
            return Poison.NONE;
        }
        String[] words = value.split(" ", -1);
        long crashes = toNumber("poison", words[0]);
        if (words.length - 1 > Poison.Fallback.values().length) {
            throw wrong("poison: " + (words.length - 1) + " fall-backs, expected each at most once");
        }
        List<Poison.Fallback> then = new ArrayList<>();
        for (int i = 1; i < words.length; i++) {
            then.add(oneOf("poison", words[i], Poison.Fallback.values(), Poison.Fallback::text));
        }
        return valid(line, () -> Poison.after(crashes, then));
    }

    private StartTimeouts startTimeouts() throws PlanFormatException {
        String[] parts = parts("start-timeouts-ms", 3, "three numbers: START RECOVER MIGRATE");
        long startMs = toNumber("start-timeouts-ms", parts[0]);
        long recoverMs = toNumber("start-timeouts-ms", parts[1]);
        long migrateMs = toNumber("start-timeouts-ms", parts[2]);
        return valid(line, () -> new StartTimeouts(startMs, recoverMs, migrateMs));
    }

    private Shutdown shutdown() throws PlanFormatException {
        String[] parts = parts("shutdown", 2, "SIGNAL TIMEOUT-MS");
        long timeoutMs = toNumber("shutdown", parts[1]);
        valid(line, () -> Shutdown.bySignal(parts[0], timeoutMs));
        List<String> command = words("shutdown-command");
        return valid(line, () -> new Shutdown(parts[0], timeoutMs, command));
    }

    private NoticeCommand notification() throws PlanFormatException {
        long timeoutMs = number("notify");
        List<String> command = words("notify-command");
        return valid(line, () -> new NoticeCommand(command, timeoutMs));
    }

    private List<String> words(String key) throws PlanFormatException {
        int count = count(key, PlanBounds.MAX_LIST_LENGTH);
        List<String> words = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            words.add(value("-"));
        }
        return words;
    }

    private List<Dependency> dependsOn() throws PlanFormatException {
        int count = count("depends-on", PlanBounds.MAX_LIST_LENGTH);
        List<Dependency> dependencies = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String[] parts = parts("-", 3, "NAME CONDITION keep|restart");
            if (!parts[2].matches("keep|restart")) {
                throw wrong("depends-on: found " + quoted(parts[2]) + ", expected keep or restart");
            }
            Dependency.Condition condition =
                    oneOf("depends-on", parts[1], Dependency.Condition.values(), Dependency.Condition::text);
            dependencies.add(valid(line, () -> new Dependency(parts[0], condition, parts[2].equals("restart"))));
        }
        return dependencies;
    }

    /** The words of the next line's value. */
    String[] parts(String key, int count, String expected) throws PlanFormatException {
        String value = value(key);
        String[] parts = value.split(" ", -1);
        if (parts.length != count) {
            throw wrong(key + ": found " + quoted(value) + ", expected " + expected);
        }
        return parts;
    }

    private <T> T oneOf(String key, T[] values, Function<T, String> text) throws PlanFormatException {
        return oneOf(key, value(key), values, text);
    }

    <T> T oneOf(String key, String found, T[] values, Function<T, String> text) throws PlanFormatException {
        List<String> expected = new ArrayList<>();
        for (T candidate : values) {
            if (text.apply(candidate).equals(found)) {
                return candidate;
            }
            expected.add(text.apply(candidate));
        }
        throw wrong(key + ": found " + quoted(found) + ", expected one of " + String.join(" ", expected));
    }

    /** The next line's value, as the number of lines that follow it. */
    int count(String key, int most) throws PlanFormatException {
        long count = number(key);
        // Each element takes at least two characters, so a count beyond the rest of the text is a lie.
        if (count < 0 || count > most || count * 2 > text.length() - position) {
            throw wrong(key + ": count " + count + ", expected 0 to " + most + " and as many lines as counted");
        }
        return (int) count;
    }

    private long number(String key) throws PlanFormatException {
        return toNumber(key, value(key));
    }

    long toNumber(String key, String value) throws PlanFormatException {
        if (!WHOLE_NUMBER.matcher(value).matches()) {
            throw wrong(key + ": found " + quoted(value) + ", expected a whole number");
        }
        return Long.parseLong(value);
    }

    /** The next line's value. */
    String value(String key) throws PlanFormatException {
        String found = nextLine();
        if (!found.startsWith(key) || found.length() <= key.length() || found.charAt(key.length()) != ' ') {
            throw wrong("found " + quoted(found) + ", expected `" + key + " …`");
        }
        return unescape(found.substring(key.length() + 1));
    }

    private String nextLine() throws PlanFormatException {
        line++;
        int end = text.indexOf('\n', position);
        if (end < 0) {
            throw wrong("the text ends here, expected more lines");
        }
        String found = text.substring(position, end);
        position = end + 1;
        return found;
    }

    private String unescape(String value) throws PlanFormatException {
        if (value.indexOf('\\') < 0) {
            return value;
        }
        StringBuilder plain = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c != '\\') {
                plain.append(c);
            } else if (value.startsWith("\\\\", i)) {
                plain.append('\\');
                i++;
            } else if (value.startsWith("\\n", i)) {
                plain.append('\n');
                i++;
            } else if (value.startsWith("\\u", i) && i + 6 <= value.length()) {
                plain.append(hexadecimal(value.substring(i + 2, i + 6)));
                i += 5;
            } else {
                throw wrong("bad escape in " + quoted(value) + ", expected \\\\, \\n or \\uXXXX");
            }
        }
        return plain.toString();
    }

    private char hexadecimal(String digits) throws PlanFormatException {
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = "0123456789abcdef".indexOf(digits.charAt(i));
            if (digit < 0) {
                throw wrong("bad escape `\\u" + digits + "`, expected four lower-case hex digits");
            }
            value = value * 16 + digit;
        }
        return (char) value;
    }

    /** What is made of what was read; what refuses that is told with the line. */
    <T> T valid(int atLine, Supplier<T> construction) throws PlanFormatException {
        try {
            return construction.get();
        } catch (IllegalArgumentException e) {
            PlanFormatException wrong = new PlanFormatException(atLine, String.valueOf(e.getMessage()));
            wrong.initCause(e);
            throw wrong;
        }
    }

    PlanFormatException wrong(String reason) {
        return new PlanFormatException(Math.max(line, 1), reason);
    }

    /** The line last taken, from 1. */
    int line() {
        return line;
    }

    /** What was found, made safe for a terminal and cut to a readable length. */
    static String quoted(String found) {
        String cut = found.length() <= QUOTED_CHARS ? found : found.substring(0, QUOTED_CHARS) + "…";
        return String.format(Locale.ROOT, "`%s`", PlanText.escape(cut));
    }
}
