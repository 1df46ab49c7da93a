package io.coppice.supervisor.plan;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The option that has a JVM run a program under the agent, right after the word {@code java}:
 * {@code -javaagent:JAR=instance=NAME,…}. By it a command that was given a segment is told from a daemon that was written for one.
 */
public final class AgentOption {
    private static final String AGENT = "-javaagent:";

    /** Stands between what the JVM splits off and what it hands on, so it is in no other agent's option. */
    private static final String FIRST_ARGUMENT = "instance=";

    private AgentOption() {}

    /**
     * The option.
     *
     * @param jar the agent's, without a {@code =} in its path
     * @param arguments each {@code key=value}, without a comma
     */
    public static String of(String jar, String instance, List<String> arguments) {
        return AGENT + jar + "=" + FIRST_ARGUMENT + instance + "," + String.join(",", arguments);
    }

    /** As it stands in an argument. */
    public static String encoded(String text) {
        return text.replace("%", "%25").replace(",", "%2C");
    }

    /** The option with other arguments. */
    static String with(String option, UnaryOperator<String> change) {
        int first = option.indexOf("=" + FIRST_ARGUMENT) + 1;
        return option.substring(0, first)
                + Stream.of(option.substring(first).split(",", -1)).map(change).collect(Collectors.joining(","));
    }

    /** Whether a child's command line has it. */
    public static boolean isOf(ChildPlan child) {
        List<String> argv = StartPrefix.without(child.argv());
        return child.kind() == ChildPlan.Kind.DAEMON
                && argv.size() > 1
                && argv.get(1).startsWith(AGENT)
                && argv.get(1).contains("=" + FIRST_ARGUMENT);
    }

    /**
     * What the agent is told beside the instance's name, each {@code key=value}.
     *
     * @param child of which {@link #isOf} holds
     */
    public static List<String> arguments(ChildPlan child) {
        String option = StartPrefix.without(child.argv()).get(1);
        String all = option.substring(option.indexOf("=" + FIRST_ARGUMENT) + 1);
        List<String> arguments = List.of(all.split(",", -1));
        return arguments.subList(1, arguments.size());
    }
}
