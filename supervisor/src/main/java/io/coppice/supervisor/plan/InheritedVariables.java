package io.coppice.supervisor.plan;

import java.util.List;
import java.util.Set;

/** Which variables of the environment that the root is started with are also for what it runs: children, probers, and who is told. */
public final class InheritedVariables {
    /** Options for every JVM there is would get into the workers behind the budget's back. */
    private static final Set<String> JVM_OPTIONS = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    /** What only the shell that started us should say; it is wrong in a child with another directory. */
    private static final Set<String> OF_THE_SHELL = Set.of("PWD", "OLDPWD", "_");

    /**
     * What the service manager says to the root alone: where to notify, and which file its standard error is. A child has one of
     * its own, and is not told which, lest its logging library talk to the journal itself, under another name.
     */
    private static final Set<String> OF_THE_SERVICE = Set.of("NOTIFY_SOCKET", "JOURNAL_STREAM");

    private static final List<String> STARTS_OF_OURS = List.of("WATCHDOG_", "LISTEN_", "COPPICE_");

    private InheritedVariables() {}

    /** Whether a variable of that name is passed on. Any thread. */
    public static boolean isInherited(String name) {
        return !isOptionsOfAJvm(name)
                && !OF_THE_SHELL.contains(name)
                && !OF_THE_SERVICE.contains(name)
                && STARTS_OF_OURS.stream().noneMatch(name::startsWith);
    }

    /** Whether every JVM takes options from a variable of that name. Any thread. */
    public static boolean isOptionsOfAJvm(String name) {
        return JVM_OPTIONS.contains(name);
    }
}
