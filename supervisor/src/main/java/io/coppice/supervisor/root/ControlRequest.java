package io.coppice.supervisor.root;

import io.coppice.state.RequestId;
import io.coppice.state.root.OrderCode;
import io.coppice.supervisor.plan.PlanText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * One line of the control protocol, checked. A request is {@code coppice/1 VERB [NAME [SIGNAL]]}, and of a prober {@code coppice/1 probe
 * NAME INCARNATION WORD [TEXT]}, and for a daemon's transactions {@code coppice/1
 * retry|retry-afresh|drop NAME ID|all}; a reply is {@code ok}, {@code ok
 * NUMBER} (an incarnation, or of an order its own), {@code error EXITCODE MESSAGE}, or {@code later MESSAGE} where nothing
 * was done that would be if it were asked once more, of what is by then.
 */
sealed interface ControlRequest {
    /** The longest request, its newline included. */
    int MAX_REQUEST_BYTES = 512;

    /** Nothing but the name of a file: no path leads out of the directory. */
    Pattern PLAN_FILE = Pattern.compile("plan-[a-z0-9]{1,32}\\.next");

    Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{" + PlanText.FINGERPRINT_DIGITS + "}");

    String PROTOCOL = "coppice/1";

    /** The word that asks for it. */
    String verb();

    record Ping() implements ControlRequest {
        @Override
        public String verb() {
            return "ping";
        }
    }

    record Shutdown() implements ControlRequest {
        @Override
        public String verb() {
            return "shutdown";
        }
    }

    record Stop(String name) implements ControlRequest {
        @Override
        public String verb() {
            return "stop";
        }
    }

    record Start(String name) implements ControlRequest {
        @Override
        public String verb() {
            return "start";
        }
    }

    record Restart(String name) implements ControlRequest {
        @Override
        public String verb() {
            return "restart";
        }
    }

    /**
     * Another plan, in a file of the instance's directory.
     *
     * @param base the fingerprint of the plan that it was made from
     */
    record Reload(String file, String base) implements ControlRequest {
        @Override
        public String verb() {
            return "reload";
        }
    }

    record Kill(String name, String signal) implements ControlRequest {
        @Override
        public String verb() {
            return "kill";
        }
    }

    /**
     * What a daemon is to do with what its transactions have in quarantine.
     *
     * @param request the id of one of them; {@link #ALL_REQUESTS} for all
     */
    record Order(String name, OrderCode code, long request) implements ControlRequest {
        @Override
        public String verb() {
            return code.word();
        }
    }

    /** In place of a request's id. */
    long ALL_REQUESTS = 0;

    /**
     * What a prober makes of one process. Said again it changes nothing; of another incarnation than the present one it says nothing.
     *
     * @param text what was seen, one line without control characters
     */
    record Probed(String name, long incarnation, ProbeVerdict verdict, String text) implements ControlRequest {
        @Override
        public String verb() {
            return "probe";
        }
    }

    /** What a client got wrong; {@code exitCode} as in the contract of the commands. */
    record Malformed(int exitCode, String message) implements ControlRequest {
        @Override
        public String verb() {
            return "unknown";
        }
    }

    /** The longest text of a {@link Probed}: what the text of an event has room for. */
    int MAX_TEXT_BYTES = 160;

    Pattern INCARNATION = Pattern.compile("[0-9]{1,18}");

    /** Parses one line without its newline; never throws, whatever the bytes. */
    static ControlRequest parse(byte[] line, int length) {
        String[] words = new String(line, 0, length, StandardCharsets.UTF_8).split(" ", -1);
        if (!words[0].equals(PROTOCOL)) {
            return new Malformed(
                    2, "this root speaks " + PROTOCOL + "; the command is of another release than the root that runs");
        }
        String verb = words.length > 1 ? words[1] : "";
        int arguments = words.length - 2;
        return switch (verb) {
            case "ping" -> arguments == 0 ? new Ping() : wrongArguments(verb, "no argument");
            case "shutdown" -> arguments == 0 ? new Shutdown() : wrongArguments(verb, "no argument");
            case "stop" -> arguments == 1 ? new Stop(words[2]) : wrongArguments(verb, "NAME");
            case "start" -> arguments == 1 ? new Start(words[2]) : wrongArguments(verb, "NAME");
            case "restart" -> arguments == 1 ? new Restart(words[2]) : wrongArguments(verb, "NAME");
            case "reload" ->
                arguments == 2
                                && PLAN_FILE.matcher(words[2]).matches()
                                && FINGERPRINT.matcher(words[3]).matches()
                        ? new Reload(words[2], words[3])
                        : wrongArguments(
                                verb,
                                "FILE BASE, the name of one in the instance's directory and the fingerprint of the plan"
                                        + " that it was made from");
            case "kill" -> arguments == 2 ? new Kill(words[2], words[3]) : wrongArguments(verb, "NAME SIGNAL");
            case "retry" -> order(words, OrderCode.RETRY);
            case "retry-afresh" -> order(words, OrderCode.RETRY_AFRESH);
            case "drop" -> order(words, OrderCode.DROP);
            case "probe" -> probed(words);
            default ->
                new Malformed(
                        2,
                        "unknown request; expected ping, stop, start, restart, kill, retry, retry-afresh, drop, reload or shutdown");
        };
    }

    private static ControlRequest order(String[] words, OrderCode code) {
        if (words.length == 4 && words[3].equals("all")) {
            return new Order(words[2], code, ALL_REQUESTS);
        }
        OptionalLong id = words.length == 4 ? RequestId.parse(words[3]) : OptionalLong.empty();
        return id.isPresent()
                ? new Order(words[2], code, id.getAsLong())
                : wrongArguments(code.word(), "NAME ID, the number of a transaction like 1-17, or all");
    }

    private static ControlRequest probed(String[] words) {
        ProbeVerdict verdict = words.length < 5 ? null : ProbeVerdict.of(words[4]);
        if (verdict == null || !INCARNATION.matcher(words[3]).matches()) {
            return wrongArguments("probe", "NAME INCARNATION ready|healthy|unhealthy|failed [TEXT]");
        }
        String text = String.join(" ", Arrays.asList(words).subList(5, words.length));
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT_BYTES
                || text.chars().anyMatch(Character::isISOControl)) {
            return wrongArguments("probe", "a text of at most " + MAX_TEXT_BYTES + " bytes without control characters");
        }
        return new Probed(words[2], Long.parseLong(words[3]), verdict, text);
    }

    private static Malformed wrongArguments(String verb, String expected) {
        return new Malformed(2, verb + ": expected " + expected);
    }
}
