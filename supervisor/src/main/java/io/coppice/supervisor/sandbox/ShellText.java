package io.coppice.supervisor.sandbox;

import java.util.ArrayList;
import java.util.List;

/**
 * A text for a shell, taken apart roughly: at blanks, quotes and metacharacters. What is quoted and has blanks is a word as a whole, too, before
 * its parts. What is written to is no word. Pure.
 */
final class ShellText {
    private static final String BLANKS = " \t\r";
    private static final String BETWEEN_COMMANDS = ";|&()`\n";
    private static final String QUOTES = "\"'";
    private static final char WRITES = '>';
    private static final char READS = '<';

    private final int most;
    private final List<List<String>> commands = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private List<String> command = new ArrayList<>();
    private boolean written;
    private int words;

    private ShellText(int most) {
        this.most = most;
    }

    /**
     * Its commands, each of one word at least.
     *
     * @param most words, of all commands together; what is behind them is left out
     */
    static List<List<String>> commands(String text, int most) {
        ShellText shell = new ShellText(most);
        shell.take(text);
        return shell.commands;
    }

    private void take(String text) {
        int quoteEnd = -1;
        for (int i = 0; i < text.length() && words < most; i++) {
            char c = text.charAt(i);
            if (QUOTES.indexOf(c) >= 0) {
                endWord();
                int end = i < quoteEnd ? -1 : text.indexOf(c, i + 1);
                if (end > 0 && text.substring(i, end).indexOf(' ') > 0) {
                    add(text.substring(i + 1, end));
                }
                quoteEnd = Math.max(quoteEnd, end);
            } else if (BLANKS.indexOf(c) >= 0 || c == READS) {
                endWord();
            } else if (c == WRITES) {
                endWord();
                written = true;
                // Of >& and >| the second is no end of a command.
                i += i + 1 < text.length() && "&|".indexOf(text.charAt(i + 1)) >= 0 ? 1 : 0;
            } else if (BETWEEN_COMMANDS.indexOf(c) >= 0) {
                endCommand();
            } else {
                word.append(c);
            }
        }
        endCommand();
    }

    private void endCommand() {
        endWord();
        written = false;
        if (!command.isEmpty()) {
            commands.add(command);
            command = new ArrayList<>();
        }
    }

    private void endWord() {
        if (word.length() > 0) {
            add(word.toString());
            word.setLength(0);
        }
    }

    private void add(String next) {
        if (!written) {
            command.add(next);
            words++;
        }
        written = false;
    }
}
