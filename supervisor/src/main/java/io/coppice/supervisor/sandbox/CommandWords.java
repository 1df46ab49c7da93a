package io.coppice.supervisor.sandbox;

import io.coppice.supervisor.plan.StartPrefix;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which words of a command line may name a file that decides what is run: programs, also behind others that run them, scripts of interpreters,
 * and, of a text for a shell, the words of each command in it. A shell's variables, its {@code ~} and its patterns are not known. Pure.
 */
final class CommandWords {
    /** Of one command line, texts for shells included; what is behind them is not looked at. A launch looks for a file by each. */
    static final int MOST_WORDS = 1024;

    /** Of texts in texts. */
    private static final int MOST_DEPTH = 4;

    private static final Pattern SHELL = Pattern.compile("(ba|da|a|k|mk|z)?sh");
    private static final Pattern INTERPRETER = Pattern.compile("(python|pypy|perl|ruby|node|nodejs|php|lua)[0-9.]*");
    private static final Set<String> SOURCING = Set.of(".", "source");

    /** Options of interpreters, not of shells, behind which there is no script, but a text or the name of a module. */
    private static final Set<String> NO_SCRIPT = Set.of("-c", "-e", "-m");

    private static final Set<String> WITH_A_SCRIPT = Set.of("-r", "--require", "--import");
    private static final Set<String> WITH_A_VALUE = Set.of("-W", "-X", "-I", "-o", "-O");

    private static final Pattern TEXT_FOLLOWS = Pattern.compile("-[A-Za-z]*c|-S|--command|--split-string");

    /** What goes before a program, and before what is not yet one. */
    private static final Set<String> BEFORE_A_PROGRAM = Set.of(
            "env", "nice", "ionice", "nohup", "setsid", "timeout", "time", "stdbuf", "chrt", "taskset", "numactl",
            "prlimit", "setpriv", "setarch", "sudo", "exec", "command", "xargs", "busybox", "if", "then", "elif",
            "else", "while", "until", "do", "!", "{");

    private static final Pattern NO_PROGRAM = Pattern.compile("-.*|[0-9].*|[A-Za-z_][A-Za-z0-9_]*=.*");

    /** Programs whose arguments are data, such as what a daemon writes as a sign of life, and its pid. */
    private static final Set<String> OF_DATA = Set.of(
            "cat",
            "test",
            "[",
            "[[",
            "find",
            "stat",
            "ls",
            "head",
            "tail",
            "wc",
            "grep",
            "cmp",
            "diff",
            "date",
            "read",
            "touch",
            "rm",
            "cp",
            "mv",
            "echo",
            "printf",
            "kill",
            "pkill",
            "pgrep",
            "start-stop-daemon");

    private final boolean all;
    private final Set<String> programs = new LinkedHashSet<>();
    private final Set<String> scripts = new LinkedHashSet<>();
    private final Set<String> others = new LinkedHashSet<>();
    private final List<List<String>> jvms = new ArrayList<>();
    private int left = MOST_WORDS;

    private CommandWords(boolean all) {
        this.all = all;
    }

    /**
     * Those of a command line.
     *
     * @param all whether every file counts that it names, but for arguments of programs that are known to read data
     */
    static CommandWords of(List<String> argv, boolean all) {
        CommandWords words = new CommandWords(all);
        words.add(StartPrefix.without(argv), 0);
        return words;
    }

    /** Where a command begins: paths if they have a slash, else names to look for. */
    Set<String> programs() {
        return programs;
    }

    /** Count if a file is there, of whatever mode. */
    Set<String> scripts() {
        return scripts;
    }

    /** Count if a file is there that may be executed. */
    Set<String> others() {
        return others;
    }

    /** Each from {@code java} on. */
    List<List<String>> jvms() {
        return jvms;
    }

    private void add(List<String> command, int depth) {
        boolean atStart = true;
        boolean ofData = false;
        boolean textFollows = false;
        boolean scriptFollows = false;
        boolean ofShell = false;
        String option = "";
        for (int i = 0; i < command.size() && left > 0; i++) {
            left--;
            String word = command.get(i);
            if (textFollows && !word.startsWith("-")) {
                textFollows = false;
                scriptFollows = false;
                addText(word, depth);
                continue;
            }
            String name = word.substring(word.lastIndexOf('/') + 1);
            if (atStart && !NO_PROGRAM.matcher(word).matches()) {
                programs.add(word);
                atStart = BEFORE_A_PROGRAM.contains(name);
                ofData = OF_DATA.contains(name);
            }
            if (name.equals("java")) {
                programs.add(word);
                jvms.add(List.copyOf(command.subList(i, command.size())));
            }
            boolean isValue = scriptFollows && WITH_A_VALUE.contains(option);
            boolean isScript = scriptFollows && !word.startsWith("-") && !isValue;
            (isScript || (all && !ofData) ? scripts : others).add(word);
            textFollows = textFollows || TEXT_FOLLOWS.matcher(word).matches();
            if (SHELL.matcher(name).matches() || INTERPRETER.matcher(name).matches() || SOURCING.contains(word)) {
                scriptFollows = true;
                ofShell = !INTERPRETER.matcher(name).matches();
            } else if ((isScript && !WITH_A_SCRIPT.contains(option)) || (!ofShell && NO_SCRIPT.contains(word))) {
                scriptFollows = false;
            }
            option = word;
        }
    }

    private void addText(String text, int depth) {
        if (depth < MOST_DEPTH) {
            ShellText.commands(text, left).forEach(command -> add(command, depth + 1));
        }
    }
}
