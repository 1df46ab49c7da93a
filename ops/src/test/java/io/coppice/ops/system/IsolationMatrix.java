package io.coppice.ops.system;

import io.coppice.ops.system.daemons.Attempt;
import io.coppice.ops.system.daemons.Leftover;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is refused where, and what else comes of it: the one list that the tests go by, and that ARCHITECTURE has as a table. */
final class IsolationMatrix {
    private IsolationMatrix() {}

    /** An isolation, and the kernel's level. */
    enum Column {
        MAPPING("`mapping`", "", 0),
        USER("`user`", OtherUsers.ISOLATION, 0),
        /** On any kernel that has all that there are rules for. */
        SANDBOX("`sandbox`", "isolation: sandbox\n", 6),
        SANDBOX_5("ABI 5", "isolation: sandbox\n", 5),
        SANDBOX_3("ABI 3", "isolation: sandbox\n", 3),
        SANDBOX_2("ABI 2", "isolation: sandbox\n", 2),
        SANDBOX_1("ABI 1", "isolation: sandbox\n", 1);

        private final String heading;

        /** Of a manifest. */
        final String line;

        /** The level of Landlock that it needs, and that it is tried on; 0 none. */
        final int abi;

        Column(String heading, String line, int abi) {
            this.heading = heading;
            this.line = line;
            this.abi = abi;
        }

        boolean isSandbox() {
            return abi > 0;
        }

        /** Whether the kernel's level lies between two of which the one above it or the one below refuses the same {@link SelfHarm}. */
        boolean isBetween() {
            return this == SANDBOX_5 || this == SANDBOX_3 || this == SANDBOX_2;
        }
    }

    static boolean isRefused(Attempt attempt, Column column) {
        return switch (column) {
            case MAPPING -> false;
            case USER -> true;
            default -> attempt.isRefusedInSandbox(column.abi);
        };
    }

    /** What a worker may do to what is its own; nothing of it reaches beyond the worker. */
    enum SelfHarm {
        LIES("lie in every field of its own segment, one after the other", "lies"),
        NONSENSE("fill it with nonsense", "nonsense"),
        SHORTENS("shorten it", "shortens"),
        LENGTHENS("make it longer", "lengthens"),
        PUNCHES("give back its blocks", "punches"),
        CLOSES("take away all rights to it (`chmod`)", "closes");

        final String words;
        final String way;

        SelfHarm(String words, String way) {
            this.words = words;
            this.way = way;
        }

        /** Of the daemon that does it. */
        String daemon() {
            return way;
        }
    }

    /** Of Linux 6.2. */
    private static final int TRUNCATE_SINCE_ABI = 3;

    static boolean isRefused(SelfHarm harm, Column column) {
        return column.isSandbox()
                && (harm == SelfHarm.CLOSES || (harm == SelfHarm.SHORTENS && column.abi >= TRUNCATE_SINCE_ABI));
    }

    /** A transaction may not change rights in any isolation: its slot is another's later. */
    static boolean isRefusedToTransaction(SelfHarm harm, Column column) {
        return isRefused(harm, column) || (harm == SelfHarm.CLOSES && column != Column.MAPPING);
    }

    static boolean isRefused(Leftover leftover, Column column) {
        return column != Column.MAPPING;
    }

    /** In Markdown. */
    static String table() {
        List<String> lines = new ArrayList<>();
        lines.add(row("a worker tries to", Stream.of(Column.values()).map(column -> column.heading)));
        lines.add("|---".repeat(Column.values().length + 1) + "|");
        for (Attempt attempt : Attempt.values()) {
            lines.add(row(
                    attempt.words(),
                    Stream.of(Column.values()).map(column -> isRefused(attempt, column) ? "refused" : "**done**")));
        }
        for (Leftover leftover : Leftover.values()) {
            lines.add(row(
                    leftover.words() + ", as a transaction",
                    Stream.of(Column.values()).map(column -> isRefused(leftover, column) ? "refused" : "**done**")));
        }
        for (SelfHarm harm : SelfHarm.values()) {
            lines.add(row(harm.words, Stream.of(Column.values()).map(column -> outcome(harm, column))));
        }
        return String.join("\n", lines) + "\n";
    }

    private static String outcome(SelfHarm harm, Column column) {
        if (isRefused(harm, column)) {
            return "refused";
        }
        return isRefusedToTransaction(harm, column) ? "harms itself, as a transaction refused" : "harms itself";
    }

    private static String row(String first, Stream<String> cells) {
        return "| " + first + " | " + cells.collect(Collectors.joining(" | ")) + " |";
    }
}
