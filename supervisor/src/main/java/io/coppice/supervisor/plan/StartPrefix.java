package io.coppice.supervisor.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * What stands before a command line to set limits, niceness, user or file mode mask: a shell that replaces itself by tools which
 * replace themselves, so that the pid that was launched is the program's own. Always four words, so that others find what follows. Pure.
 */
public final class StartPrefix {
    /** The shell's {@code $0}. */
    private static final String MARK = "coppice-start";

    private static final int LENGTH = 4;

    /** What ends a script: the program and its arguments. */
    private static final String PROGRAM = "\"$@\"";

    /** A shell adds these two, which are nobody's wish. */
    public static final String UNSET_PWD = "unset PWD OLDPWD; ";

    private StartPrefix() {}

    /**
     * The words of a prefix.
     *
     * @param script ends with the {@code exec} of {@code "$@"}
     */
    public static List<String> of(String script) {
        return List.of("/bin/sh", "-c", script, MARK);
    }

    /**
     * The command line with more before it: of its prefix, if it has one.
     *
     * @param script commands of a shell, each ended by {@code ;} or {@code &&}
     */
    public static List<String> before(String script, List<String> argv) {
        int own = lengthIn(argv);
        List<String> words = new ArrayList<>(of(script + (own == 0 ? "exec \"$@\"" : argv.get(2))));
        words.addAll(argv.subList(own, argv.size()));
        return words;
    }

    /**
     * A command line with further words before the program, behind those that are there already.
     *
     * @param words a program of the system that replaces itself by what follows it, and a space at the end
     * @param ownPwd whether the program has a variable PWD of its own; a shell's it shall not see
     */
    public static List<String> with(String words, List<String> argv, boolean ownPwd) {
        int length = lengthIn(argv);
        String script = length > 0 ? argv.get(2) : (ownPwd ? "" : UNSET_PWD) + "exec " + PROGRAM;
        List<String> all =
                new ArrayList<>(of(script.substring(0, script.length() - PROGRAM.length()) + words + PROGRAM));
        all.addAll(argv.subList(length, argv.size()));
        return List.copyOf(all);
    }

    /** The command line without its prefix, if it has one. */
    public static List<String> without(List<String> argv) {
        return argv.subList(lengthIn(argv), argv.size());
    }

    /** How many words of the command line are its prefix: none, or those of {@link #of}. */
    public static int lengthIn(List<String> argv) {
        return argv.size() > LENGTH
                        && argv.get(LENGTH - 1).equals(MARK)
                        && argv.get(0).equals("/bin/sh")
                ? LENGTH
                : 0;
    }
}
